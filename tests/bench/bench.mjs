/**
 * `npm run bench`: how long things take, beside a baseline of the same run (this machine, at this load).
 * `npm run bench -- NAME…` runs the groups named; `npm run bench -- all` also those that take minutes.
 * Nothing is asserted: the figures are for people. The goals beside them are the design's, for two cores that do nothing else.
 */
import { printTable } from './table.mjs';

/** Name, what it is about, and whether it runs when nothing is named. */
const GROUPS = {
  commands: { title: 'Commands, whole processes (medians)', load: () => import('./commands.mjs') },
  start: { title: 'From nothing to a cluster', load: () => import('./start.mjs') },
  deployments: { title: 'create deployment --replicas=N until all are Ready (a new daemon of 10 nodes each time)', load: () => import('./deployments.mjs') },
  pods: { title: '5,000 pods on 50 nodes, until Running', load: () => import('./pods.mjs') },
  api: { title: 'The API server: reads, writes, watches', load: () => import('./api-server.mjs') },
  hour: { title: 'One hour of 50 pods with readiness and liveness probes, in virtual time', load: () => import('./hour.mjs') },
  store: { title: 'The store', load: () => import('./store.mjs') },
  idle: { title: 'A daemon of 3 nodes that has nothing to do', load: () => import('./idle.mjs') },
  scale: { title: '5,000 nodes and 150,000 pods', load: () => import('./scale.mjs'), onDemand: true },
};

const named = process.argv.slice(2);
const unknown = named.filter((name) => name !== 'all' && !Object.hasOwn(GROUPS, name));
if (unknown.length > 0) {
  process.stderr.write(`error: no group ${unknown.join(', ')}; there are ${Object.keys(GROUPS).join(', ')}\n`);
  process.exit(1);
}
for (const [name, { title, load, onDemand = false }] of Object.entries(GROUPS)) {
  const wanted = named.length === 0 ? !onDemand : named.includes('all') || named.includes(name);
  if (!wanted) continue;
  process.stdout.write(`\n${name}: ${title}\n`);
  const { run } = await load();
  printTable(await run());
}
