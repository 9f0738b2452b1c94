/** Rows as kubernetes pkg/printers/internalversion/printers.go makes them; columns as it declares them. */
import type { KubeObject } from '../../../src/api/object.ts';
import { builtinResources, resourceForKind } from '../../../src/api/resource.ts';
import { printerFor } from '../../../src/apiserver/tables/index.ts';
import { KIND_FIXTURES } from '../../support/kind-fixtures.ts';

const NOW = Date.UTC(2025, 0, 1, 12);
const ago = (minutes: number): string => new Date(NOW - minutes * 60_000).toISOString().replace('.000Z', 'Z');

function cells(apiVersion: string, kind: string, object: object): unknown[] {
  const resource = resourceForKind(apiVersion, kind);
  if (!resource) throw new Error(`no kind ${kind}`);
  return printerFor(resource).row({ apiVersion, kind, ...object } as KubeObject, { nowMs: NOW }).slice(kind === 'Event' ? 0 : 1);
}

const container = (name: string, more: object = {}): object => ({ name, image: 'i', ...more });
const status = (name: string, state: object, more: object = {}): object => ({ name, state, ready: false, restartCount: 0, ...more });
const RUNNING = { running: {} };
const DONE = { terminated: { exitCode: 0, reason: 'Completed' } };

test.each<[string, object, object, [string, string, string]]>([
  ['running', { containers: [container('a')] }, { phase: 'Running', containerStatuses: [status('a', RUNNING, { ready: true })] }, ['1/1', 'Running', '0']],
  ['restarted', { containers: [container('a')] }, { phase: 'Running', containerStatuses: [status('a', RUNNING, { ready: true, restartCount: 3, lastState: { terminated: { exitCode: 1, finishedAt: ago(5) } } })] }, ['1/1', 'Running', '3 (5m ago)']],
  ['waiting', { containers: [container('a')] }, { phase: 'Pending', containerStatuses: [status('a', { waiting: { reason: 'ImagePullBackOff' } })] }, ['0/1', 'ImagePullBackOff', '0']],
  ['gated', { containers: [container('a')] }, { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] }, ['0/1', 'SchedulingGated', '0']],
  ['initializing', { initContainers: [container('i'), container('j')], containers: [container('a')] }, { phase: 'Pending', initContainerStatuses: [status('i', DONE), status('j', RUNNING)], containerStatuses: [status('a', { waiting: { reason: 'PodInitializing' } })] }, ['0/1', 'Init:1/2', '0']],
  ['failing to', { initContainers: [container('i')], containers: [container('a')] }, { phase: 'Pending', initContainerStatuses: [status('i', { terminated: { exitCode: 2 } }, { restartCount: 2 })] }, ['0/1', 'Init:ExitCode:2', '2']],
  ['crashing while it does', { initContainers: [container('i')], containers: [container('a')] }, { phase: 'Pending', initContainerStatuses: [status('i', { waiting: { reason: 'CrashLoopBackOff' } }, { restartCount: 2 })] }, ['0/1', 'Init:CrashLoopBackOff', '2']],
  ['with a sidecar', { initContainers: [container('i', { restartPolicy: 'Always' })], containers: [container('a')] }, { phase: 'Running', initContainerStatuses: [status('i', RUNNING, { started: true, ready: true, restartCount: 1 })], containerStatuses: [status('a', RUNNING, { ready: true })] }, ['2/2', 'Running', '1']],
  ['completed', { containers: [container('a')] }, { phase: 'Succeeded', containerStatuses: [status('a', DONE)] }, ['0/1', 'Completed', '0']],
  ['half done', { containers: [container('a'), container('b')] }, { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }], containerStatuses: [status('a', DONE), status('b', RUNNING, { ready: true })] }, ['1/2', 'Running', '0']],
  ['half done, not ready', { containers: [container('a'), container('b')] }, { phase: 'Running', containerStatuses: [status('a', DONE), status('b', RUNNING, { ready: true })] }, ['1/2', 'NotReady', '0']],
  ['killed', { containers: [container('a')] }, { phase: 'Failed', containerStatuses: [status('a', { terminated: { exitCode: 137, signal: 9 } })] }, ['0/1', 'Signal:9', '0']],
  ['evicted', { containers: [container('a')] }, { phase: 'Failed', reason: 'Evicted' }, ['0/1', 'Evicted', '0']],
])('a pod %s', (_, spec, podStatus, expected) => {
  expect(cells('v1', 'Pod', { metadata: { name: 'p' }, spec, status: podStatus }).slice(0, 3)).toEqual(expected);
});

