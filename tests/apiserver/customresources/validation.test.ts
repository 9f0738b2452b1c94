/** What becomes of the instances of a custom resource on their way in: pruned, defaulted, checked. Facts of apiextensions-apiserver's and kube-openapi's tests. */
import type { JSONSchemaProps } from '../../../src/api/generated/types.ts';
import type { Schema } from '../../../src/apiserver/customresources/schema/schema.ts';
import { clusterOfEachTest, failure } from '../support/api-cluster.ts';
import { ask, cronTab, cronTabs, define, GROUP, version } from './support.ts';

const cluster = clusterOfEachTest();

const withSpec = (spec: Schema, more: Parameters<typeof version>[1] = {}) => define(cluster, cronTabs({ versions: [version('v1', { schema: { openAPIV3Schema: { type: 'object', properties: { spec: spec as JSONSchemaProps } } }, ...more })] }));
const fields = (properties: Record<string, Schema>, more: Schema = {}): Schema => ({ type: 'object', properties, ...more });
const create = (spec: Record<string, unknown>, options = {}) => ask(cluster, { verb: 'create', body: cronTab('a', spec), options });
const causes = async (request: Promise<unknown>) => {
  const { status } = await failure(request);
  return (status.details?.causes ?? []).map(({ field, message }) => `${field}: ${message}`);
};

