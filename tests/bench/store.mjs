import { spawnSync } from 'node:child_process';
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { withModules } from './in-process.mjs';
import { memoryOf, withClient, withEtcd, writtenBy } from './real-etcd.mjs';
import { megabytes, median, ms, perSecond } from './table.mjs';

const VALUE = JSON.stringify({ kind: 'Pod', apiVersion: 'v1', metadata: { name: 'web' }, spec: { text: 'x'.repeat(940) } });
const PREFIX = '/registry/pods/default/';
const WRITERS = [1, 16, 64];
const WATCHERS = 1000;
const SIZES = [10_000, 150_000];

const key = (i) => `${PREFIX}p${String(i).padStart(6, '0')}`;

async function rate(count, body) {
  const start = performance.now();
  await body(count);
  return (count / (performance.now() - start)) * 1000;
}

/** Puts a second by so many writers, each of which waits for its own. */
function puts(put, writers, count) {
  return rate(count, () => Promise.all(Array.from({ length: writers }, async (_, writer) => {
    for (let i = writer; i < count; i += writers) await put(key(i % 1000), VALUE);
  })));
}

/** The same bytes appended to a file, one call each, and flushed each time where asked. */
function appends(path, count, flushed) {
  const file = openSync(path, 'w');
  return rate(count, () => {
    for (let i = 0; i < count; i++) {
      writeSync(file, VALUE);
      if (flushed) fdatasyncSync(file);
    }
  }).finally(() => closeSync(file));
}

/** What is measured of either store. */
async function measure(store, flushed) {
  await puts(store.put, 64, flushed ? 256 : store.real ? 2000 : 5000);
  const result = { puts: [] };
  for (const writers of WRITERS) result.puts.push(await puts(store.put, writers, flushed ? 60 * writers + 60 : store.real ? 4000 : 20_000));
  if (flushed) return result;
  await Promise.all(Array.from({ length: 32 }, async (_, writer) => {
    for (let i = writer; i < 10_000; i += 32) await store.put(key(i), VALUE);
  }));
  const ranges = [];
  for (let i = 0; i < 5; i++) {
    const start = performance.now();
    await store.range(PREFIX);
    ranges.push(performance.now() - start);
  }
  result.range = median(ranges);
  let seen = () => undefined;
  await store.watch('/registry/watched/', () => seen());
  const latencies = [];
  for (let i = 0; i < 300; i++) {
    const start = performance.now();
    const event = new Promise((resolve) => (seen = resolve));
    await Promise.all([store.put('/registry/watched/one', VALUE), event]);
    latencies.push(performance.now() - start);
  }
  result.latency = median(latencies);
  result.fanOut = await fanOut(store);
  return result;
}

/** From one put to its delivery to all of many watchers, ms. */
async function fanOut(store) {
  let left = 0;
  let done = () => undefined;
  await store.watch('/registry/many/', () => --left === 0 && done(), WATCHERS);
  const times = [];
  for (let i = 0; i < 50; i++) {
    left = WATCHERS;
    const start = performance.now();
    const all = new Promise((resolve) => (done = resolve));
    await Promise.all([store.put('/registry/many/one', VALUE), all]);
    times.push(performance.now() - start);
  }
  return median(times);
}

const ours = (store) => ({
  real: false,
  put: (name, value) => store.txn([], [{ type: 'put', key: name, value }]),
  range: (prefix) => store.range(prefix),
  watch: async (prefix, event, count = 1) => {
    for (let i = 0; i < count; i++) store.watch({ prefix }, { events: event, ended: () => undefined });
  },
});

/** Opening in a process of its own, and what it holds then. */
const OPENING = `
const { openDirectoryStore, ClusterClock, silentLog } = await import(process.argv[1]);
gc();
const before = process.memoryUsage();
const start = performance.now();
const store = await openDirectoryStore({ path: process.argv[2], clock: new ClusterClock(), log: silentLog, view: false });
const took = performance.now() - start;
gc();
const after = process.memoryUsage();
console.log(JSON.stringify({ took, bytes: after.heapUsed + after.external - before.heapUsed - before.external }));
await store.close();
`;

function opening(modules, path) {
  const { stdout } = spawnSync(process.execPath, ['--expose-gc', '--input-type=module', '-e', OPENING, modules, path], { encoding: 'utf8' });
  return JSON.parse(stdout);
}

/** Until a real etcd that holds so many objects answers after a start, ms; and its process's memory then. */
async function etcdOpening(real, size) {
  await withClient(real, (client) => Promise.all(Array.from({ length: 256 }, async (_, writer) => {
    for (let i = writer; i < size; i += 256) await client.put(key(i), VALUE);
  })));
  await real.kill('SIGTERM');
  const start = performance.now();
  await real.run();
  return { took: performance.now() - start, bytes: memoryOf(real) };
}

