/** Cases of kubernetes pkg/apis/core/validation/validation_test.go about containers, as facts. */
import { faults, pod, warningsOf } from './support.ts';

const AT = 'spec.containers[0]';
const container = (more: object): object => pod({ containers: [{ name: 'a', image: 'i', ...more }] });

test.each<[string, object, string[]]>([
  ['two handlers', { livenessProbe: { httpGet: { port: 80, path: '/' }, tcpSocket: { port: 80 } } }, [`${AT}.livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type`]],
  ['a grace period of readiness', { readinessProbe: { exec: { command: ['a'] }, terminationGracePeriodSeconds: 3 } }, [`${AT}.readinessProbe.terminationGracePeriodSeconds: Invalid value: 3: must not be set for readinessProbes`]],
  ['no command', { readinessProbe: { exec: { command: [] } } }, [`${AT}.readinessProbe.exec.command: Required value`]],
  ['grpc elsewhere', { startupProbe: { grpc: { port: 0 } } }, [`${AT}.startupProbe.grpc.port: Invalid value: 0: must be between 1 and 65535, inclusive`]],
  ['a long sleep', { lifecycle: { preStop: { sleep: { seconds: 100 } } } }, [`${AT}.lifecycle.preStop.sleep: Invalid value: 100: must be non-negative and less than terminationGracePeriodSeconds (30)`]],
  ['a port twice', { ports: [{ containerPort: 80, name: 'a' }, { containerPort: 81, name: 'a' }] }, [`${AT}.ports[1].name: Duplicate value: "a"`]],
  ['half a device', { resources: { limits: { 'a.b/c': '500m' }, requests: { 'a.b/c': '500m' } } }, [
    `${AT}.resources.limits[a.b/c]: Invalid value: resource.Quantity{i:resource.int64Amount{value:500, scale:-3}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:"500m", Format:"DecimalSI"}: must be an integer`,
    `${AT}.resources.requests[a.b/c]: Invalid value: resource.Quantity{i:resource.int64Amount{value:500, scale:-3}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:"500m", Format:"DecimalSI"}: must be an integer`,
  ]],
  ['huge pages alone', { resources: { limits: { 'hugepages-2Mi': '4Mi' } } }, [`${AT}.resources: Forbidden: HugePages require cpu or memory`]],
  ['root that is not', { securityContext: { runAsUser: -1, allowPrivilegeEscalation: false, privileged: true } }, [
    `${AT}.securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive`,
    expect.stringContaining(`${AT}.securityContext: Invalid value: `) as unknown as string,
  ]],
  ['a mount of nothing', { volumeMounts: [{ name: 'x', mountPath: '' }] }, [`${AT}.volumeMounts[0].name: Not found: "x"`, `${AT}.volumeMounts[0].mountPath: Required value`]],
  ['a resize policy', { resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'x' }] }, [`${AT}.resizePolicy: Unsupported value: "x": supported values: "NotRequired", "RestartContainer"`]],
])('a container with %s', (_, more, expected) => {
  expect(faults(container(more))).toEqual(expected);
});

test('a Pod warns of what it may not mean', () => {
  const spec = {
    containers: [
      { name: 'a', image: 'i', ports: [{ containerPort: 80, name: 'http' }], resources: { limits: { memory: '100m' } } },
      { name: 'b', image: 'i', ports: [{ containerPort: 81, name: 'http' }] },
    ],
    affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'a' }] } },
    volumes: [{ name: 'v', configMap: { name: 'c', items: [{ key: 'a', path: 'x' }, { key: 'b', path: 'x/y' }] } }, { name: 'g', gitRepo: { repository: 'r' } }],
    dnsConfig: { nameservers: ['1.2.3.04'] },
    terminationGracePeriodSeconds: -1,
  };
  expect(warningsOf(pod(spec, { name: 'p', annotations: { 'seccomp.security.alpha.kubernetes.io/pod': 'unconfined' } }))).toEqual([
    'spec.volumes[1].gitRepo: deprecated in v1.11, and disabled by default in v1.33+',
    'volume "v" (ConfigMap "c"): overlapping paths: "x/y" with "x"',
    'metadata.annotations[seccomp.security.alpha.kubernetes.io/pod]: non-functional in v1.27+; use the "seccompProfile" field instead',
    'spec.containers[0].resources.limits[memory]: fractional byte value "100m" is invalid, must be an integer',
    'spec.containers[0].resources.requests[memory]: fractional byte value "100m" is invalid, must be an integer',
    'spec.containers[1].ports[0]: duplicate port name "http" with spec.containers[0].ports[0], services and probes that select ports by name will use spec.containers[0].ports[0]',
    'spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1',
    'spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector: a null labelSelector results in matching no pod',
    'spec.dnsConfig.nameservers[0]: non-standard IP address "1.2.3.04" will be considered invalid in a future Kubernetes release: use "1.2.3.4"',
  ]);
});