describe('schemas', () => {
  const text = { type: 'string' };
  test.each<[string, Schema, unknown, string[]]>([
    ['type', { type: 'integer' }, 'x', ['spec.a: Invalid value: "string": spec.a in body must be of type integer: "string"']],
    ['type of null', { type: 'object' }, [], ['spec.a: Invalid value: "array": spec.a in body must be of type object: "array"']],
    ['boolean', { type: 'boolean' }, 1, ['spec.a: Invalid value: "integer": spec.a in body must be of type boolean: "integer"']],
    ['whole numbers are numbers', { type: 'number' }, 1, []],
    ['fractions are no integers', { type: 'integer' }, 1.5, ['spec.a: Invalid value: "number": spec.a in body must be of type integer: "number"']],
    ['enum', { type: 'string', enum: ['x', 'y'] }, 'z', ['spec.a: Unsupported value: "z": supported values: "x", "y"']],
    ['minimum', { type: 'integer', minimum: 1 }, 0, ['spec.a: Invalid value: 0: spec.a in body should be greater than or equal to 1']],
    ['exclusive maximum', { type: 'integer', maximum: 10, exclusiveMaximum: true }, 10, ['spec.a: Invalid value: 10: spec.a in body should be less than 10']],
    ['maximum of fractions', { type: 'number', maximum: 1.5 }, 2.5, ['spec.a: Invalid value: 2.5: spec.a in body should be less than or equal to 1.5']],
    ['multiple of', { type: 'integer', multipleOf: 5 }, 7, ['spec.a: Invalid value: 7: spec.a in body should be a multiple of 5']],
    ['pattern', { type: 'string', pattern: '^a+$' }, 'b', ["spec.a: Invalid value: \"b\": spec.a in body should match '^a+$'"]],
    ['too long', { type: 'string', maxLength: 2 }, 'xyz', ['spec.a: Too long: may not be more than 2 bytes']],
    ['too short', { type: 'string', minLength: 2 }, 'x', ['spec.a: Invalid value: "x": spec.a in body should be at least 2 chars long']],
    ['format', { type: 'string', format: 'date-time' }, 'x', ['spec.a: Invalid value: "x": spec.a in body must be of type date-time: "x"']],
    ['unknown formats count for nothing', { type: 'string', format: 'whatever' }, 'x', []],
    ['too many items', { type: 'array', items: text, maxItems: 1 }, ['x', 'y'], ['spec.a: Too many: 2: must have at most 1 items']],
    ['too few items', { type: 'array', items: text, minItems: 2 }, ['x'], ['spec.a: Invalid value: 1: spec.a in body should have at least 2 items']],
    ['items', { type: 'array', items: text }, ['x', 1], ['spec.a[1]: Invalid value: "integer": spec.a[1] in body must be of type string: "integer"']],
    ['required', fields({ b: text }, { required: ['b'] }), {}, ['spec.a.b: Required value']],
    ['values of a map', { type: 'object', additionalProperties: text }, { x: 1 }, ['spec.a.x: Invalid value: "integer": spec.a.x in body must be of type string: "integer"']],
    ['too many properties', { type: 'object', additionalProperties: text, maxProperties: 1 }, { x: 'a', y: 'b' }, ['spec.a: Too many: 2: must have at most 1 items']],
    ['set', { type: 'array', items: text, 'x-kubernetes-list-type': 'set' }, ['x', 'y', 'x'], ['spec.a[2]: Duplicate value: "x"']],
    ['map by key', { type: 'array', items: fields({ k: text, v: text }, { required: ['k'] }), 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'] }, [{ k: 'x' }, { k: 'x' }], ['spec.a[1]: Duplicate value: map[string]interface {}{"k":"x"}']],
    ['int or string: neither', { 'x-kubernetes-int-or-string': true }, true, ['spec.a: Invalid value: "boolean": spec.a in body must be of type integer,string: "boolean"']],
    ['int or string: string', { 'x-kubernetes-int-or-string': true }, '50%', []],
    ['one of', fields({ b: text, c: text }, { oneOf: [{ required: ['b'] }, { required: ['c'] }] }), {}, ['<nil>: Invalid value: "": "spec.a" must validate one and only one schema (oneOf). Found none valid', 'spec.a.b: Required value']],
    ['two of one of', fields({ b: text, c: text }, { oneOf: [{ required: ['b'] }, { required: ['c'] }] }), { b: 'x', c: 'y' }, ['<nil>: Invalid value: "": "spec.a" must validate one and only one schema (oneOf). Found 2 valid alternatives']],
    ['any of', fields({ b: text, c: text }, { anyOf: [{ required: ['b'] }, { required: ['c'] }] }), {}, ['<nil>: Invalid value: "": "spec.a" must validate at least one schema (anyOf)', 'spec.a.b: Required value']],
    ['not', fields({ b: text }, { not: { required: ['b'] } }), { b: 'x' }, ['<nil>: Invalid value: "": "spec.a" must not validate the schema (not)']],
    ['all of', { type: 'string', allOf: [{ minLength: 1 }, { maxLength: 1 }] }, 'xy', ['spec.a: Too long: may not be more than 1 bytes', '<nil>: Invalid value: "": "spec.a" must validate all the schemas (allOf)']],
  ])('%s', async (_what, schema, value, expected) => {
    await withSpec(fields({ a: schema }));
    const request = create({ a: value });
    if (expected.length === 0) expect((await request).spec).toEqual({ a: value });
    else expect((await causes(request)).sort()).toEqual([...expected].sort());
  });

  test('the error reads as kubectl prints it', async () => {
    await define(cluster, cronTabs());
    expect((await failure(create({ replicas: 'x' }))).message).toBe('CronTab.stable.example.com "a" is invalid: spec.replicas: Invalid value: "string": spec.replicas in body must be of type integer: "string"');
  });
});

describe('pruning', () => {
  test('unknown fields go, with a warning each; strict validation refuses them', async () => {
    await define(cluster, cronTabs());
    const body = cronTab('a', { image: 'x', foo: 1, bar: { baz: 1 } }, { other: true });
    const { object, warnings } = await cluster.request({ verb: 'create', group: GROUP, resource: 'crontabs', namespace: 'default', body });
    expect(object).not.toHaveProperty('other');
    expect((object as typeof body).spec).toEqual({ image: 'x', replicas: 1 });
    expect(warnings).toEqual(['unknown field "other"', 'unknown field "spec.bar"', 'unknown field "spec.foo"']);
    expect((await failure(create({ foo: 1 }, { fieldValidation: 'Strict' }))).message).toBe('CronTab in version "v1" cannot be handled as a CronTab: strict decoding error: unknown field "spec.foo"');
    expect((await cluster.request({ verb: 'create', group: GROUP, resource: 'crontabs', namespace: 'default', body: cronTab('b', { foo: 1 }), options: { fieldValidation: 'Ignore' } })).warnings).toBeUndefined();
  });

  test('what keeps unknown fields keeps them, but not below what is specified', async () => {
    await withSpec(fields({ known: fields({ x: { type: 'string' } }) }, { 'x-kubernetes-preserve-unknown-fields': true }));
    expect((await create({ any: { thing: [1] }, known: { x: 'y', z: 1 } })).spec).toEqual({ any: { thing: [1] }, known: { x: 'y' } });
  });

  test('embedded resources have their metadata, and are checked', async () => {
    await withSpec(fields({ template: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true } }));
    expect((await create({ template: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', nonsense: 1 }, spec: {} } })).spec).toEqual({ template: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec: {} } });
    expect(await causes(ask(cluster, { verb: 'create', body: cronTab('b', { template: { kind: 'Pod' } }) }))).toEqual(['spec.template.apiVersion: Required value: must not be empty']);
  });

  test('nulls go where they are not allowed, or become the default', async () => {
    await withSpec(fields({ a: { type: 'string' }, b: { type: 'string', nullable: true }, c: { type: 'string', default: 'd' } }));
    expect((await create({ a: null, b: null, c: null })).spec).toEqual({ b: null, c: 'd' });
  });
});

test('defaults reach into what is there, and into what was stored before', async () => {
  const nested = fields({ list: { type: 'array', items: fields({ n: { type: 'integer', default: 7 } }) }, map: { type: 'object', additionalProperties: fields({ n: { type: 'integer', default: 8 } }) }, absent: fields({ n: { type: 'integer', default: 9 } }) });
  await withSpec(nested);
  expect((await create({ list: [{}], map: { x: {} } })).spec).toEqual({ list: [{ n: 7 }], map: { x: { n: 8 } } });
  await cluster.request({ verb: 'patch', group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions', name: `crontabs.${GROUP}`, patchType: 'json', body: [{ op: 'add', path: '/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/later', value: { type: 'string', default: 'x' } }] });
  expect((await ask(cluster, { verb: 'get', name: 'a' })).spec).toMatchObject({ later: 'x' });
});

test('kind, version and metadata of the body are checked', async () => {
  await define(cluster, cronTabs());
  expect((await failure(ask(cluster, { verb: 'create', body: { ...cronTab('a'), apiVersion: `${GROUP}/v2` } }))).message).toBe('the API version in the data (stable.example.com/v2) does not match the expected API version (stable.example.com/v1)');
  expect(await causes(ask(cluster, { verb: 'create', body: { ...cronTab('a'), kind: 'Other' } }))).toEqual(['kind: Invalid value: "Other": must be CronTab']);
  expect((await failure(ask(cluster, { verb: 'create', body: cronTab('a', {}, { metadata: { name: 'a', labels: { x: 1 } } }) }))).message).toContain('json: cannot unmarshal number into Go struct field ObjectMeta.labels of type string');
  expect((await failure(ask(cluster, { verb: 'create', body: cronTab('A') }))).message).toMatch(/^CronTab.stable.example.com "A" is invalid: metadata.name: Invalid value: "A": a lowercase RFC 1123 subdomain/);
});

test('strategic merge patches are for built-in kinds', async () => {
  await define(cluster, cronTabs());
  await create({});
  expect(await failure(ask(cluster, { verb: 'patch', name: 'a', patchType: 'strategic', body: {} }))).toMatchObject({ code: 415, message: expect.stringContaining('application/apply-patch+yaml') as string });
});

test('what was valid once may stay, as long as it does not change', async () => {
  await withSpec(fields({ a: { type: 'string' }, b: { type: 'string' } }));
  await create({ a: 'x', b: 'y' });
  await cluster.request({ verb: 'patch', group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions', name: `crontabs.${GROUP}`, patchType: 'json', body: [{ op: 'add', path: '/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/a/maxLength', value: 0 }] });
  const change = (spec: object) => ask(cluster, { verb: 'patch', name: 'a', patchType: 'merge', body: { spec } });
  expect((await change({ b: 'z' })).spec).toEqual({ a: 'x', b: 'z' });
  expect(await causes(change({ a: 'w' }))).toEqual(['spec.a: Too long: may not be more than 0 bytes']);
});

describe('scale', () => {
  const scaled = (more = {}) => define(cluster, cronTabs({ versions: [version('v1', { subresources: { status: {}, scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas', labelSelectorPath: '.status.labelSelector' } }, ...more })] }));
  const scale = (verb: 'get' | 'update' | 'patch', more = {}) => ask(cluster, { verb, name: 'a', subresource: 'scale', ...more });

  test('shows and changes replicas where the definition says they are', async () => {
    await scaled();
    await create({ replicas: 2 });
    await ask(cluster, { verb: 'patch', name: 'a', subresource: 'status', patchType: 'merge', body: { status: { replicas: 1, labelSelector: 'app=x' } } });
    expect(await scale('get')).toMatchObject({ kind: 'Scale', apiVersion: 'autoscaling/v1', spec: { replicas: 2 }, status: { replicas: 1, selector: 'app=x' } });
    expect(await scale('patch', { patchType: 'merge', body: { spec: { replicas: 5 } } })).toMatchObject({ spec: { replicas: 5 } });
    expect(await ask(cluster, { verb: 'get', name: 'a' })).toMatchObject({ metadata: { generation: 2 }, spec: { replicas: 5 } });
    expect(await causes(scale('patch', { patchType: 'merge', body: { spec: { replicas: 50 } } }))).toEqual(['spec.replicas: Invalid value: 50: spec.replicas in body should be less than or equal to 10']);
  });

  test('replicas that are not set', async () => {
    await scaled({ schema: { openAPIV3Schema: { type: 'object', properties: { spec: fields({ replicas: { type: 'integer' } }) as JSONSchemaProps } } } });
    await create({});
    expect((await failure(scale('get'))).message).toBe('Internal error occurred: the spec replicas field ".spec.replicas" does not exist');
    expect((await failure(scale('patch', { patchType: 'merge', body: { metadata: { name: 'a' } } }))).message).toBe('the spec replicas field ".spec.replicas" cannot be empty');
  });
});

test('columns: every type, and those for -o wide', async () => {
  const column = (name: string, type: string, jsonPath: string, priority = 0) => ({ name, type, jsonPath, ...(priority ? { priority } : {}) });
  await withSpec(fields({ s: { type: 'string' }, n: { type: 'integer' }, f: { type: 'number' }, b: { type: 'boolean' }, d: { type: 'string' }, l: { type: 'array', items: { type: 'string' } } }), {
    additionalPrinterColumns: [column('S', 'string', '.spec.s'), column('N', 'integer', '.spec.n'), column('F', 'number', '.spec.f'), column('B', 'boolean', '.spec.b'), column('D', 'date', '.spec.d'), column('L', 'string', '.spec.l'), column('First', 'string', '.spec.l[0]', 1), column('Age', 'date', '.metadata.creationTimestamp')],
  });
  await create({ s: 'x', n: 1, f: 1.5, b: true, d: '2024-12-31T23:00:00Z', l: ['p', 'q'] });
  await ask(cluster, { verb: 'create', body: cronTab('b') });
  const { object } = await cluster.request({ verb: 'list', group: GROUP, resource: 'crontabs', representation: 'table' });
  const table = object as unknown as { columnDefinitions: { name: string; priority: number; description: string }[]; rows: { cells: unknown[] }[] };
  expect(table.columnDefinitions.map(({ name, priority }) => `${name} ${priority}`)).toEqual(['Name 0', 'S 0', 'N 0', 'F 0', 'B 0', 'D 0', 'L 0', 'First 1', 'Age 0']);
  expect(table.columnDefinitions[1]?.description).toBe('Custom resource definition column (in JSONPath format): .spec.s');
  expect(table.rows.map(({ cells }) => cells)).toEqual([['a', 'x', 1, 1.5, true, '60m', '["p","q"]', 'p', '0s'], ['b', null, null, null, null, null, null, null, '0s']]);
});

test('fields that the definition names select', async () => {
  await withSpec(fields({ colour: { type: 'string' }, size: { type: 'integer' } }), { selectableFields: [{ jsonPath: '.spec.colour' }, { jsonPath: '.spec.size' }] });
  await create({ colour: 'red', size: 1 });
  await ask(cluster, { verb: 'create', body: cronTab('b', { colour: 'blue' }) });
  const names = async (fieldSelector: string) => ((await ask(cluster, { verb: 'list', options: { fieldSelector } })) as { items?: { metadata: { name: string } }[] }).items?.map(({ metadata }) => metadata.name);
  expect(await names('spec.colour=red')).toEqual(['a']);
  expect(await names('spec.size=1')).toEqual(['a']);
  expect(await names('spec.size=')).toEqual(['b']);
  expect((await failure(names('spec.other=x'))).message).toBe('field label not supported: spec.other');
});
