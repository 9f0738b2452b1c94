import type { ConfigMap, Secret } from '../../../src/api/generated/types.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from '../../../src/apiserver/validation/metadata.ts';
import { nameIsDns1035Label, nameIsDnsSubdomain } from '../../../src/apiserver/validation/formats.ts';
import { created, faults, texts, updated } from './support.ts';

const secret = (more: object): object => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'default' }, ...more });
const configMap = (more: object): object => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'default' }, ...more });

test.each<[string, object, string[]]>([
  ['text becomes data', secret({ stringData: { a: 'b' } }), []],
  ['key', configMap({ data: { 'a b': '' } }), [`data[a b]: Invalid value: "a b": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')`]],
  ['key twice', configMap({ data: { a: '' }, binaryData: { a: '' } }), ['data[a]: Invalid value: "a": duplicate of key present in binaryData']],
  ['too large', configMap({ data: { a: 'x'.repeat(1024 * 1024 + 1) } }), ['[]: Too long: may not be more than 1048576 bytes']],
  ['tls', secret({ type: 'kubernetes.io/tls' }), ['data[tls.crt]: Required value', 'data[tls.key]: Required value']],
  ['docker config', secret({ type: 'kubernetes.io/dockerconfigjson', stringData: { '.dockerconfigjson': '{' } }), ['data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": unexpected end of JSON input']],
  ['basic auth', secret({ type: 'kubernetes.io/basic-auth' }), ['data[username]: Required value', 'data[password]: Required value']],
  ['service account token', secret({ type: 'kubernetes.io/service-account-token' }), ['metadata.annotations[kubernetes.io/service-account.name]: Required value']],
])('%s', (_name, object, expected) => {
  expect(faults(object)).toEqual(expected);
});

test('an immutable ConfigMap and the type of a Secret stay', () => {
  const frozen = created<ConfigMap>(configMap({ data: { a: 'b' }, immutable: true }));
  expect(updated(frozen, (object) => void (object.data = { a: 'c' })).faults).toEqual(['data: Forbidden: field is immutable when `immutable` is set']);
  expect(updated(frozen, (object) => void delete object.immutable).faults).toEqual(['immutable: Forbidden: field is immutable when `immutable` is set']);
  const opaque = created<Secret>(secret({}));
  expect(updated(opaque, (object) => void (object.type = 'x')).faults).toEqual(['type: Invalid value: "x": field is immutable']);
});

const rules = { namespaced: true, validateName: nameIsDnsSubdomain };
const meta = { name: 'a', namespace: 'default' };

test.each<[object, string[]]>([
  [meta, []],
  [{ namespace: 'default' }, ['metadata.name: Required value: name or generateName is required']],
  [{ ...meta, name: 'A' }, [
    "metadata.name: Invalid value: \"A\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
  ]],
  [{ ...meta, generateName: 'a-' }, []],
  [{ ...meta, labels: { a: '-' } }, [
    "metadata.labels: Invalid value: \"-\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
  ]],
  [{ ...meta, annotations: { A: 'x'.repeat(256 * 1024) } }, ['metadata.annotations: Too long: may not be more than 262144 bytes']],
  [{ ...meta, finalizers: ['mine'] }, ['metadata.finalizers[0]: Invalid value: "mine": name is neither a standard finalizer name nor is it fully qualified']],
  [{ ...meta, ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: '', uid: 'u' }] }, ['metadata.ownerReferences.name: Invalid value: "": name must not be empty']],
])('metadata %#', (object, expected) => {
  expect(texts(validateObjectMeta(object, rules))).toEqual(expected);
});

test("a Service's name is a DNS-1035 label", () => {
  expect(nameIsDns1035Label('1a', false)).toEqual([
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
  ]);
  expect(nameIsDns1035Label('a-', true)).toEqual([]);
});

test('metadata that stays', () => {
  const old = { name: 'a', namespace: 'default', uid: 'u', resourceVersion: '1', creationTimestamp: '2025-01-02T03:04:05Z', generation: 2 };
  expect(texts(validateObjectMetaUpdate(old, old))).toEqual([]);
  expect(texts(validateObjectMetaUpdate({ ...old, uid: 'v' }, old))).toEqual(['metadata.uid: Invalid value: "v": field is immutable']);
  expect(texts(validateObjectMetaUpdate({ ...old, generation: 1 }, old))).toEqual(['metadata.generation: Invalid value: 1: must not be decremented']);
  expect(texts(validateObjectMetaUpdate({ ...old, finalizers: ['a/b'] }, { ...old, deletionTimestamp: '2025-01-02T03:04:05Z' }))).toContain(
    'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"a/b"}',
  );
});