test('a pod that leaves, and one that its node has lost', () => {
  const leaving = { metadata: { name: 'p', deletionTimestamp: ago(1) }, spec: { containers: [container('a')] } };
  expect(cells('v1', 'Pod', { ...leaving, status: { phase: 'Running' } })[1]).toBe('Terminating');
  expect(cells('v1', 'Pod', { ...leaving, status: { phase: 'Running', reason: 'NodeLost' } })[1]).toBe('Unknown');
  expect(cells('v1', 'Pod', { ...leaving, status: { phase: 'Succeeded' } })[1]).toBe('Succeeded');
});

test('the rows of pods that are done say so', () => {
  const printer = printerFor(resourceForKind('v1', 'Pod') as never);
  const of = (phase: string): unknown => printer.conditions?.({ status: { phase } } as never);
  expect([of('Running'), of('Failed'), of('Succeeded')]).toEqual([
    undefined,
    [{ type: 'Completed', status: 'True', reason: 'Failed', message: 'The pod failed.' }],
    [{ type: 'Completed', status: 'True', reason: 'Succeeded', message: 'The pod has completed successfully.' }],
  ]);
});

const meta = { name: 'x', creationTimestamp: ago(60) };
const selector = { matchLabels: { a: 'b' } };
const template = { spec: { containers: [container('c'), container('d')] } };
test.each<[string, string, string, object, unknown[]]>([
  ['v1', 'Service', 'balanced', { spec: { type: 'LoadBalancer', clusterIPs: ['1.1.1.1'], externalIPs: ['9.9.9.9'], ports: [{ port: 80, protocol: 'TCP', nodePort: 30000 }, { port: 53, protocol: 'UDP' }] }, status: { loadBalancer: { ingress: [{ hostname: 'z' }, { ip: '2.2.2.2' }] } } }, ['LoadBalancer', '1.1.1.1', '2.2.2.2,z,9.9.9.9', '80:30000/TCP,53/UDP', '60m', '<none>']],
  ['v1', 'Service', 'waiting', { spec: { type: 'LoadBalancer', clusterIPs: ['1.1.1.1'] } }, ['LoadBalancer', '1.1.1.1', '<pending>', '<none>', '60m', '<none>']],
  ['v1', 'Service', 'elsewhere', { spec: { type: 'ExternalName', externalName: 'a.b' } }, ['ExternalName', '<none>', 'a.b', '<none>', '60m', '<none>']],
  ['v1', 'Endpoints', 'many', { subsets: [{ addresses: ['1', '2', '3', '4'].map((ip) => ({ ip })), ports: [{ port: 80 }, { port: 81 }] }] }, ['1:80,2:80,3:80 + 5 more...', '60m']],
  ['v1', 'Endpoints', 'none ready', { subsets: [{ notReadyAddresses: [{ ip: '1' }], ports: [{ port: 80 }] }] }, ['', '60m']],
  ['v1', 'Node', 'cordoned', { spec: { unschedulable: true }, metadata: { ...meta, labels: { 'node-role.kubernetes.io/worker': '', 'kubernetes.io/role': 'edge' } }, status: { conditions: [{ type: 'Ready', status: 'Unknown' }], addresses: [{ type: 'InternalIP', address: '1.1.1.1' }], nodeInfo: { kubeletVersion: 'v1.33.1' } } }, ['NotReady,SchedulingDisabled', 'edge,worker', '60m', 'v1.33.1', '1.1.1.1', '<none>', '<unknown>', '<unknown>', '<unknown>']],
  ['v1', 'ResourceQuota', 'of both', { status: { hard: { 'limits.cpu': '2', limitsless: '1', cpu: '1' }, used: { 'limits.cpu': '1' } } }, ['cpu: 0/1, limitsless: 0/1', 'limits.cpu: 1/2', '60m']],
  ['v1', 'Event', 'of a series', { involvedObject: { kind: 'Pod', name: 'p' }, eventTime: ago(30), series: { count: 4, lastObservedTime: ago(2) }, reportingComponent: 'c', reportingInstance: 'i', type: 'Normal', reason: 'R', message: ' m\n' }, ['2m', 'Normal', 'R', 'pod/p', '', 'c, i', 'm', '30m', 4, 'x']],
  ['v1', 'ComponentStatus', 'of nothing', { conditions: [{ type: 'Healthy', status: 'Unknown', error: 'e' }] }, ['Unhealthy', '', 'e']],
  ['v1', 'PersistentVolumeClaim', 'bound', { spec: { volumeName: 'v', storageClassName: 's', volumeMode: 'Block' }, status: { phase: 'Bound', capacity: { storage: '1Gi' }, accessModes: ['ReadWriteMany', 'ReadWriteOnce'] } }, ['Bound', 'v', '1Gi', 'RWO,RWX', 's', '<unset>', '60m', 'Block']],
  ['v1', 'PersistentVolume', 'claimed', { spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOncePod'], claimRef: { namespace: 'n', name: 'c' }, persistentVolumeReclaimPolicy: 'Retain' }, status: { phase: 'Bound' } }, ['1Gi', 'RWOP', 'Retain', 'Bound', 'n/c', '', '<unset>', '', '60m', '<unset>']],
  ['apps/v1', 'Deployment', 'rolling', { spec: { replicas: 3, selector, template }, status: { readyReplicas: 1, updatedReplicas: 2, availableReplicas: 1 } }, ['1/3', 2, 1, '60m', 'c,d', 'i,i', 'a=b']],
  ['apps/v1', 'DaemonSet', 'somewhere', { spec: { selector, template: { spec: { containers: [], nodeSelector: { a: 'b' } } } }, status: { desiredNumberScheduled: 2, currentNumberScheduled: 1, numberReady: 1 } }, [2, 1, 1, 0, 0, 'a=b', '60m', '', '', 'a=b']],
  ['apps/v1', 'StatefulSet', 'starting', { spec: { replicas: 3, template }, status: { readyReplicas: 1 } }, ['1/3', '60m', 'c,d', 'i,i']],
  ['apps/v1', 'ControllerRevision', 'owned', { metadata: { ...meta, ownerReferences: [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name: 's', controller: true }] }, revision: 2 }, ['statefulset.apps/s', 2, '60m']],
  ['batch/v1', 'Job', 'done', { spec: { completions: 3, selector, template }, status: { succeeded: 3, startTime: ago(50), completionTime: ago(40), conditions: [{ type: 'SuccessCriteriaMet', status: 'True' }, { type: 'Complete', status: 'True' }] } }, ['Complete', '3/3', '10m', '60m', 'c,d', 'i,i', 'a=b']],
  ['batch/v1', 'Job', 'of a queue', { spec: { parallelism: 4, template }, status: { startTime: ago(50), conditions: [{ type: 'SuccessCriteriaMet', status: 'True' }] } }, ['Running', '0/1 of 4', '50m', '60m', 'c,d', 'i,i', '<none>']],
  ['batch/v1', 'CronJob', 'at rest', { spec: { schedule: '* * * * *', suspend: false, jobTemplate: { spec: { template } } }, status: { lastScheduleTime: ago(3) } }, ['* * * * *', '<none>', 'False', 0, '3m', '60m', 'c,d', 'i,i', '<none>']],
])('%s %s %s', (apiVersion, kind, _, object, expected) => {
  expect(cells(apiVersion, kind, { metadata: meta, ...object })).toEqual(expected);
});

test('every column has a name, a description and as many cells as there are columns', () => {
  for (const resource of builtinResources()) {
    if (!resource.verbs.includes('list')) continue;
    const { columns } = printerFor(resource);
    expect(columns.filter(({ name }) => name === '')).toEqual([]);
    const silent = columns.filter(({ description }) => description === '').map(({ name }) => `${resource.kind} ${name}`);
    // Upstream looks for the handler's in the wrong place.
    expect(silent).toEqual(resource.kind === 'RuntimeClass' ? ['RuntimeClass Handler'] : []);
  }
  for (const { resource, object } of KIND_FIXTURES) {
    const printer = printerFor(resource);
    expect([resource.kind, printer.row(object, { nowMs: NOW }).length]).toEqual([resource.kind, printer.columns.length]);
  }
});
