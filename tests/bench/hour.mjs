import { virtualCluster, withModules } from './in-process.mjs';
import { ms } from './table.mjs';

const PODS = 50;
const HOUR_MS = 3_600_000;

const pod = (i) => ({
  apiVersion: 'v1', kind: 'Pod', metadata: { name: `probed-${i}`, namespace: 'default' },
  spec: { containers: [{ name: 'nginx', image: 'nginx', ports: [{ containerPort: 80 }], readinessProbe: { httpGet: { path: '/', port: 80 } }, livenessProbe: { httpGet: { path: '/', port: 80 } } }] },
});

export async function run() {
  return withModules(async (modules, folder) => {
    const { cluster, client } = await virtualCluster(modules, folder, 3);
    const hour = async () => {
      const revision = cluster.revision;
      const cpu = process.cpuUsage();
      const start = performance.now();
      await cluster.clock.advance(HOUR_MS);
      const took = performance.now() - start;
      const { user, system } = process.cpuUsage(cpu);
      return { took, cpuMs: (user + system) / 1000, writes: cluster.revision - revision };
    };
    const empty = await hour();
    for (let i = 0; i < PODS; i++) await client.of(modules.PODS).create(pod(i));
    await cluster.clock.converge(600_000);
    const { items } = await client.of(modules.PODS).list('default');
    const ready = items.filter(({ status }) => status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True')).length;
    if (ready !== PODS) throw new Error(`${ready} of ${PODS} pods are ready`);
    const probed = await hour();
    await cluster.close();
    return [
      { what: 'an hour of 3 nodes alone', measured: `${ms(empty.took)}, CPU ${ms(empty.cpuMs)}, ${empty.writes} writes` },
      { what: `an hour of ${PODS} probed pods (${(PODS * 2 * HOUR_MS) / 10_000} probes)`, measured: `${ms(probed.took)}, CPU ${ms(probed.cpuMs)}, ${probed.writes} writes`, baseline: `without pods: ${ms(empty.took)}`, ratio: probed.took / empty.took, goal: 'under 1 s' },
    ];
  });
}