/** Counts what goes to the disk. */
function counting(disk) {
  const written = { log: 0, snapshots: 0, tree: 0 };
  const note = (path, data) => (written[path.endsWith('.wal') ? 'log' : path.includes('/snap/') ? 'snapshots' : 'tree'] += Buffer.byteLength(data));
  return {
    written,
    disk: {
      ...disk,
      replaceFile(path, data, options) {
        note(path, data);
        disk.replaceFile(path, data, options);
      },
      openAppend(path, options) {
        const file = disk.openAppend(path, options);
        return { ...file, append: (data) => {
          note(path, data);
          file.append(data);
        } };
      },
    },
  };
}

export async function run() {
  const rows = [];
  await withModules(async (modules, folder) => {
    const { openDirectoryStore, ClusterClock, silentLog, realDisk, etcdProgram } = modules;
    const program = etcdProgram();
    const beside = (what, value, other, show) => rows.push({ what, measured: show(value), ...(other === undefined ? {} : { baseline: `etcd: ${show(other)}`, ratio: value / other }) });
    const time = (value) => (value < 1 ? `${(value * 1000).toFixed(0)} µs` : ms(value));
    const open = (name, options = {}) => openDirectoryStore({ path: join(folder, name), clock: new ClusterClock(), log: silentLog, ...options });
    for (const flushed of [false, true]) {
      const store = await open(`etcd-${flushed}`, { view: false, ...(flushed ? { sync: 'fsync' } : {}) });
      const mine = await measure(ours(store), flushed);
      await store.close();
      const etcd = program && (await withEtcd(modules, program, folder, flushed, (real) => withClient(real, (client) => measure(client, flushed))));
      const raw = await appends(join(folder, 'raw'), flushed ? 100 : 10_000, flushed);
      const suffix = flushed ? ', each flushed to the disk' : '';
      for (const [i, writers] of WRITERS.entries()) {
        const other = etcd ? etcd.puts[i] : raw;
        rows.push({ what: `puts of 1 KB, ${writers === 1 ? 'one writer' : `${writers} writers`}${suffix}`, measured: perSecond(mine.puts[i]), baseline: etcd ? `etcd: ${perSecond(other)}` : `bare appends: ${perSecond(other)}`, ratio: mine.puts[i] / other });
      }
      if (flushed) continue;
      beside('a range of 10,000 keys', mine.range, etcd?.range, time);
      beside('from a put to its watcher', mine.latency, etcd?.latency, time);
      beside(`from a put to the last of ${WATCHERS.toLocaleString('en')} watchers`, mine.fanOut, etcd?.fanOut, time);
    }
    for (const size of SIZES) {
      const name = `open-${size}`;
      const store = await open(name, { view: false });
      for (let i = 0; i < size; i += 500) await Promise.all(Array.from({ length: 500 }, (_, j) => store.txn([], [{ type: 'put', key: key(i + j), value: VALUE }])));
      await store.close();
      const { took, bytes } = opening(join(folder, 'modules.mjs'), join(folder, name));
      const other = program && (await withEtcd(modules, program, folder, true, (real) => etcdOpening(real, size)));
      beside(`opening ${size.toLocaleString('en')} objects of 1 KB`, took, other?.took, time);
      beside('… and what they take in memory', bytes, other?.bytes, megabytes);
    }
    const { disk, written } = counting(realDisk);
    const store = await open('amplification', { disk });
    const count = 20_000;
    for (let i = 0; i < count; i++) await store.txn([], [{ type: 'put', key: key(i % 1000), value: VALUE }]);
    await store.close();
    const payload = count * VALUE.length;
    const times = (bytes) => `${(bytes / payload).toFixed(2)}×`;
    rows.push({ what: `bytes written for each byte of ${count.toLocaleString('en')} puts to 1,000 keys`, measured: times(written.log + written.snapshots + written.tree), baseline: `log ${times(written.log)}, snapshots ${times(written.snapshots)}, tree ${times(written.tree)}` });
    if (program) {
      const other = await withEtcd(modules, program, folder, true, async (real) => {
        const before = writtenBy(real);
        await withClient(real, (client) => puts(client.put, 64, count));
        return writtenBy(real) - before;
      });
      beside('… without the tree, beside etcd', (written.log + written.snapshots) / payload, other / payload, (value) => `${value.toFixed(2)}×`);
      rows.push({ what: '', measured: '', baseline: 'etcd: one member, through its gRPC client; where nothing is flushed, in memory' });
    } else rows.push({ what: 'beside a real etcd: skipped, none is installed (Debian: etcd-server)', measured: '' });
  });
  return rows;
}
