/** What the API server says of objects that it takes all the same: texts of kubectl's "Warning:" lines. */
import { generateKeyPairSync } from 'node:crypto';
import { keyPairFault } from '../../../src/api/key-pair.ts';
import type { Pod, ServiceAccount } from '../../../src/api/generated/types.ts';
import { created, pod, updated, warningsOf } from '../validation/support.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const meta = { name: 'x', namespace: 'default' };
const container = { name: 'app', image: 'nginx' };
const volume = (spec: object, annotations = {}): object => ({ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'x', annotations }, spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, ...spec } });
const job = (spec: object): object => ({ apiVersion: 'batch/v1', kind: 'Job', metadata: meta, spec: { template: { spec: { restartPolicy: 'Never', containers: [container] } }, ...spec } });

test.each<[string, object, string[]]>([
  ['a node of the control plane, by its old label', pod({ nodeSelector: { 'node-role.kubernetes.io/master': '' } }), ['spec.nodeSelector[node-role.kubernetes.io/master]: use "node-role.kubernetes.io/control-plane" instead']],
  [
    'a PersistentVolume by old names',
    volume(
      { hostPath: { path: '/a' }, nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'beta.kubernetes.io/os', operator: 'In', values: ['linux'] }] }] } } },
      { 'volume.beta.kubernetes.io/storage-class': 'a', 'volume.beta.kubernetes.io/mount-options': 'ro' },
    ),
    [
      'metadata.annotations[volume.beta.kubernetes.io/storage-class]: deprecated since v1.8; use "storageClassName" attribute instead',
      'metadata.annotations[volume.beta.kubernetes.io/mount-options]: deprecated since v1.31; use "mountOptions" attribute instead',
      'spec.nodeAffinity.required.nodeSelectorTerms[0].matchExpressions[0].key: beta.kubernetes.io/os is deprecated since v1.14; use "kubernetes.io/os" instead',
    ],
  ],
  ['a PersistentVolume of a kind that is gone', volume({ storageos: { volumeName: 'a' }, persistentVolumeReclaimPolicy: 'Recycle' }), [
    'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.',
    'spec.storageOS: deprecated in v1.22, non-functional in v1.25+',
  ]],
  ['a Job of many indexes', job({ completionMode: 'Indexed', completions: 100001, parallelism: 10001 }), [
    'spec: In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail',
  ]],
  ['a CronJob of such Jobs', { apiVersion: 'batch/v1', kind: 'CronJob', metadata: meta, spec: { schedule: '* * * * *', jobTemplate: job({ completionMode: 'Indexed', completions: 100001, parallelism: 10001 }) } }, [
    'spec.jobTemplate.spec: In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail',
  ]],
  ['a StatefulSet that asks for parts of bytes', { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: meta, spec: { template: { spec: { containers: [container] } }, volumeClaimTemplates: [{ metadata: { name: 'a' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1500m' } } } }] } }, [
    'spec.volumeClaimTemplates[0].resources.requests[storage]: fractional byte value "1500m" is invalid, must be an integer',
  ]],
  ['a PodTemplate', { apiVersion: 'v1', kind: 'PodTemplate', metadata: meta, template: { spec: { nodeSelector: { 'beta.kubernetes.io/arch': 'a' }, containers: [container] } } }, ['template.spec.nodeSelector[beta.kubernetes.io/arch]: deprecated since v1.14; use "kubernetes.io/arch" instead']],
  ['Endpoints with odd addresses', { apiVersion: 'v1', kind: 'Endpoints', metadata: meta, subsets: [{ addresses: [{ ip: '1.2.3.04' }], notReadyAddresses: [{ ip: '2001:db8:0::1' }] }] }, [
    'subsets[0].addresses[0].ip: non-standard IP address "1.2.3.04" will be considered invalid in a future Kubernetes release: use "1.2.3.4"',
    'subsets[0].notReadyAddresses[0].ip: IPv6 address "2001:db8:0::1" should be in RFC 5952 canonical format ("2001:db8::1")',
  ]],
  ['a Node with an odd range', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'x' }, spec: { externalID: 'a', podCIDRs: ['10.0.0.1/24'] } }, [
    'spec.externalID: this field is deprecated, and is unused by Kubernetes',
    'spec.podCIDRs[0]: CIDR value "10.0.0.1/24" is ambiguous in this context (should be "10.0.0.0/24" or "10.0.0.1/32"?)',
  ]],
  ['a certificate that is none', { apiVersion: 'v1', kind: 'Secret', metadata: meta, type: 'kubernetes.io/tls', data: { 'tls.crt': base64('a'), 'tls.key': base64('b') } }, ['tls: failed to find any PEM data in certificate input']],
  [
    'files of a projected volume; those of a source that names none are taken for those before',
    pod({ volumes: [{ name: 'v', projected: { sources: [{ configMap: { name: 'c', items: [{ key: 'a', path: 'a/b' }] } }, { secret: { name: 's' } }, {}, { downwardAPI: { items: [{ path: 'a/b/c', fieldRef: { fieldPath: 'metadata.name' } }] } }] } }] }),
    [
      'volume "v" (Projected): overlapping paths: "a/b" (ConfigMap "c") with "a/b" (ConfigMap "c")',
      'volume "v" (Projected) has no sources provided',
      'volume "v" (Projected): overlapping paths: "a/b/c" (DownwardAPI) with "a/b" (ConfigMap "c")',
      'volume "v" (Projected): overlapping paths: "a/b/c" (DownwardAPI) with "a/b" (ConfigMap "c")',
    ],
  ],
  ['parts of bytes, by resource', pod({ containers: [{ ...container, resources: { limits: { memory: '1500m', 'ephemeral-storage': '1500m' }, requests: { memory: '1500m' } } }] }), [
    'spec.containers[0].resources.limits[memory]: fractional byte value "1500m" is invalid, must be an integer',
    'spec.containers[0].resources.requests[memory]: fractional byte value "1500m" is invalid, must be an integer',
    'spec.containers[0].resources.limits[ephemeral-storage]: fractional byte value "1500m" is invalid, must be an integer',
    'spec.containers[0].resources.requests[ephemeral-storage]: fractional byte value "1500m" is invalid, must be an integer',
  ]],
])('%s', (_, object, expected) => {
  expect(warningsOf(object)).toEqual(expected);
});

