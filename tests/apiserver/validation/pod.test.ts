import type { Pod } from '../../../src/api/generated/types.ts';
import { created, faults, pod, updated } from './support.ts';

const container = (more: object): object => pod({ containers: [{ name: 'app', image: 'nginx', ...more }] });

test('a plain pod has no faults', () => {
  expect(faults(pod({}))).toEqual([]);
  expect(faults(container({ livenessProbe: { httpGet: { port: 80 } }, env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }], ports: [{ containerPort: 80, name: 'http' }] }))).toEqual([]);
  expect(faults(pod({ initContainers: [{ name: 'side', image: 'x', restartPolicy: 'Always', startupProbe: { exec: { command: ['true'] } } }] }))).toEqual([]);
});

test.each<[string, object, string[]]>([
  ['no containers', pod({ containers: [] }), ['spec.containers: Required value']],
  ['no image', pod({ containers: [{ name: 'app' }] }), ['spec.containers[0].image: Required value']],
  ['two of a name', pod({ containers: [{ name: 'a', image: 'x' }, { name: 'a', image: 'x' }] }), ['spec.containers[1].name: Duplicate value: "a"']],
  ['a bad name', pod({ containers: [{ name: 'A_b', image: 'x' }] }), [
    'spec.containers[0].name: Invalid value: "A_b": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or \'-\', and must start and end with an alphanumeric character (e.g. \'my-name\',  or \'123-abc\', regex used for validation is \'[a-z0-9]([-a-z0-9]*[a-z0-9])?\')',
  ]],
  ['space around an image', pod({ containers: [{ name: 'a', image: ' x' }] }), ['spec.containers[0].image: Invalid value: " x": must not have leading or trailing whitespace']],
  ['restart policy', pod({ restartPolicy: 'Sometimes' }), ['spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"']],
  ['pull policy', container({ imagePullPolicy: 'Maybe' }), ['spec.containers[0].imagePullPolicy: Unsupported value: "Maybe": supported values: "Always", "IfNotPresent", "Never"']],
  ['port out of range', container({ ports: [{ containerPort: 70000 }] }), ['spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive']],
  ['port name', container({ ports: [{ containerPort: 1, name: 'averyveryverylong' }] }), ['spec.containers[0].ports[0].name: Invalid value: "averyveryverylong": must be no more than 15 characters']],
  ['protocol', container({ ports: [{ containerPort: 1, protocol: 'tcp' }] }), ['spec.containers[0].ports[0].protocol: Unsupported value: "tcp": supported values: "SCTP", "TCP", "UDP"']],
  ['requests over limits', container({ resources: { limits: { cpu: '100m' }, requests: { cpu: '1' } } }), ['spec.containers[0].resources.requests: Invalid value: "1": must be less than or equal to cpu limit of 100m']],
  ['unknown resource', container({ resources: { limits: { cpuu: '1' } } }), [
    'spec.containers[0].resources.limits[cpuu]: Invalid value: cpuu: must be a standard resource type or fully qualified',
    'spec.containers[0].resources.limits[cpuu]: Invalid value: cpuu: must be a standard resource for containers',
    'spec.containers[0].resources.requests[cpuu]: Invalid value: cpuu: must be a standard resource type or fully qualified',
    'spec.containers[0].resources.requests[cpuu]: Invalid value: cpuu: must be a standard resource for containers',
  ]],
  ['negative memory', container({ resources: { requests: { memory: '-1' } } }), ['spec.containers[0].resources.requests[memory]: Invalid value: "-1": must be greater than or equal to 0']],
  ['mount without volume', container({ volumeMounts: [{ name: 'v', mountPath: '/v' }] }), ['spec.containers[0].volumeMounts[0].name: Not found: "v"']],
  ['two sources in one volume', pod({ volumes: [{ name: 'v', emptyDir: {}, configMap: { name: 'c' } }] }), ['spec.volumes[0].configMap: Forbidden: may not specify more than 1 volume type']],
  ['config map without name', pod({ volumes: [{ name: 'v', configMap: {} }] }), ['spec.volumes[0].configMap.name: Required value']],
  ['env without name', container({ env: [{ value: 'x' }] }), ['spec.containers[0].env[0].name: Required value']],
  ['env from nowhere', container({ env: [{ name: 'A', valueFrom: {} }] }), ['spec.containers[0].env[0].valueFrom: Invalid value: "": must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`']],
  ['env with two values', container({ env: [{ name: 'A', value: 'x', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }] }), ['spec.containers[0].env[0].valueFrom: Invalid value: "": may not be specified when `value` is not empty']],
  ['field that a variable cannot show', container({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.foo' } } }] }), ['spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: "spec.foo": error converting fieldPath: field label not supported: spec.foo']],
  ['probe without a way', container({ livenessProbe: {} }), ['spec.containers[0].livenessProbe: Required value: must specify a handler type']],
  ['liveness success threshold', container({ livenessProbe: { tcpSocket: { port: 1 }, successThreshold: 2 } }), ['spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1']],
  ['probe of an init container', pod({ initContainers: [{ name: 'i', image: 'x', livenessProbe: { tcpSocket: { port: 1 } } }] }), ['spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always']],
  ['restartPolicy of a container', container({ restartPolicy: 'Always' }), ['spec.containers[0].restartPolicy: Forbidden: may not be set for non-init containers']],
  ['ephemeral containers', pod({ ephemeralContainers: [{ name: 'e', image: 'x' }] }), ['spec.ephemeralContainers: Forbidden: cannot be set on create']],
  ['toleration', pod({ tolerations: [{ operator: 'Equal' }] }), ['spec.tolerations[0].operator: Invalid value: "Equal": operator must be Exists when `key` is empty, which means "match all values and all keys"']],
  ['spread constraint', pod({ topologySpreadConstraints: [{ maxSkew: 0, topologyKey: '', whenUnsatisfiable: 'No' }] }), [
    'spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero',
    'spec.topologySpreadConstraints[0].topologyKey: Required value: can not be empty',
    'spec.topologySpreadConstraints[0].whenUnsatisfiable: Unsupported value: "No": supported values: "DoNotSchedule", "ScheduleAnyway"',
  ]],
  ['dns without nameserver', pod({ dnsPolicy: 'None' }), ['spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None']],
  ['deadline', pod({ activeDeadlineSeconds: 0 }), ['spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive']],
  ['run as user', pod({ securityContext: { runAsUser: -1 } }), ['spec.securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive']],
  ['node with gates', pod({ nodeName: 'n', schedulingGates: [{ name: 'a.b/c' }] }), ['spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared']],
])('%s', (_name, object, expected) => {
  expect(faults(object)).toEqual(expected);
});

test('images, added tolerations and a shorter deadline may change', () => {
  const old = created<Pod>(pod({ activeDeadlineSeconds: 100 }));
  const result = updated(old, (object) => {
    if (!object.spec) return;
    object.spec.containers[0]!.image = 'nginx:2';
    object.spec.activeDeadlineSeconds = 50;
    object.spec.tolerations = [{ key: 'a', operator: 'Exists' }];
  });
  expect(result.faults).toEqual([]);
});

test('nothing else may', () => {
  const old = created<Pod>(pod({}));
  const result = updated(old, (object) => void (object.spec!.containers[0]!.command = ['sh']));
  expect(result.faults).toHaveLength(1);
  expect(result.faults[0]).toMatch(
    /^spec: Forbidden: pod updates may not change fields other than `spec\.containers\[\*\]\.image`,`spec\.initContainers\[\*\]\.image`,`spec\.activeDeadlineSeconds`,`spec\.tolerations` \(only additions to existing tolerations\),`spec\.terminationGracePeriodSeconds` \(allow it to be set to 1 if it was previously negative\)\n {2}core\.PodSpec\{\n/,
  );
  expect(result.faults[0]).toContain('- \t\t\tCommand:    nil,\n+ \t\t\tCommand:    []string{"sh"},\n');
});

test('containers come and go with their pod', () => {
  const old = created<Pod>(pod({}));
  expect(updated(old, (object) => void object.spec!.containers.push({ name: 'b', image: 'x' })).faults).toEqual(['spec.containers: Forbidden: pod updates may not add or remove containers']);
  expect(updated(old, (object) => void (object.spec!.activeDeadlineSeconds = 5)).faults).toEqual([]);
});

test('labels change freely and the status is not touched', () => {
  const old = created<Pod>(pod({}));
  const result = updated(old, (object) => {
    object.metadata!.labels = { a: 'b' };
    object.status = { phase: 'Running' };
  });
  expect(result.faults).toEqual([]);
  expect(result.object.status?.phase).toBe('Pending');
});
