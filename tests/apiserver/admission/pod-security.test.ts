import type { Deployment, Namespace, Pod } from '../../../src/api/generated/types.ts';
import { DEPLOYMENTS, NAMESPACES, PODS } from '../../../src/api/kinds.ts';
import { describeViolations, violations } from '../../../src/apiserver/admission/pod-security/checks.ts';
import { type ApiCluster, clusterOfEachTest, failure } from '../support/api-cluster.ts';
import { deployment, pod } from '../support/objects.ts';

const cluster = clusterOfEachTest();

const RESTRICTED = 'allowPrivilegeEscalation != false (container "main" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "main" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "main" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "main" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")';
const label = (labels: Record<string, string>, name = 'default'): Promise<{ warnings?: readonly string[] }> =>
  cluster.request({ verb: 'patch', resource: 'namespaces', name, patchType: 'merge', body: { metadata: { labels: Object.fromEntries(Object.entries(labels).map(([key, value]) => [`pod-security.kubernetes.io/${key}`, value])) } } });
const make = (object: Pod | Deployment): ReturnType<ApiCluster['request']> =>
  cluster.request({ verb: 'create', group: object.kind === 'Pod' ? '' : 'apps', resource: object.kind === 'Pod' ? 'pods' : 'deployments', namespace: 'default', body: object });
const safe = (name: string): Pod => ({
  ...pod(name),
  spec: { securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } }, containers: [{ name: 'main', image: 'nginx', securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }] },
});

test('restricted pods only, with all that is wrong told at once', async () => {
  await label({ enforce: 'restricted' });
  expect((await failure(make(pod('a')))).message).toBe(`pods "a" is forbidden: violates PodSecurity "restricted:latest": ${RESTRICTED}`);
  await make(safe('b'));
});

test('workloads are warned of, and made', async () => {
  await label({ enforce: 'restricted', 'enforce-version': 'v1.30' });
  const { warnings } = await make(deployment('web', 1));
  expect(warnings).toEqual([`would violate PodSecurity "restricted:v1.30": ${RESTRICTED}`]);
  expect(await cluster.of(DEPLOYMENTS).get('default', 'web')).toBeDefined();
});

test('warn and audit let pods pass', async () => {
  await label({ warn: 'baseline', audit: 'restricted' });
  const { warnings } = await make({ ...pod('a'), spec: { ...pod('a').spec, hostNetwork: true } as never });
  expect(warnings).toEqual(['would violate PodSecurity "baseline:latest": host namespaces (hostNetwork=true)']);
});

test('labels have to make sense', async () => {
  const create = cluster.of(NAMESPACES).create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x', labels: { 'pod-security.kubernetes.io/enforce': 'tight', 'pod-security.kubernetes.io/warn-version': '1.2' } } } as Namespace);
  expect((await failure(create)).message).toBe('Namespace "x" is invalid: [metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "tight": must be one of privileged, baseline, restricted, metadata.labels[pod-security.kubernetes.io/warn-version]: Invalid value: "1.2": must be "latest" or "v1.x"]');
});

test('a tighter policy tells which pods it would refuse', async () => {
  for (const name of ['b', 'a', 'c']) await cluster.of(PODS).create(pod(name));
  const { warnings } = await label({ enforce: 'restricted' });
  expect(warnings).toEqual([
    'existing pods in namespace "default" violate the new PodSecurity enforce level "restricted:latest"',
    'a (and 2 other pods): allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != true, seccompProfile',
  ]);
  expect((await label({ enforce: 'baseline' })).warnings).toBeUndefined();
});

describe('checks', () => {
  const told = (level: 'baseline' | 'restricted', spec: Partial<Pod['spec']>, minor = Infinity, annotations = {}): string =>
    describeViolations(violations({ level, minor }, { annotations, spec: { containers: [], ...spec } }));

  test.each<[Partial<Pod['spec']>, string]>([
    [{ hostNetwork: true, hostPID: true, hostIPC: true }, 'host namespaces (hostNetwork=true, hostPID=true, hostIPC=true)'],
    [{ volumes: [{ name: 'a', hostPath: { path: '/' } }, { name: 'b', hostPath: { path: '/' } }] }, 'hostPath volumes (volumes "a", "b")'],
    [{ containers: [{ name: 'a', ports: [{ hostPort: 80, containerPort: 80 }, { hostPort: 443, containerPort: 443 }] }] }, 'hostPort (container "a" uses hostPorts 443, 80)'],
    [{ containers: [{ name: 'a', securityContext: { privileged: true } }, { name: 'b', securityContext: { privileged: true } }] }, 'privileged (containers "a", "b" must not set securityContext.privileged=true)'],
    [{ containers: [{ name: 'a', securityContext: { capabilities: { add: ['NET_RAW', 'CHOWN'] } } }] }, 'non-default capabilities (container "a" must not include "NET_RAW" in securityContext.capabilities.add)'],
    [{ containers: [{ name: 'a', securityContext: { procMount: 'Unmasked' } }] }, 'procMount (container "a" must not set securityContext.procMount to "Unmasked")'],
    [{ securityContext: { seLinuxOptions: { type: 'spc_t', user: 'u' } }, containers: [{ name: 'a', securityContext: { seLinuxOptions: { role: 'r' } } }] }, 'seLinuxOptions (pod and container "a" set forbidden securityContext.seLinuxOptions: type "spc_t"; user may not be set; role may not be set)'],
    [{ securityContext: { seccompProfile: { type: 'Unconfined' } } }, 'seccompProfile (pod must not set securityContext.seccompProfile.type to "Unconfined")'],
    [{ securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] } }, 'forbidden sysctls (kernel.msgmax)'],
    [{ securityContext: { windowsOptions: { hostProcess: true } } }, 'hostProcess (pod must not set securityContext.windowsOptions.hostProcess=true)'],
    [{ securityContext: { appArmorProfile: { type: 'Unconfined' } } }, 'forbidden AppArmor profile (pod must not set AppArmor profile type to "Unconfined")'],
  ])('baseline %#', (spec, text) => {
    expect(told('baseline', spec)).toBe(text);
  });

  test('what restricted adds replaces what baseline says of the same', () => {
    expect(told('restricted', { volumes: [{ name: 'a', hostPath: { path: '/' } }, { name: 'b', nfs: { server: 's', path: '/' } }] })).toBe('restricted volume types (volumes "a", "b" use restricted volume types "hostPath", "nfs")');
    expect(told('restricted', { securityContext: { runAsUser: 0, runAsNonRoot: false } })).toBe('runAsNonRoot != true (pod must not set securityContext.runAsNonRoot=false), runAsUser=0 (pod must not set runAsUser=0)');
  });

  test('versions count', () => {
    const sysctl = { securityContext: { sysctls: [{ name: 'net.ipv4.tcp_rmem', value: '1' }] } };
    expect(told('baseline', sysctl, 31)).toBe('forbidden sysctls (net.ipv4.tcp_rmem)');
    expect(told('baseline', sysctl, 32)).toBe('');
    expect(told('restricted', { containers: [{ name: 'a' }] }, 7)).toBe('runAsNonRoot != true (pod or container "a" must set securityContext.runAsNonRoot=true)');
    expect(told('baseline', {}, 18, { 'seccomp.security.alpha.kubernetes.io/pod': 'unconfined' })).toBe('seccompProfile (forbidden annotation seccomp.security.alpha.kubernetes.io/pod="unconfined")');
  });
});