test('an annotation of a ServiceAccount is spoken of when it comes', () => {
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { ...meta, annotations: { 'kubernetes.io/enforce-mountable-secrets': 'true' } } };
  expect(warningsOf(account)).toEqual(['metadata.annotations[kubernetes.io/enforce-mountable-secrets]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets']);
  expect(updated(created<ServiceAccount>(account), (object) => void (object.secrets = [{ name: 'a' }])).warnings).toEqual([]);
});

describe('a certificate and its key', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256', privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } });
  const certificate = '-----BEGIN CERTIFICATE-----\nYQ==\n-----END CERTIFICATE-----\n';
  test.each([
    ['', '', 'tls: failed to find any PEM data in certificate input'],
    [privateKey, certificate, 'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched'],
    [certificate, '', 'tls: failed to find any PEM data in key input'],
    [certificate, certificate, 'tls: found a certificate rather than a key in the PEM for the private key'],
    [certificate, privateKey, 'x509: malformed certificate'],
  ])('%#', (cert, key, fault) => {
    expect(keyPairFault(Buffer.from(cert), Buffer.from(key))).toBe(fault);
  });
});

describe('AppArmor', () => {
  const ANNOTATION = 'container.apparmor.security.beta.kubernetes.io/app';
  const WARNING = `metadata.annotations[${ANNOTATION}]: deprecated since v1.30; use the "appArmorProfile" field instead`;

  test('a field is written as an annotation, too, for older nodes', () => {
    const own = created<Pod>(pod({ containers: [{ ...container, securityContext: { appArmorProfile: { type: 'Localhost', localhostProfile: 'a' } } }] }));
    expect(own.metadata?.annotations).toEqual({ [ANNOTATION]: 'localhost/a' });
    expect(created<Pod>(pod({ securityContext: { appArmorProfile: { type: 'RuntimeDefault' } } })).metadata?.annotations).toEqual({ [ANNOTATION]: 'runtime/default' });
  });

  test('an annotation becomes a field, with a warning', () => {
    const warnings: string[] = [];
    const old = created<Pod>(pod({}, { annotations: { [ANNOTATION]: 'unconfined' } }), (text) => void warnings.push(text));
    expect(old.spec?.containers[0]?.securityContext).toEqual({ appArmorProfile: { type: 'Unconfined' } });
    expect(warnings).toEqual([WARNING]);
  });

  test('the same profile for the whole pod needs no field; what says nothing is left', () => {
    const annotations = { [ANNOTATION]: 'runtime/default' };
    expect(warningsOf(pod({ securityContext: { appArmorProfile: { type: 'RuntimeDefault' } } }, { annotations }))).toEqual([]);
    const odd = created<Pod>(pod({}, { annotations: { [ANNOTATION]: 'localhost/' } }));
    expect(odd.spec?.containers[0]?.securityContext).toBeUndefined();
    expect(warningsOf(pod({}, { annotations: { [ANNOTATION]: 'localhost/' } }))).toEqual([WARNING]);
  });
});
