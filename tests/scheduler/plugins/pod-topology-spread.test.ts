import { REPLICASETS, SERVICES } from '../../../src/api/kinds.ts';
import type { TopologySpreadConstraint } from '../../../src/api/generated/types.ts';
import { freeze } from '../../../src/api/json.ts';
import { Harness } from '../harness.ts';
import { aNode, aPod } from '../objects.ts';

const ZONE = 'topology.kubernetes.io/zone';
const HOST = 'kubernetes.io/hostname';
const NOT_MATCHED = "Unschedulable: node(s) didn't match pod topology spread constraints";
const spread = (topologyKey: string, maxSkew: number, more: Partial<TopologySpreadConstraint> = {}): TopologySpreadConstraint => ({ topologyKey, maxSkew, whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: { app: 'web' } }, ...more });
const web = (...topologySpreadConstraints: TopologySpreadConstraint[]) => aPod('p', { labels: { app: 'web' }, spec: { topologySpreadConstraints } });
const labels = { app: 'web' };

/** Two zones with two nodes each; pods: a 2, b 1, x 0, y 3. */
function zones(): Harness {
  const harness = new Harness();
  for (const [name, zone] of [['node-a', 'zone1'], ['node-b', 'zone1'], ['node-x', 'zone2'], ['node-y', 'zone2']] as const) harness.node(name, { labels: { [ZONE]: zone } });
  for (const [i, node] of ['node-a', 'node-a', 'node-b', 'node-y', 'node-y', 'node-y'].entries()) harness.pod(`web-${i}`, node, { labels });
  return harness;
}

describe('hard constraints', () => {
  it('keep the zones within the skew', () => {
    const harness = zones();
    // 3 and 3: one more is a skew of 1.
    expect(Object.values(harness.filter(web(spread(ZONE, 1))))).toEqual(['', '', '', '']);
    harness.pod('web-7', 'node-b', { labels });
    expect(harness.filter(web(spread(ZONE, 1)))).toEqual({ 'node-a': NOT_MATCHED, 'node-b': NOT_MATCHED, 'node-x': '', 'node-y': '' });
  });

  it('keep the hosts within the skew', () => {
    expect(zones().filter(web(spread(HOST, 1)))).toEqual({ 'node-a': NOT_MATCHED, 'node-b': NOT_MATCHED, 'node-x': '', 'node-y': NOT_MATCHED });
    expect(zones().filter(web(spread(HOST, 2)))['node-b']).toBe('');
  });

  it('must all be met', () => {
    expect(zones().pod('web-7', 'node-y', { labels }).filter(web(spread(ZONE, 1), spread(HOST, 1)))).toEqual({ 'node-a': NOT_MATCHED, 'node-b': NOT_MATCHED, 'node-x': NOT_MATCHED, 'node-y': NOT_MATCHED });
  });

  it('need the label on the node', () => {
    const harness = zones().node('bare');
    expect(harness.filter(web(spread(ZONE, 1))).bare).toBe("UnschedulableAndUnresolvable: node(s) didn't match pod topology spread constraints (missing required label)");
  });

  it('take the least for 0 while there are fewer domains than minDomains', () => {
    expect(zones().filter(web(spread(ZONE, 3, { minDomains: 3 })))['node-a']).toBe(NOT_MATCHED);
    expect(zones().filter(web(spread(ZONE, 3, { minDomains: 2 })))['node-a']).toBe('');
  });

  it('do not count pods on their way out, of other namespaces, or with other labels', () => {
    const harness = new Harness().node('node-a').node('node-b');
    harness.pod('going', 'node-a', { labels, metadata: { deletionTimestamp: '2025-01-01T00:00:00Z' } }).pod('elsewhere', 'node-a', { labels, namespace: 'other' }).pod('other', 'node-a', { labels: { app: 'db' } });
    expect(harness.filter(web(spread(HOST, 1)))['node-a']).toBe('');
    harness.pod('one', 'node-a', { labels });
    expect(harness.filter(web(spread(HOST, 1)))['node-a']).toBe(NOT_MATCHED);
  });

  it('look only at the nodes that the node selector allows, unless told otherwise', () => {
    const harness = zones();
    const only = (more: Partial<TopologySpreadConstraint>) => aPod('p', { labels, spec: { nodeSelector: { [HOST]: 'node-a' }, topologySpreadConstraints: [spread(HOST, 1, more)] } });
    expect(harness.filter(only({}))['node-a']).toBe('');
    expect(harness.filter(only({ nodeAffinityPolicy: 'Ignore' }))['node-a']).toBe(NOT_MATCHED);
  });

  it('leave tainted nodes out where nodeTaintsPolicy says so', () => {
    const harness = new Harness().node('node-a').node('node-b', { taints: [{ key: 'k', effect: 'NoSchedule' }] }).pod('web-0', 'node-a', { labels });
    expect(harness.filter(web(spread(HOST, 1)))['node-a']).toBe(NOT_MATCHED);
    expect(harness.filter(web(spread(HOST, 1, { nodeTaintsPolicy: 'Honor' })))['node-a']).toBe('');
  });

  it('compare only pods with the same values of matchLabelKeys', () => {
    const harness = new Harness().node('node-a').node('node-b').pod('old', 'node-a', { labels: { app: 'web', 'pod-template-hash': '1' } });
    const pod = aPod('p', { labels: { app: 'web', 'pod-template-hash': '2' }, spec: { topologySpreadConstraints: [spread(HOST, 1, { matchLabelKeys: ['pod-template-hash'] })] } });
    expect(harness.filter(pod)['node-a']).toBe('');
  });

  it('count on as pods come and go', () => {
    const harness = new Harness().node('node-a').node('node-b');
    for (let i = 0; i < 3; i++) {
      expect(harness.filter(web(spread(HOST, 1)))['node-a']).toBe('');
      harness.pod('one', 'node-a', { labels });
      expect(harness.filter(web(spread(HOST, 1)))['node-a']).toBe(NOT_MATCHED);
      harness.cache.removePod('uid-one');
    }
    harness.cache.setNode(aNode('node-c'));
    harness.cache.removeNode('node-b');
    harness.pod('one', 'node-a', { labels });
    expect(harness.filter(web(spread(HOST, 1)))).toEqual({ 'node-a': NOT_MATCHED, 'node-c': '' });
  });
});

