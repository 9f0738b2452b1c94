/** Definitions are checked as apiextensions-apiserver checks them. Facts of its validation_test.go. */
import type { CustomResourceDefinition, CustomResourceDefinitionVersion } from '../../../src/api/generated/types.ts';
import { CUSTOMRESOURCEDEFINITIONS } from '../../../src/api/kinds.ts';
import type { Schema } from '../../../src/apiserver/customresources/schema/schema.ts';
import { clusterOfEachTest, failure } from '../support/api-cluster.ts';
import { ask, cronTab, cronTabs, define, GROUP, version } from './support.ts';

const cluster = clusterOfEachTest();

const causes = async (request: Promise<unknown>) => {
  const { status } = await failure(request);
  return (status.details?.causes ?? []).map(({ field, message }) => `${field}: ${message}`);
};
const withSchema = (schema: Schema, more: Partial<CustomResourceDefinitionVersion> = {}): CustomResourceDefinition => cronTabs({ versions: [version('v1', { schema: { openAPIV3Schema: schema as never }, ...more })] });
const withField = (a: Schema, more: Schema = {}) => withSchema({ type: 'object', properties: { a, ...more.properties } });
const A = 'spec.validation.openAPIV3Schema.properties[a]';
const text: Schema = { type: 'string' };

test.each<[string, CustomResourceDefinition, string[]]>([
  ['group without a dot', cronTabs({ group: 'example' }), ['spec.group: Invalid value: "example": should be a domain with at least one dot']],
  ['scope', cronTabs({ scope: 'Everywhere' }), ['spec.scope: Unsupported value: "Everywhere": supported values: "Cluster", "Namespaced"']],
  ['name', { ...cronTabs(), metadata: { name: 'x.y' } }, ['metadata.name: Invalid value: "x.y": must be spec.names.plural+"."+spec.group']],
  ['names', cronTabs({ names: { plural: 'crontabs', kind: 'Cron_Tab', shortNames: ['C'] } }), [
    'spec.names.singular: Invalid value: "cron_tab": a DNS-1035 label must consist of lower case alphanumeric characters or \'-\', start with an alphabetic character, and end with an alphanumeric character (e.g. \'my-name\',  or \'abc-123\', regex used for validation is \'[a-z]([-a-z0-9]*[a-z0-9])?\')',
    'spec.names.kind: Invalid value: "Cron_Tab": may have mixed case, but should otherwise match: a DNS-1035 label must consist of lower case alphanumeric characters or \'-\', start with an alphabetic character, and end with an alphanumeric character (e.g. \'my-name\',  or \'abc-123\', regex used for validation is \'[a-z]([-a-z0-9]*[a-z0-9])?\')',
    'spec.names.listKind: Invalid value: "Cron_TabList": may have mixed case, but should otherwise match: a DNS-1035 label must consist of lower case alphanumeric characters or \'-\', start with an alphabetic character, and end with an alphanumeric character (e.g. \'my-name\',  or \'abc-123\', regex used for validation is \'[a-z]([-a-z0-9]*[a-z0-9])?\')',
    'spec.names.shortNames[0]: Invalid value: "C": a DNS-1035 label must consist of lower case alphanumeric characters or \'-\', start with an alphabetic character, and end with an alphanumeric character (e.g. \'my-name\',  or \'abc-123\', regex used for validation is \'[a-z]([-a-z0-9]*[a-z0-9])?\')',
  ]],
  ['kind and listKind alike', cronTabs({ names: { plural: 'crontabs', kind: 'CronTab', listKind: 'CronTab' } }), ['spec.names.listKind: Invalid value: "CronTab": kind and listKind may not be the same']],
  ['no schema', cronTabs({ versions: [{ name: 'v1', served: true, storage: true }] }), ['spec.versions[0].schema.openAPIV3Schema: Required value: schemas are required']],
  ['type of a field', withField({}), [`${A}.type: Required value: must not be empty for specified object fields`]],
  ['type of the root', withSchema({ type: 'array', items: text }), ['spec.validation.openAPIV3Schema.type: Invalid value: "array": must be object at the root']],
  ['items of a list', withField({ type: 'array' }), [`${A}.items: Required value: must be specified`]],
  ['a type that is none', withField({ type: 'strange' }), [`${A}.type: Unsupported value: "strange": supported values: "array", "boolean", "integer", "number", "object", "string"`]],
  ['metadata', withField(text, { properties: { metadata: { type: 'object', properties: { labels: { type: 'object' } } } } }), ['spec.validation.openAPIV3Schema.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified']],
  ['properties and additionalProperties', withField({ type: 'object', properties: { b: text }, additionalProperties: text }), [`${A}.additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive`]],
  ['types in conditions', withField({ type: 'string', anyOf: [{ type: 'string' }] }), [`${A}.anyOf[0].type: Forbidden: must be empty to be structural`]],
  ['conditions on what is not there', withSchema({ type: 'object', not: { properties: { b: { pattern: 'x' } } } }), ['spec.validation.openAPIV3Schema.properties[b]: Required value: because it is defined in spec.validation.openAPIV3Schema.not.properties[b]']],
  ['unique items', withField({ type: 'array', items: text, uniqueItems: true }), [`${A}.uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic`]],
  ['list map without keys', withField({ type: 'array', 'x-kubernetes-list-type': 'map', items: { type: 'object' } }), [`${A}.x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map`]],
  ['keys that may be missing', withField({ type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'], items: { type: 'object', properties: { k: text } } }), [`${A}.items.properties[k].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property`]],
  ['sets of objects', withField({ type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'object', properties: { k: text } } }), [`${A}.items.x-kubernetes-map-type: Invalid value: "null": must be atomic as item of a list with x-kubernetes-list-type=set`]],
  ['a default of another type', withField({ type: 'integer', default: 'x' }), [`${A}.default: Invalid value: "string":  in body must be of type integer: "string"`]],
  ['a default with unknown fields', withField({ type: 'object', properties: { b: text }, default: { c: 1 } }), [`${A}.default: Invalid value: map[string]interface {}{"c":1}: must not have unknown fields`]],
  ['a pattern that is none', withField({ type: 'string', pattern: '(' }), [`${A}.pattern: Invalid value: "(": must be a valid regular expression, but isn't: error parsing regexp: missing closing ): \`(\``]],
  ['column', withSchema({ type: 'object' }, { additionalPrinterColumns: [{ name: 'X', type: 'text', jsonPath: 'spec' }] }), ['spec.additionalPrinterColumns[0].type: Invalid value: "text": must be one of boolean,date,integer,number,string', 'spec.additionalPrinterColumns[0].JSONPath: Invalid value: "spec": must be a simple json path starting with .']],
  ['scale', withSchema({ type: 'object' }, { subresources: { scale: { specReplicasPath: '.replicas', statusReplicasPath: '.status.replicas' } } }), ['spec.subresources.scale.specReplicasPath: Invalid value: ".replicas": should be a json path under .spec']],
  ['fields to select', withField({ type: 'object', properties: { b: text } }, {}), []],
  ['no such field to select', withSchema({ type: 'object', properties: { a: text } }, { selectableFields: [{ jsonPath: '.b' }] }), ['spec.selectableFields[0].jsonPath: Invalid value: ".b": is an invalid path: does not refer to a valid field']],
  ['webhook', cronTabs({ conversion: { strategy: 'Webhook' } }), ['spec.conversion.webhookClientConfig: Required value: required when strategy is set to Webhook', 'spec.conversion.conversionReviewVersions: Required value']],
  ['protected group', cronTabs({ group: 'x.k8s.io' }), ['metadata.annotations[api-approved.kubernetes.io]: Required value: protected groups must have approval annotation "api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111']],
  ['rule that does not compile', withField({ type: 'string', 'x-kubernetes-validations': [{ rule: 'self.size() > 1 &&' }] }), [expect.stringContaining(`${A}.x-kubernetes-validations[0].rule: Invalid value: apiextensions.ValidationRule{Rule:"self.size() > 1 &&", Message:"", MessageExpression:"", Reason:(*apiextensions.FieldValueErrorReason)(nil), FieldPath:"", OptionalOldSelf:(*bool)(nil)}: compilation failed: ERROR: <input>:1:19: Syntax error: `) as string]],
  ['rule that is no condition', withField({ type: 'string', 'x-kubernetes-validations': [{ rule: 'self' }] }), [expect.stringContaining('cel expression must evaluate to a bool') as string]],
  ['rule that may cost too much', withField({ type: 'array', items: { type: 'number' }, 'x-kubernetes-validations': [{ rule: 'self.all(x, self.all(y, x == y))' }] }), [
    `${A}.x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget by factor of more than 100x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)`,
    `${A}.x-kubernetes-validations[0].rule: Forbidden: contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema`,
    'spec.validation.openAPIV3Schema: Forbidden: x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema exceeds budget by factor of more than 100x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)',
  ]],
  // As kubernetes/kubernetes#124234: nothing is known of the length of what string() makes.
  ['names before what all versions have alike', cronTabs({ names: { plural: 'crontabs', kind: 'CronTab', listKind: 'CronTab' }, versions: [version('v1', { additionalPrinterColumns: [{ name: 'X', type: 'text', jsonPath: '.spec' }] })] }), ['spec.names.listKind: Invalid value: "CronTab": kind and listKind may not be the same', 'spec.additionalPrinterColumns[0].type: Invalid value: "text": must be one of boolean,date,integer,number,string']],
  ['no type of the root, and a status', withSchema({ properties: { a: text } }, { subresources: { status: {} } }), ['spec.validation.openAPIV3Schema.type: Required value: must not be empty at the root']],
  ['a strategy of conversion that is none', cronTabs({ conversion: { strategy: 'Magic', webhook: { conversionReviewVersions: ['v1'] } } }), ['spec.conversion.strategy: Unsupported value: "Magic": supported values: "None", "Webhook"', 'spec.conversion.conversionReviewVersions: Forbidden: should not be set when strategy is not set to Webhook']],
  ['defaults where unknown fields are kept', { ...withField({ type: 'string', default: 'x' }), spec: { ...withField({ type: 'string', default: 'x' }).spec, preserveUnknownFields: true } }, ['spec.preserveUnknownFields: Invalid value: true: must be false in order to use defaults in the schema', 'spec.preserveUnknownFields: Invalid value: true: cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead']],
  ['message that may cost too much', withField({ type: 'integer', 'x-kubernetes-validations': [{ rule: 'self >= 0', messageExpression: "'invalid attempts: ' + string(self)" }] }), [
    `${A}.x-kubernetes-validations[0].messageExpression: Forbidden: estimated messageExpression cost exceeds budget by factor of more than 100x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)`,
    `${A}.x-kubernetes-validations[0].messageExpression: Forbidden: contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema`,
    'spec.validation.openAPIV3Schema: Forbidden: x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema exceeds budget by factor of more than 100x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)',
  ]],
  ['transition rule in a plain list', withField({ type: 'array', maxItems: 5, items: { type: 'string', maxLength: 5, 'x-kubernetes-validations': [{ rule: 'self == oldSelf' }] } }), [`${A}.items.x-kubernetes-validations[0].rule: Invalid value: "self == oldSelf": oldSelf cannot be used on the uncorrelatable portion of the schema within ${A}`]],
])('%s', async (_what, definition, expected) => {
  if (expected.length === 0) return void (await define(cluster, definition));
  expect(await causes(define(cluster, definition))).toEqual(expected);
});

test('with several versions a fault names the version', async () => {
  const broken = version('v2', { storage: false, schema: { openAPIV3Schema: { type: 'object', properties: { a: {} } } } });
  expect(await causes(define(cluster, cronTabs({ versions: [version('v1'), broken] })))).toEqual(['spec.versions[1].schema.openAPIV3Schema.properties[a].type: Required value: must not be empty for specified object fields']);
});

test('what is zero and optional is not kept, wherever it stands in a schema', async () => {
  const definition = withSchema({ type: 'object', properties: { list: { type: 'array', nullable: false, minItems: 0, items: { type: 'object', title: '', required: [], additionalProperties: { type: 'string', nullable: false } } } } } as Schema, { deprecated: false, additionalPrinterColumns: [{ name: 'X', type: 'date', priority: 0, description: '', jsonPath: '.a' }] });
  const created = await define(cluster, { ...definition, spec: { ...definition.spec, preserveUnknownFields: false } });
  expect(created.spec).toEqual({
    group: GROUP, scope: 'Namespaced', conversion: { strategy: 'None' }, names: { plural: 'crontabs', singular: 'crontab', kind: 'CronTab', listKind: 'CronTabList', shortNames: ['ct'] },
    versions: [{ name: 'v1', served: true, storage: true, additionalPrinterColumns: [{ name: 'X', type: 'date', jsonPath: '.a' }], schema: { openAPIV3Schema: { type: 'object', properties: { list: { type: 'array', minItems: 0, items: { type: 'object', additionalProperties: { type: 'string' } } } } } } }],
  });
});

test('an established definition does not get certificates that are none', async () => {
  const webhook = (caBundle: string) => ({ strategy: 'Webhook', webhook: { conversionReviewVersions: ['v1'], clientConfig: { url: 'https://example.com/', caBundle } } });
  await define(cluster, cronTabs());
  const change = (caBundle: string) => cluster.request({ verb: 'patch', group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions', name: `crontabs.${GROUP}`, patchType: 'merge', body: { spec: { conversion: webhook(caBundle) } } });
  expect(await causes(change('AQI='))).toEqual(['spec.conversion.webhookClientConfig.caBundle: Invalid value: []byte{0x1, 0x2}: unable to load root certificates: unable to parse bytes as PEM block']);
});

test('exactly one version is the one that is stored', async () => {
  expect((await failure(define(cluster, cronTabs({ versions: [version('v1'), version('v2')] })))).message).toMatch(/^CustomResourceDefinition.apiextensions.k8s.io "crontabs.stable.example.com" is invalid: \[?spec.versions: Invalid value: \[\]apiextensions.CustomResourceDefinitionVersion\{.*\}: must have exactly one version marked as storage version/);
});

test('what an established definition cannot change, and versions that objects may lie in', async () => {
  await define(cluster, cronTabs());
  const change = (body: readonly object[]) => cluster.request({ verb: 'patch', group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions', name: `crontabs.${GROUP}`, patchType: 'json', body });
  expect(await causes(change([{ op: 'replace', path: '/spec/scope', value: 'Cluster' }]))).toEqual(['spec.scope: Invalid value: "Cluster": field is immutable']);
  expect(await causes(change([{ op: 'replace', path: '/spec/versions/0/name', value: 'v2' }]))).toEqual(['status.storedVersions[0]: Invalid value: "v1": missing from spec.versions; v1 was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in v1 and removes v1 from status.storedVersions']);
  await change([{ op: 'replace', path: '/spec/versions/0/storage', value: false }, { op: 'add', path: '/spec/versions/-', value: version('v2') }]);
  expect((await cluster.of(CUSTOMRESOURCEDEFINITIONS).get(undefined, `crontabs.${GROUP}`)).status?.storedVersions).toEqual(['v1', 'v2']);
  const { resourceVersion: _, ...metadata } = (await cluster.of(CUSTOMRESOURCEDEFINITIONS).get(undefined, `crontabs.${GROUP}`)).metadata;
  expect(await causes(cluster.of(CUSTOMRESOURCEDEFINITIONS).update({ ...cronTabs(), metadata }))).toEqual(['metadata.resourceVersion: Invalid value: 0: must be specified for an update']);
});

describe('rules', () => {
  const rules = (schema: Schema) => define(cluster, withSchema({ type: 'object', properties: { spec: schema } }));
  const create = (spec: object) => ask(cluster, { verb: 'create', body: cronTab('a', spec as never) });
  const change = (spec: object) => ask(cluster, { verb: 'patch', name: 'a', patchType: 'merge', body: { spec } });
  const range: Schema = { type: 'object', properties: { min: { type: 'integer' }, max: { type: 'integer' } } };

  test('of an object, with and without words of their own', async () => {
    await rules({ ...range, 'x-kubernetes-validations': [{ rule: 'self.min <= self.max' }, { rule: 'self.max < 100', message: 'not that much', reason: 'FieldValueForbidden', fieldPath: '.max' }, { rule: 'self.min != 7', messageExpression: 'self.min == 7 ? "never 7" : "never"' }] });
    await create({ min: 1, max: 2 });
    expect(await causes(change({ min: 5 }))).toEqual(['spec: Invalid value: "object": failed rule: self.min <= self.max']);
    expect(await causes(change({ max: 200 }))).toEqual(['spec.max: Forbidden: not that much']);
    expect(await causes(change({ min: 7, max: 8 }))).toEqual(['spec: Invalid value: "object": never 7']);
    expect(await causes(ask(cluster, { verb: 'create', body: cronTab('b', { min: 1 }) }))).toEqual(['spec: Invalid value: "object": no such key: max evaluating rule: self.min <= self.max', 'spec: Invalid value: "object": no such key: max evaluating rule: not that much']);
  });

  test('that compare with what was', async () => {
    await rules({ type: 'object', properties: { fixed: { type: 'string', 'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'is immutable' }] }, grows: { type: 'integer', 'x-kubernetes-validations': [{ rule: '!oldSelf.hasValue() || self >= oldSelf.value()', optionalOldSelf: true }] } } });
    await create({ fixed: 'x', grows: 1 });
    expect(await causes(change({ fixed: 'y' }))).toEqual(['spec.fixed: Invalid value: "string": is immutable']);
    expect(await causes(change({ grows: 0 }))).toEqual(['spec.grows: Invalid value: "integer": failed rule: !oldSelf.hasValue() || self >= oldSelf.value()']);
    expect((await change({ grows: 2 })).spec).toEqual({ fixed: 'x', grows: 2 });
  });

  test('are not asked where the object is wrong already', async () => {
    await rules({ ...range, 'x-kubernetes-validations': [{ rule: 'self.min <= self.max' }] });
    expect(await causes(create({ min: 'x', max: 1 }))).toEqual(['spec.min: Invalid value: "string": spec.min in body must be of type integer: "string"', '<nil>: Invalid value: "null": some validation rules were not checked because the object was invalid; correct the existing errors to complete validation']);
  });

  test('of the whole resource, of items and of map entries', async () => {
    await define(cluster, withSchema({
      type: 'object',
      'x-kubernetes-validations': [{ rule: 'self.metadata.name.startsWith("a")' }],
      properties: { spec: { type: 'object', properties: { list: { type: 'array', items: { type: 'string', 'x-kubernetes-validations': [{ rule: 'self != "x"' }] } }, map: { type: 'object', additionalProperties: { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self > 0' }] } } } } },
    }));
    expect(await causes(ask(cluster, { verb: 'create', body: cronTab('b', { list: ['y', 'x'], map: { k: 0 } }) }))).toEqual([
      '<nil>: Invalid value: "object": failed rule: self.metadata.name.startsWith("a")',
      'spec.list[1]: Invalid value: "string": failed rule: self != "x"',
      'spec.map[k]: Invalid value: "integer": failed rule: self > 0',
    ]);
    await create({ list: ['y'] });
  });

  test('that were broken before may stay broken where nothing changes', async () => {
    await rules(range);
    await create({ min: 5, max: 1 });
    await cluster.request({ verb: 'patch', group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions', name: `crontabs.${GROUP}`, patchType: 'json', body: [{ op: 'add', path: '/spec/versions/0/schema/openAPIV3Schema/properties/spec/x-kubernetes-validations', value: [{ rule: 'self.min <= self.max' }] }] });
    expect(await ask(cluster, { verb: 'patch', name: 'a', patchType: 'merge', body: { metadata: { labels: { x: 'y' } } } })).toMatchObject({ metadata: { labels: { x: 'y' } } });
    expect(await causes(change({ max: 2 }))).toEqual(['spec: Invalid value: "object": failed rule: self.min <= self.max']);
  });
});

test('what a schema limits may be gone through, and what it does not limit counts as often as it may be there', async () => {
  const loops: Schema = { type: 'array', maxItems: 100, items: { type: 'number' }, 'x-kubernetes-validations': [{ rule: 'self.all(x, self.all(y, x == y))' }] };
  await cluster.of(CUSTOMRESOURCEDEFINITIONS).create(withField(loops));
  await cluster.of(CUSTOMRESOURCEDEFINITIONS).delete(undefined, `crontabs.${GROUP}`);
  const repeated = withField({ type: 'array', items: loops });
  expect(await causes(cluster.of(CUSTOMRESOURCEDEFINITIONS).create(repeated))).toContainEqual(expect.stringMatching(/items\.x-kubernetes-validations\[0\]\.rule: Forbidden: estimated rule cost exceeds budget by factor of more than 100x/));
});
