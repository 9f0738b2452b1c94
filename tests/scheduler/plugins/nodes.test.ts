import type { PodSpec } from '../../../src/api/generated/types.ts';
import { Harness } from '../harness.ts';
import { aContainer, aPod } from '../objects.ts';

const withSpec = (spec: Partial<PodSpec>) => aPod('p', { spec });
const hostPort = (port: number, more: { hostIP?: string; protocol?: string } = {}) => ({ containers: [aContainer({}, { ports: [{ containerPort: 80, hostPort: port, ...more }] })] });
const required = (...nodeSelectorTerms: NonNullable<NonNullable<NonNullable<PodSpec['affinity']>['nodeAffinity']>['requiredDuringSchedulingIgnoredDuringExecution']>['nodeSelectorTerms'][number][]) =>
  withSpec({ affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } } });
const NO_MATCH = "UnschedulableAndUnresolvable: node(s) didn't match Pod's node affinity/selector";

describe('TaintToleration', () => {
  const harness = new Harness()
    .node('plain')
    .node('tainted', { taints: [{ key: 'dedicated', value: 'user1', effect: 'NoSchedule' }] })
    .node('soft', { taints: [{ key: 'slow', effect: 'PreferNoSchedule' }, { key: 'old', effect: 'PreferNoSchedule' }] });

  it('names the first taint that is not tolerated', () => {
    expect(harness.filter(aPod('p'))).toEqual({ plain: '', tainted: 'UnschedulableAndUnresolvable: node(s) had untolerated taint {dedicated: user1}', soft: '' });
  });

  it.each([
    [{ key: 'dedicated', operator: 'Equal', value: 'user1', effect: 'NoSchedule' }, true],
    [{ key: 'dedicated', value: 'user1' }, true],
    [{ key: 'dedicated', operator: 'Exists' }, true],
    [{ operator: 'Exists' }, true],
    [{ key: 'dedicated', operator: 'Equal', value: 'user2' }, false],
    [{ key: 'dedicated', operator: 'Exists', effect: 'NoExecute' }, false],
  ])('%j tolerates: %s', (toleration, tolerated) => {
    expect(harness.filter(withSpec({ tolerations: [toleration] })).tainted === '').toBe(tolerated);
  });

  it('avoids nodes that prefer to be left alone', () => {
    expect(harness.scores(aPod('p')).TaintToleration).toEqual({ plain: 300, tainted: 300, soft: 0 });
    expect(harness.scores(withSpec({ tolerations: [{ key: 'slow', operator: 'Exists' }, { key: 'old', operator: 'Exists', effect: 'NoSchedule' }] })).TaintToleration).toEqual({ plain: 300, tainted: 300, soft: 0 });
    expect(harness.scores(withSpec({ tolerations: [{ operator: 'Exists' }] })).TaintToleration).toEqual({ plain: 300, tainted: 300, soft: 300 });
  });
});

describe('NodeUnschedulable', () => {
  it('leaves out cordoned nodes unless the pod tolerates that', () => {
    const harness = new Harness().node('cordoned', { unschedulable: true });
    expect(harness.filter(aPod('p'))).toEqual({ cordoned: 'UnschedulableAndUnresolvable: node(s) were unschedulable' });
    expect(harness.filter(withSpec({ tolerations: [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' }] }))).toEqual({ cordoned: '' });
  });
});

describe('NodeAffinity', () => {
  const harness = new Harness().node('node1', { labels: { disk: 'ssd', cores: '16' } }).node('node2', { labels: { disk: 'hdd', cores: '4' } });

  it('wants every pair of the nodeSelector', () => {
    expect(harness.filter(withSpec({ nodeSelector: { disk: 'ssd' } }))).toEqual({ node1: '', node2: NO_MATCH });
    expect(harness.filter(withSpec({ nodeSelector: { disk: 'ssd', gpu: 'yes' } }))).toEqual({ node1: NO_MATCH, node2: NO_MATCH });
  });

  it.each([
    ['In', 'disk', ['ssd', 'nvme'], ['node1']],
    ['NotIn', 'disk', ['ssd'], ['node2']],
    ['Exists', 'disk', undefined, ['node1', 'node2']],
    ['DoesNotExist', 'disk', undefined, []],
    ['Gt', 'cores', ['8'], ['node1']],
    ['Lt', 'cores', ['8'], ['node2']],
  ])('operator %s', (operator, key, values, fitting) => {
    const said = harness.filter(required({ matchExpressions: [{ key, operator, ...(values ? { values } : {}) }] }));
    expect(Object.keys(said).filter((node) => said[node] === '')).toEqual(fitting);
  });

  it('takes one matching term of several; an empty one matches nothing', () => {
    expect(harness.filter(required({}, { matchExpressions: [{ key: 'disk', operator: 'In', values: ['hdd'] }] }))).toEqual({ node1: NO_MATCH, node2: '' });
    expect(harness.filter(required({}))).toEqual({ node1: NO_MATCH, node2: NO_MATCH });
  });

  it('finds conflicting names without looking at nodes', () => {
    const name = (value: string) => ({ key: 'metadata.name', operator: 'In', values: [value] });
    expect(harness.filter(required({ matchFields: [name('node1')] }))).toEqual({ node1: '', node2: NO_MATCH });
    expect(harness.filter(required({ matchFields: [name('node1'), name('node2')] })).node1).toBe('UnschedulableAndUnresolvable: pod affinity terms conflict');
  });

  it('scores by the weights of the preferences that match', () => {
    const prefer = (weight: number, key: string, value: string) => ({ weight, preference: { matchExpressions: [{ key, operator: 'In', values: [value] }] } });
    const pod = withSpec({ affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [prefer(2, 'disk', 'ssd'), prefer(4, 'cores', '16'), prefer(2, 'disk', 'hdd')] } } });
    // 6 and 2 of at most 6, times the plugin's weight of 2.
    expect(harness.scores(pod).NodeAffinity).toEqual({ node1: 200, node2: 66 });
    expect(harness.scores(aPod('p'))).not.toHaveProperty('NodeAffinity');
  });
});

describe('NodePorts', () => {
  const TAKEN = "Unschedulable: node(s) didn't have free ports for the requested pod ports";
  const harness = new Harness().node('node1').pod('a', 'node1', { spec: hostPort(8080) }).pod('b', 'node1', { spec: hostPort(9090, { hostIP: '127.0.0.1' }) });
  it.each([
    [hostPort(8080), TAKEN],
    [hostPort(8080, { protocol: 'UDP' }), ''],
    [hostPort(8080, { hostIP: '10.0.0.1' }), TAKEN],
    [hostPort(9090), TAKEN],
    [hostPort(9090, { hostIP: '127.0.0.2' }), ''],
    [hostPort(8081), ''],
  ])('%j', (spec, said) => {
    expect(harness.filter(withSpec(spec)).node1).toBe(said);
  });

  it('has the port back when the pod is gone', () => {
    harness.cache.removePod('uid-a');
    expect(harness.filter(withSpec(hostPort(8080))).node1).toBe('');
  });
});
