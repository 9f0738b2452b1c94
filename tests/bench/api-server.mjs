/** The API server from outside: reads and writes over the socket and over HTTPS, beside the same requests in process. */
import { existsSync, readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { client, createPods, overSocket, pod, podsOf } from './api.mjs';
import { virtualCluster, withModules } from './in-process.mjs';
import { usage, withDaemon } from './processes.mjs';
import { median, ms, perSecond } from './table.mjs';

const SMALL = 500;
const LARGE = 10_000;
const CONNECTIONS = 64;
const WATCHERS = 1000;
const CHANGES = 10;
const READS = 200;
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

/** As whoever has the kubeconfig. */
function overHttps(home) {
  const { server } = JSON.parse(readFileSync(join(home.path, 'daemon.pid'), 'utf8'));
  const { hostname, port } = new URL(server);
  const file = (name) => readFileSync(join(home.path, 'pki', name));
  return client(https, { hostname, port, ca: file('ca.crt'), cert: file('admin.crt'), key: file('admin.key') });
}

/** Until the readable tree shows all that has been written: the daemon is busy with it for a while after so many writes. */
async function treeIsWritten(home) {
  const revision = await new Promise((resolve, reject) => http.get({ socketPath: home.socket, path: '/mock/daemon' }, (response) => response.once('data', (text) => resolve(JSON.parse(text).revision))).once('error', reject));
  const marker = join(home.path, 'etcd/registry.revision');
  while (!existsSync(marker) || Number(readFileSync(marker, 'utf8')) < revision) await delay(50);
}

const microseconds = (value) => (value < 1 ? `${(value * 1000).toFixed(0)} µs` : ms(value));

/** Median ms of one of these. */
async function timeOf(runs, once) {
  const times = [];
  for (let i = 0; i < runs; i++) {
    const start = performance.now();
    await once();
    times.push(performance.now() - start);
  }
  return median(times);
}

/** ms from a change until the last of the watchers has it. */
async function fanOut({ send }, watchers) {
  const path = '/api/v1/namespaces/default/configmaps';
  await send('POST', path, { body: { metadata: { name: 'watched' } } });
  let left = 0;
  let told = () => undefined;
  const marker = /"round":"/g;
  const open = [];
  for (let i = 0; i < watchers; i++) {
    open.push(await send('GET', `${path}?watch=true&fieldSelector=metadata.name%3Dwatched`, { onText: (text) => {
      left -= (text.match(marker) ?? []).length;
      if (left <= 0) told();
    } }));
  }
  let round = 0;
  const took = await timeOf(CHANGES, async () => {
    left = watchers;
    const all = new Promise((resolve) => (told = resolve));
    await send('PUT', `${path}/watched`, { body: { metadata: { name: 'watched' }, data: { round: String(round++) } } });
    await all;
  });
  for (const each of open) each.destroy();
  return took;
}

/** Median ms of reading one pod, and `SMALL` of them, without a connection. */
function inProcess() {
  return withModules(async (modules, folder) => {
    const { cluster, client: direct } = await virtualCluster(modules, folder, 1);
    const pods = direct.of(modules.PODS);
    for (let i = 0; i < SMALL; i++) await pods.create(pod(`pod-${i}`, 'default'));
    const one = await timeOf(READS, () => pods.get('default', 'pod-0'));
    const list = await timeOf(READS / 10, () => pods.list('default'));
    await cluster.close();
    return { one, list };
  });
}

export async function run() {
  const direct = await inProcess();
  return withDaemon(1, async ({ home, pid }) => {
    const socket = overSocket(home);
    const many = overSocket(home, CONNECTIONS);
    const secure = overHttps(home);
    await socket.send('POST', '/api/v1/namespaces', { body: { metadata: { name: 'large' } } });
    // Until its service account is there.
    while (!(await socket.send('GET', '/api/v1/namespaces/large/serviceaccounts/default').catch(() => 0)));
    const one = await createPods(socket, 'default', SMALL, 1);
    await treeIsWritten(home);
    const get = (over) => timeOf(READS, () => over.send('GET', `${podsOf('default')}/pod-0`));
    const [plain, encrypted] = [await get(socket), await get(secure)];
    const before = usage(pid);
    const parallel = await createPods(many, 'large', LARGE, CONNECTIONS);
    const after = usage(pid);
    const rows = [
      { what: 'CREATE, 1 connection', measured: perSecond(one) },
      { what: `CREATE, ${CONNECTIONS} connections`, measured: perSecond(parallel), baseline: `1 connection: ${perSecond(one)}`, ratio: parallel / one },
    ];
    if (before && after) rows.push({ what: 'memory of the daemon per pod', measured: `${((after.rss - before.rss) / LARGE / 1024).toFixed(1)} KB` });
    rows.push({ what: 'GET of a pod, in process', measured: microseconds(direct.one) });
    for (const [name, took] of [['socket', plain], ['HTTPS', encrypted]]) rows.push({ what: `GET of a pod, ${name}`, measured: microseconds(took), baseline: `in process: ${microseconds(direct.one)}`, ratio: took / direct.one });
    rows.push({ what: `LIST of ${SMALL} pods, in process`, measured: microseconds(direct.list) });
    for (const [namespace, count, runs] of [['default', SMALL, 20], ['large', LARGE, 5]]) {
      const json = await timeOf(runs, () => socket.send('GET', podsOf(namespace)));
      const table = await timeOf(runs, () => socket.send('GET', podsOf(namespace), { accept: TABLE }));
      const overTls = await timeOf(runs, () => secure.send('GET', podsOf(namespace)));
      rows.push({ what: `LIST of ${count} pods, JSON`, measured: ms(json) });
      rows.push({ what: `LIST of ${count} pods, Table`, measured: ms(table), baseline: `JSON: ${ms(json)}`, ratio: table / json });
      rows.push({ what: `LIST of ${count} pods, JSON, HTTPS`, measured: ms(overTls), baseline: `socket: ${ms(json)}`, ratio: overTls / json });
    }
    const single = await fanOut(socket, 1);
    await socket.send('DELETE', '/api/v1/namespaces/default/configmaps/watched');
    const fan = await fanOut(socket, WATCHERS);
    rows.push({ what: `a change until ${WATCHERS} watchers have it`, measured: ms(fan), baseline: `1 watcher: ${ms(single)}`, ratio: fan / single });
    for (const each of [socket, many, secure]) each.close();
    return rows;
  });
}
