import { decodeBody, decodePatched } from '../../../src/apiserver/decode/decode.ts';
import { isCanonical, loadValidators } from '../../../src/apiserver/decode/validators.ts';
import { canonicalQuantity } from '../../../src/api/quantity.ts';
import { resourceAt, type ResourceFacts } from '../../../src/api/resource.ts';

const at = (group: string, plural: string) => resourceAt(group, 'v1', plural) as ResourceFacts;
const PODS = at('', 'pods');
const DEPLOYMENTS = at('apps', 'deployments');
const SECRETS = at('', 'secrets');

const decode = (resource: ResourceFacts, body: unknown, validation: 'Ignore' | 'Warn' | 'Strict' = 'Strict') => decodeBody(resource, body, JSON.stringify(body), validation);
const decodeText = (resource: ResourceFacts, text: string, validation: 'Ignore' | 'Warn' | 'Strict' = 'Strict') => decodeBody(resource, JSON.parse(text), text, validation);
const deployment = (spec: object) => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' }, spec });
const pod = (container: object, more: object = {}) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [{ name: 'c', ...container }], ...more } });

describe.each([['before', false], ['after', true]])('decoding, %s the compiled schemas are loaded', (_, loaded) => {
  beforeAll(async () => {
    if (loaded) for (const version of ['v1', 'apps/v1']) await loadValidators(version);
  });

  test('gives what Go would give back', () => {
    expect(decode(DEPLOYMENTS, { metadata: { name: 'd', creationTimestamp: null, labels: {} }, spec: { replicas: 0, paused: false, selector: null, template: { metadata: { creationTimestamp: null }, spec: { containers: [{ name: 'c', image: '', env: [], resources: { limits: { cpu: 1, memory: '1024Mi' } } }] } } }, status: {} }).object).toEqual({
      apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' },
      spec: { replicas: 0, strategy: {}, template: { metadata: { creationTimestamp: null }, spec: { containers: [{ name: 'c', resources: { limits: { cpu: '1', memory: '1Gi' } } }] } } },
      status: {},
    });
  });

  test('is the same done twice', () => {
    const once = decode(PODS, pod({ image: 'i', env: [{ name: 'A', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } }], ports: [{ containerPort: 80 }] })).object;
    const twice = decode(PODS, once).object;
    expect(twice).toEqual(once);
    expect(twice).not.toBe(once);
  });

  test.each([
    ['apps', 'deployments', deployment({ replicas: 'x' }), 'Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32'],
    ['apps', 'deployments', deployment({ replicas: 1.5 }), 'Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32'],
    ['apps', 'deployments', deployment({ replicas: 9999999999 }), 'Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal number 9999999999 into Go struct field DeploymentSpec.spec.replicas of type int32'],
    ['apps', 'deployments', deployment({ template: { spec: { containers: {} } } }), 'Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal object into Go struct field PodSpec.spec.template.spec.containers of type []v1.Container'],
    ['apps', 'deployments', deployment({ template: { spec: 'x' } }), 'Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal string into Go struct field PodTemplateSpec.spec.template.spec of type v1.PodSpec'],
    ['', 'pods', pod({ image: 5 }), 'Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal number into Go struct field Container.spec.containers.image of type string'],
    ['', 'pods', pod({ imagePullPolicy: 5 }), 'Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal number into Go struct field Container.spec.containers.imagePullPolicy of type v1.PullPolicy'],
    ['', 'pods', pod({ command: 'sh' }), 'Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal string into Go struct field Container.spec.containers.command of type []string'],
    ['', 'pods', pod({ env: [{ name: 'A', value: true }] }), 'Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal bool into Go struct field EnvVar.spec.containers.env.value of type string'],
    ['', 'pods', { metadata: { labels: { a: 1 } } }, 'Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string'],
    ['', 'pods', { metadata: { labels: ['a'] } }, 'Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal array into Go struct field ObjectMeta.metadata.labels of type map[string]string'],
    ['', 'pods', pod({ resources: { limits: { cpu: 'lots' } } }), `Pod in version "v1" cannot be handled as a Pod: quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`],
    ['', 'pods', { metadata: { creationTimestamp: 'x' } }, 'Pod in version "v1" cannot be handled as a Pod: parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006"'],
    ['', 'pods', { metadata: { creationTimestamp: 5 } }, 'Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal number into Go struct field ObjectMeta.metadata.creationTimestamp of type string'],
    ['', 'services', { spec: { ports: [{ port: 80, targetPort: true }] } }, 'Service in version "v1" cannot be handled as a Service: json: cannot unmarshal bool into Go struct field ServicePort.spec.ports.targetPort of type int32'],
    ['', 'secrets', { data: { a: 'not base64!' } }, 'Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte 3'],
  ])('%s/%s %j: wrong type', (group, plural, body, message) => {
    expect(() => decode(at(group, plural), body)).toThrow(expect.objectContaining({ code: 400, reason: 'BadRequest', message }));
  });

  test('unknown fields: refused, warned of, or dropped', () => {
    const body = deployment({ foo: 1, template: { spec: { containers: [{ name: 'c', bar: {} }] } } });
    expect(() => decode(DEPLOYMENTS, body)).toThrow('Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.foo", unknown field "spec.template.spec.containers[0].bar"');
    const warned = decode(DEPLOYMENTS, body, 'Warn');
    expect(warned.warnings).toEqual(['unknown field "spec.foo"', 'unknown field "spec.template.spec.containers[0].bar"']);
    expect(JSON.stringify(warned.object)).not.toMatch(/foo|bar/);
    expect(decode(DEPLOYMENTS, body, 'Ignore').warnings).toEqual([]);
  });

  test('names are case-sensitive', () => {
    expect(() => decode(PODS, { ...pod({}), Spec: {} })).toThrow('unknown field "Spec"');
  });

  test('duplicate fields, in order with unknown ones; the last counts', () => {
    const text = '{"metadata":{"name":"d","labels":{"a":"1","a":"2"}},"spec":{"replicas":1,"x":0,"replicas":2,"template":{"spec":{"containers":[{"name":"a"},{"name":"b","name":"c"}]}}}}';
    expect(() => decodeText(DEPLOYMENTS, text)).toThrow('strict decoding error: duplicate field "metadata.labels.a", unknown field "spec.x", duplicate field "spec.replicas", duplicate field "spec.template.spec.containers[1].name"');
    expect(decodeText(DEPLOYMENTS, text, 'Ignore').object).toMatchObject({ metadata: { labels: { a: '2' } }, spec: { replicas: 2 } });
  });

  test('a fault of type comes before unknown fields', () => {
    expect(() => decode(DEPLOYMENTS, deployment({ foo: 1, replicas: 'x' }))).toThrow('cannot unmarshal string');
  });

  test.each([
    [{ apiVersion: 'v1', kind: 'Service' }, 'Service in version "v1" cannot be handled as a Pod: converting (v1.Service) to (core.Pod): unknown conversion'],
    [{ apiVersion: 'v1', kind: 'Foo' }, 'Foo in version "v1" cannot be handled as a Pod: no kind "Foo" is registered for version "v1" in scheme "pkg/api/legacyscheme/scheme.go:30"'],
    [{ apiVersion: 'v9', kind: 'Pod' }, 'Pod in version "v9" cannot be handled as a Pod: no kind "Pod" is registered for version "v9" in scheme "pkg/api/legacyscheme/scheme.go:30"'],
    [{ apiVersion: 'a/b/c' }, 'the object provided is unrecognized (must be of type Pod): unexpected GroupVersion string: a/b/c ({"apiVersion":"a/b/c"})'],
    [{ kind: 5 }, `the object provided is unrecognized (must be of type Pod): couldn't get version/kind; json parse error: json: cannot unmarshal number into Go struct field .kind of type string ({"kind":5})`],
    [[], `the object provided is unrecognized (must be of type Pod): couldn't get version/kind; json parse error: json: cannot unmarshal array into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" } (5b5d)`],
  ])('%j is no pod', (body, message) => {
    expect(() => decode(PODS, body)).toThrow(expect.objectContaining({ code: 400, message }));
  });

  test('another version of the same kind', () => {
    expect(() => decode(resourceAt('autoscaling', 'v2', 'horizontalpodautoscalers') as ResourceFacts, { apiVersion: 'autoscaling/v1', kind: 'HorizontalPodAutoscaler' }))
      .toThrow('the API version in the data (autoscaling/v1) does not match the expected API version (autoscaling/v2)');
  });

  test('kinds without a model stay as they are', () => {
    const widgets: ResourceFacts = { ...PODS, group: 'example.com', kind: 'Widget', plural: 'widgets', model: '' };
    const body = { apiVersion: 'example.com/v1', kind: 'Widget', spec: { a: null, b: '' } };
    expect(decode(widgets, body).object).toEqual(body);
    expect(() => decodeText(widgets, '{"spec":{"a":1,"a":2}}')).toThrow('duplicate field "spec.a"');
  });

  test('base64 and integers or strings', () => {
    expect(decode(SECRETS, { data: { a: 'aGk=', b: '', c: null }, stringData: {} }).object).toEqual({ apiVersion: 'v1', kind: 'Secret', metadata: {}, data: { a: 'aGk=', b: '', c: '' } });
    expect(decode(at('', 'services'), { spec: { ports: [{ port: 80, targetPort: 'http' }] } }).object).toMatchObject({ spec: { ports: [{ port: 80, targetPort: 'http' }] } });
  });

  test('what a patch has made', () => {
    const patched = { ...pod({ image: 5 }) };
    expect(() => decodePatched(PODS, patched, 'merge', {}, 'Warn')).toThrow(expect.objectContaining({
      code: 422, message: ` "" is invalid: patch: Invalid value: ${JSON.stringify(JSON.stringify(patched))}: json: cannot unmarshal number into Go struct field Container.spec.containers.image of type string`,
    }));
    expect(() => decodePatched(DEPLOYMENTS, deployment({ replicas: 'x' }), 'strategic', { spec: { replicas: 'x' } }, 'Warn')).toThrow(' "" is invalid: patch: Invalid value: "map[spec:map[replicas:x]]": unrecognized type: int32');
    expect(decodePatched(DEPLOYMENTS, deployment({ nope: 1 }), 'strategic', {}, 'Warn').warnings).toEqual(['unknown field "spec.nope"']);
  });
});