describe('soft constraints', () => {
  // scoring_test.go: "one constraint on node, all 4 nodes are candidates" with 2, 1, 0, 3 pods
  it('score the emptier higher', () => {
    const { PodTopologySpread: scores } = zones().scores(web(spread(HOST, 1, { whenUnsatisfiable: 'ScheduleAnyway' })));
    // log(4 + 2) × 2, 1, 0, 3 = 4, 2, 0, 5 (rounded); 100 × (5 + 0 - score) / 5, times the weight of 2.
    expect(scores).toEqual({ 'node-a': 40, 'node-b': 120, 'node-x': 200, 'node-y': 0 });
  });

  it('give nothing to nodes without the label', () => {
    const { PodTopologySpread: scores } = zones().node('bare').scores(web(spread(ZONE, 1, { whenUnsatisfiable: 'ScheduleAnyway' })));
    expect(scores?.bare).toBe(0);
    expect(scores?.['node-a']).toBe(200);
  });

  it('are not asked of pods that have only hard ones', () => {
    expect(zones().scores(web(spread(HOST, 5)))).not.toHaveProperty('PodTopologySpread');
  });
});

describe('defaults', () => {
  const meta = (name: string) => ({ name, namespace: 'default', uid: name, resourceVersion: '1', creationTimestamp: '2025-01-01T00:00:00Z' });
  const service = freeze({ apiVersion: 'v1', kind: 'Service', metadata: meta('web'), spec: { selector: labels } });
  const replicaSet = freeze({ apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: meta('web-1'), spec: { selector: { matchLabels: { ...labels, 'pod-template-hash': '1' } } } });

  it("spread a Service's pods over hosts", () => {
    const harness = new Harness().node('node-a').node('node-b').known(SERVICES, service).pod('web-0', 'node-a', { labels });
    // hosts: 1 and 0 pods × log(4) + (3 - 1) = 3 and 2; 100 × (3 + 2 - score) / 3 = 66 and 100, times 2.
    expect(harness.scores(aPod('p', { labels })).PodTopologySpread).toEqual({ 'node-a': 132, 'node-b': 200 });
  });

  it("spread a ReplicaSet's pods, over zones as well", () => {
    const harness = new Harness().known(REPLICASETS, replicaSet);
    for (const [name, zone] of [['node-a', 'z1'], ['node-b', 'z1'], ['node-x', 'z2']] as const) harness.node(name, { labels: { [ZONE]: zone } });
    const own = { ...labels, 'pod-template-hash': '1' };
    harness.pod('web-0', 'node-a', { labels: own }).pod('other', 'node-x', { labels: { ...labels, 'pod-template-hash': '2' } });
    const pod = aPod('p', { labels: own, metadata: { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-1', uid: 'web-1', controller: true }] } });
    // a: log(5) + 2 + log(4) + 4 = 9; b: 2 + log(4) + 4 = 7; x: 2 + 4 = 6. 100 × (9 + 6 - score) / 9, times 2.
    expect(harness.scores(pod).PodTopologySpread).toEqual({ 'node-a': 132, 'node-b': 176, 'node-x': 200 });
  });

  it('are not asked of pods that belong to nothing', () => {
    expect(new Harness().node('node-a').scores(aPod('p', { labels }))).not.toHaveProperty('PodTopologySpread');
  });
});
