/** The scale benchmark, in a process with a heap of its own size: prints its rows as JSON. */
import { join } from 'node:path';
import { withModules } from './in-process.mjs';
import { deployment } from './api.mjs';
import { megabytes, ms } from './table.mjs';

const NODES = 5000;
const PODS = 150_000;
const STEP = 5000;
const SAMPLE = 1000;
const ADMIN = { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] };

/** A cluster without the readable tree: a million files say much of the disk and little of the cluster. */
async function open({ Cluster, Client, realDisk, homeAt }, folder, nodes) {
  const home = homeAt(join(folder, `home-${nodes}`));
  const tree = join(home.etcd, 'registry');
  const disk = { ...realDisk, replaceFile: (path, data, options) => (path.startsWith(tree) ? undefined : realDisk.replaceFile(path, data, options)) };
  const cluster = await Cluster.open({ home, disk, speed: 0, virtual: true, seed: 1, lockWaitMs: 0, holder: 'a benchmark', writeLog: () => undefined });
  await cluster.startComponents({ nodes, timing: 'fast' });
  await cluster.clock.converge(60_000);
  return { cluster, client: new Client(cluster.transport, { userAgent: 'bench', user: ADMIN }) };
}

/** CPU ms until a Deployment's pods are all ready; the cluster's time stands still unless something waits for it. */
async function cpuOf({ cluster, client }, { DEPLOYMENTS }, name, replicas) {
  const before = process.cpuUsage();
  await client.of(DEPLOYMENTS).create(deployment(name, replicas));
  await cluster.clock.converge(600_000);
  const { status } = await client.of(DEPLOYMENTS).get('default', name);
  if (status?.readyReplicas !== replicas) throw new Error(`${name}: ${status?.readyReplicas} of ${replicas} pods are ready`);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const rows = await withModules(async (modules, folder) => {
  const small = await open(modules, folder, 100);
  // The first thousand pays for the engine's warming up.
  await cpuOf(small, modules, 'warm-0', SAMPLE);
  await cpuOf(small, modules, 'warm-1', SAMPLE);
  const baseline = (await cpuOf(small, modules, 'sample', SAMPLE)) / SAMPLE;
  await small.cluster.close();
  const start = performance.now();
  const large = await open(modules, folder, NODES);
  const rows = [{ what: `${NODES} nodes ready`, measured: `${ms(performance.now() - start)}, ${megabytes(process.memoryUsage().rss)}` }];
  const sample = async (pods) => {
    const perPod = (await cpuOf(large, modules, `sample-${pods}`, SAMPLE)) / SAMPLE;
    rows.push({ what: `CPU of one more pod, ${NODES} nodes and ${pods.toLocaleString('en')} pods`, measured: `${perPod.toFixed(2)} ms, ${megabytes(process.memoryUsage().rss)}`, baseline: `at 3,000 pods on 100 nodes: ${baseline.toFixed(2)} ms`, ratio: perPod / baseline, goal: '1.30×, under 6 GB' });
  };
  await sample(0);
  for (let pods = SAMPLE; pods < PODS; pods += STEP) {
    await cpuOf(large, modules, `web-${pods}`, STEP);
    process.stderr.write(`\r  ${pods + STEP} pods`);
    if (pods === SAMPLE + STEP) await sample(pods + STEP);
  }
  await sample(PODS);
  await large.cluster.close();
  return rows;
});
process.stdout.write(JSON.stringify(rows));