describe('the compiled schemas', () => {
  beforeAll(() => loadValidators('v1'));

  test('know an object that has been decoded before, and nothing else', () => {
    const { object } = decode(PODS, pod({ image: 'i', resources: { requests: { cpu: '250m', memory: '64Mi' } }, livenessProbe: { httpGet: { port: 'http' }, periodSeconds: 10 } }, { tolerations: [{ key: 'a', operator: 'Exists', tolerationSeconds: 0 }] }));
    const stored = { ...object, metadata: { ...object.metadata, creationTimestamp: '2020-01-02T03:04:05Z' } };
    expect(isCanonical(PODS, stored)).toBe(true);
    const changed = (change: object) => isCanonical(PODS, { ...stored, ...change });
    expect(changed({ extra: 1 })).toBe(false);
    expect(changed({ metadata: { ...stored.metadata, labels: {} } })).toBe(false);
    expect(changed({ metadata: { ...stored.metadata, labels: { a: 1 } } })).toBe(false);
    expect(changed({ metadata: { ...stored.metadata, deletionTimestamp: null } })).toBe(false);
    expect(changed({ spec: { ...(stored as { spec?: object }).spec, hostNetwork: false } })).toBe(false);
    expect(changed({ spec: { containers: [{ name: 'c', resources: { limits: { cpu: '1000m' } } }] } })).toBe(false);
  });

  test('agree with the decoder about every canonical quantity that they accept', () => {
    for (const text of ['0', '1', '10', '1500m', '100m', '999Ki', '5G', '1k']) expect(canonicalQuantity(text)).toBe(text);
    for (const text of ['1000', '1000m', '0m', '2048Ki', '1.5', '01', '+1', '1e3']) {
      expect(isCanonical(PODS, { ...pod({ resources: { limits: { cpu: text } } }), metadata: { name: 'p', creationTimestamp: null }, status: {} })).toBe(false);
    }
    expect(isCanonical(PODS, { ...pod({ resources: { limits: { cpu: '1500m' } } }), metadata: { name: 'p', creationTimestamp: null }, status: {} })).toBe(true);
  });

  test('a field that may be a schema is one, or what else it is', async () => {
    await loadValidators('apiextensions.k8s.io/v1');
    const crds = at('apiextensions.k8s.io', 'customresourcedefinitions');
    const definition = (schema: object) => ({ metadata: { name: 'ks.g' }, spec: { group: 'g', names: { kind: 'K', plural: 'ks' }, scope: 'Namespaced', versions: [{ name: 'v1', served: true, storage: false, schema: { openAPIV3Schema: schema } }] }, status: { acceptedNames: { kind: '', plural: '' } } });
    const canonical = { type: 'object', properties: { a: { type: 'string', default: '' }, b: { type: 'array', items: { type: 'string' } }, c: { additionalProperties: false }, d: { items: [{ type: 'string' }] } } };
    expect(isCanonical(crds, { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', ...definition(canonical), metadata: { creationTimestamp: null, name: 'ks.g' } })).toBe(true);
    expect(decode(crds, definition(canonical)).object).toEqual({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', ...definition(canonical) });
    expect(decode(crds, definition({ properties: { b: { items: { nullable: false } }, d: { items: [{ title: '' }] } } })).object).toMatchObject(definition({ properties: { b: { items: {} }, d: { items: [{}] } } }));
    expect(() => decode(crds, definition({ items: { type: 5 } }))).toThrow('json: cannot unmarshal number into Go struct field JSONSchemaProps.type of type string');
  });
});
