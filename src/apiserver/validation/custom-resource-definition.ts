/**
 * Validation of CustomResourceDefinitions. Follows apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go.
 * What all versions have alike stands once at the top in upstream's internal form, so that errors name it there:
 * "spec.validation.openAPIV3Schema" where every version has the same schema.
 */
import { hasCondition } from '../../api/custom-resources.ts';
import type { CustomResourceColumnDefinition, CustomResourceConversion, CustomResourceDefinition, CustomResourceDefinitionNames, CustomResourceDefinitionVersion, CustomResourceSubresources, SelectableField } from '../../api/generated/types.ts';
import { equal } from '../../api/json.ts';
import { dns1035LabelErrors, dns1123SubdomainErrors } from '../../api/names.ts';
import { goQuote } from '../../api/quote.ts';
import { APPROVAL_ANNOTATION, approvalOf, isProtectedGroup } from '../customresources/api-approval.ts';
import { validateDefaults } from '../customresources/schema/default-validation.ts';
import { findField } from '../customresources/schema/field-path.ts';
import { isOpenSet, keyFaults, validateSchemaDefinition } from '../customresources/schema/schema-validation.ts';
import { someSchema, type Schema } from '../customresources/schema/schema.ts';
import { notStructural, validateStructural } from '../customresources/schema/structural.ts';
import { schemaOf } from '../customresources/version.ts';
import { duplicate, forbidden, invalid, notSupported, Path, required, tooMany, type FieldError } from './field.ts';
import { GoValue, goStrings } from './go-value.ts';
import { checkImmutable } from './metadata.ts';
import { caBundleFault, checkCaBundle, checkWebhookClient } from './webhook-client.ts';

type Spec = CustomResourceDefinition['spec'];

const SPEC = Path.of('spec');
const STORED = Path.of('status', 'storedVersions');
const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string'];
const COLUMN_FORMATS = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];
const MAX_SELECTABLE_FIELDS = 8;
const TYPES: ReadonlySet<string> = new Set(['string', 'number', 'integer', 'boolean', 'array', 'object']);

/** What an older definition may keep that a new one may not have. */
interface Options {
  readonly requireSchema: boolean;
  readonly requireValidType: boolean;
  readonly requireStructural: boolean;
  readonly requireAtomicSet: boolean;
  readonly requireKeys: boolean;
  readonly requireReviewVersion: boolean;
  readonly requireCaBundle: boolean;
}

const STRICT: Options = { requireSchema: true, requireValidType: true, requireStructural: true, requireAtomicSet: true, requireKeys: true, requireReviewVersion: true, requireCaBundle: false };

export function validateDefinition(definition: CustomResourceDefinition): FieldError[] {
  return [...specFaults(definition.spec, STRICT), ...statusFaults(definition), ...approvalFaults(definition), ...unknownFieldFaults(definition)];
}

/** A definition is called after what it defines. */
export function definitionNameErrors(name: string, { names, group }: Spec): readonly string[] {
  return name === `${names?.plural ?? ''}.${group ?? ''}` ? [] : ['must be spec.names.plural+"."+spec.group'];
}

export function validateDefinitionUpdate(definition: CustomResourceDefinition, old: CustomResourceDefinition): FieldError[] {
  const { spec } = definition;
  const schemas = old.spec.versions.map(schemaOf);
  const some = (holds: (schema: Schema) => boolean) => schemas.some((schema) => someSchema(schema, holds));
  const errors = specFaults(spec, {
    requireSchema: schemas.every((schema) => schema !== undefined),
    requireValidType: !some(({ type }) => type !== undefined && type !== '' && !TYPES.has(type)),
    requireStructural: schemas.every((schema) => !schema || (notStructural(schema) === undefined && validateStructural(schema, SPEC).length === 0)),
    requireAtomicSet: !some(isOpenSet),
    requireKeys: !some((schema) => keyFaults(schema, SPEC).length > 0),
    requireReviewVersion: !old.spec.conversion?.webhook || isReviewVersion(old.spec.conversion.webhook.conversionReviewVersions),
    requireCaBundle: hasCondition(old, 'Established') && caBundleFault(old.spec.conversion?.webhook?.clientConfig?.caBundle ?? '') === undefined,
  });
  if (hasCondition(old, 'Established')) {
    checkImmutable(spec.scope, old.spec.scope, SPEC.child('scope'), errors);
    checkImmutable(spec.names.kind, old.spec.names.kind, SPEC.child('names', 'kind'), errors);
  }
  checkImmutable(spec.group, old.spec.group, SPEC.child('group'), errors);
  checkImmutable(spec.names.plural, old.spec.names.plural, SPEC.child('names', 'plural'), errors);
  return [...errors, ...statusFaults(definition), ...approvalFaults(definition, old), ...(old.spec.preserveUnknownFields ? [] : unknownFieldFaults(definition))];
}

export function validateDefinitionStatusUpdate({ status }: CustomResourceDefinition): FieldError[] {
  return status?.acceptedNames ? namesFaults(status.acceptedNames, Path.of('status', 'acceptedNames')) : [];
}

function specFaults(spec: Spec, options: Options): FieldError[] {
  const errors: FieldError[] = [];
  const { group = '', scope = '', versions = [], names, conversion, preserveUnknownFields } = spec as Partial<Spec>;
  if (group === '') errors.push(required(SPEC.child('group')));
  else {
    const faults = dns1123SubdomainErrors(group);
    if (faults.length > 0) errors.push(invalid(SPEC.child('group'), group, faults.join(',')));
    else if (!group.includes('.')) errors.push(invalid(SPEC.child('group'), group, 'should be a domain with at least one dot'));
  }
  if (scope === '') errors.push(required(SPEC.child('scope')));
  else if (scope !== 'Cluster' && scope !== 'Namespaced') errors.push(notSupported(SPEC.child('scope'), scope, ['Cluster', 'Namespaced']));
  errors.push(...missingSchemas(versions, options, preserveUnknownFields ?? false));
  if (preserveUnknownFields && versions.some((version) => someSchema(schemaOf(version), ({ default: value }) => value !== undefined))) errors.push(invalid(SPEC.child('preserveUnknownFields'), true, 'must be false in order to use defaults in the schema'));
  const once = commonParts(versions);
  errors.push(...versionFaults(versions, once, options));
  for (const key of ['plural', 'singular', 'kind', 'listKind'] as const) if (!names?.[key]) errors.push(required(SPEC.child('names', key)));
  if (names) errors.push(...namesFaults(names, SPEC.child('names')));
  errors.push(...commonFaults(versions, once, options));
  if (conversion && conversion.strategy !== 'None' && preserveUnknownFields) errors.push(invalid(SPEC.child('conversion').child('strategy'), conversion.strategy, 'must be None if spec.preserveUnknownFields is true'));
  if (conversion) errors.push(...conversionFaults(conversion, options, SPEC.child('conversion')));
  return errors;
}

function missingSchemas(versions: readonly CustomResourceDefinitionVersion[], { requireSchema }: Options, keepsUnknown: boolean): FieldError[] {
  const at = (i: number) => SPEC.child('versions').index(i).child('schema').child('openAPIV3Schema');
  return versions.flatMap((version, i) => {
    if (schemaOf(version)) return [];
    if (requireSchema) return [required(at(i), 'schemas are required')];
    return !keepsUnknown && version.served ? [required(at(i), 'because otherwise all fields are pruned')] : [];
  });
}

/** Whether all versions say the same of something. */
function shared<T>(versions: readonly CustomResourceDefinitionVersion[], part: (version: CustomResourceDefinitionVersion) => T | undefined): boolean {
  const [first] = versions;
  const value = first && part(first);
  return value !== undefined && versions.every((version) => equal(part(version), value));
}

/** Which parts all versions have alike, so that they stand at the top. */
const commonParts = (versions: readonly CustomResourceDefinitionVersion[]) => ({
  schema: shared(versions, (version) => version.schema),
  subresources: shared(versions, (version) => version.subresources),
  columns: shared(versions, (version) => version.additionalPrinterColumns),
  fields: shared(versions, (version) => version.selectableFields),
});
type Common = ReturnType<typeof commonParts>;

function versionFaults(versions: readonly CustomResourceDefinitionVersion[], once: Common, options: Options): FieldError[] {
  const errors: FieldError[] = [];
  const at = SPEC.child('versions');
  for (const [i, version] of versions.entries()) {
    const path = at.index(i);
    const faults = dns1035LabelErrors(version.name);
    if (faults.length > 0) errors.push(invalid(path.child('name'), version.name, faults.join(',')));
    for (const text of deprecationFaults(version)) errors.push(invalid(path.child('deprecationWarning'), version.deprecationWarning ?? '', text));
    if (!once.schema) errors.push(...schemaFaults(version, path.child('schema'), options));
    if (!once.subresources) errors.push(...subresourceFaults(version.subresources, path.child('subresources')));
    if (!once.columns) errors.push(...columnsFaults(version.additionalPrinterColumns, path.child('additionalPrinterColumns')));
    if (!once.fields) errors.push(...selectableFaults(version, path.child('selectableFields')));
  }
  if (new Set(versions.map(({ name }) => name)).size !== versions.length) errors.push(invalid(at, goVersions(versions, once), 'must contain unique version names'));
  if (versions.filter(({ storage }) => storage).length !== 1) errors.push(invalid(at, goVersions(versions, once), 'must have exactly one version marked as storage version'));
  return errors;
}

/** What is wrong with what all versions have alike. */
function commonFaults(versions: readonly CustomResourceDefinitionVersion[], once: Common, options: Options): FieldError[] {
  const errors: FieldError[] = [];
  const [first] = versions;
  if (!first) return errors;
  if (once.schema) errors.push(...schemaFaults({ ...first, ...(versions.some(({ subresources }) => subresources?.status) ? { subresources: { status: {} } } : {}) }, SPEC.child('validation'), options));
  if (once.subresources) errors.push(...subresourceFaults(first.subresources, SPEC.child('subresources')));
  if (once.columns) errors.push(...columnsFaults(first.additionalPrinterColumns, SPEC.child('additionalPrinterColumns')));
  if (once.fields) errors.push(...selectableFaults(first, SPEC.child('selectableFields')));
  return errors;
}

/** %#v of the versions, as far as it can be told. */
function goVersions(versions: readonly CustomResourceDefinitionVersion[], once: Common): GoValue {
  const pointer = (type: string, set: boolean) => `(*${type})(${set ? '0xc000000000' : 'nil'})`;
  const each = versions.map(({ name, served, storage, deprecated, deprecationWarning, schema, subresources }) => `apiextensions.CustomResourceDefinitionVersion{Name:${goQuote(name)}, Served:${served}, Storage:${storage}, Deprecated:${deprecated ?? false}, DeprecationWarning:${pointer('string', deprecationWarning !== undefined)}, Schema:${pointer('apiextensions.CustomResourceValidation', schema !== undefined && !once.schema)}, Subresources:${pointer('apiextensions.CustomResourceSubresources', subresources !== undefined && !once.subresources)}, AdditionalPrinterColumns:[]apiextensions.CustomResourceColumnDefinition(nil), SelectableFields:[]apiextensions.SelectableField(nil)}`);
  return new GoValue(`[]apiextensions.CustomResourceDefinitionVersion{${each.join(', ')}}`);
}

function deprecationFaults({ deprecated, deprecationWarning: text }: CustomResourceDefinitionVersion): string[] {
  if (text === undefined) return [];
  if (!deprecated) return ['can only be set for deprecated versions'];
  const errors: string[] = [];
  if (Buffer.byteLength(text) > 256) errors.push('must be <= 256 characters long');
  if (text === '') errors.push('must not be an empty string');
  const at = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.exec(text);
  if (at) errors.push(`must only contain printable UTF-8 characters; non-printable character found at index ${Buffer.byteLength(text.slice(0, at.index))}`);
  return errors;
}

/** What a root may say where the status is checked by itself. */
const ROOT_FIELDS: readonly (keyof Schema)[] = ['description', 'type', 'format', 'title', 'maximum', 'exclusiveMaximum', 'minimum', 'exclusiveMinimum', 'maxLength', 'minLength', 'pattern', 'maxItems', 'minItems', 'uniqueItems', 'multipleOf', 'required', 'items', 'properties', 'externalDocs', 'example', 'x-kubernetes-preserve-unknown-fields', 'x-kubernetes-validations'];
const ROOT_NAMES = 'Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern MaxItems MinItems UniqueItems MultipleOf Required Items Properties ExternalDocs Example XPreserveUnknownFields XValidations';

function schemaFaults(version: CustomResourceDefinitionVersion, path: Path, options: Options): FieldError[] {
  const schema = schemaOf(version);
  if (!schema) return [];
  const at = path.child('openAPIV3Schema');
  const errors: FieldError[] = [];
  if (version.subresources?.status) {
    if (schema.type && schema.type !== 'object') errors.push(invalid(at.child('type'), schema.type, 'only "object" is allowed as the type at the root of the schema if the status subresource is enabled'));
    else if ((Object.keys(schema) as (keyof Schema)[]).some((key) => !ROOT_FIELDS.includes(key))) errors.push(invalid(at, new GoValue('apiextensions.JSONSchemaProps{…}'), `only [${ROOT_NAMES}] fields are allowed at the root of the schema if the status subresource is enabled`));
  }
  if (schema.nullable) errors.push(forbidden(at.child('nullable'), 'nullable cannot be true at the root'));
  const unsupported = options.requireStructural ? notStructural(schema) : undefined;
  let checkRules = false;
  if (options.requireStructural && unsupported === undefined) {
    const structural = validateStructural(schema, at);
    const defaults = structural.length > 0 ? [] : validateDefaults(schema, at, true);
    errors.push(...structural, ...defaults);
    checkRules = structural.length === 0 && defaults.length === 0;
  }
  errors.push(...validateSchemaDefinition(schema, at, { ...options, checkRules }));
  if (errors.length === 0 && unsupported !== undefined) errors.push(invalid(at, '', unsupported));
  return errors;
}

function namesFaults(names: CustomResourceDefinitionNames, path: Path): FieldError[] {
  const errors: FieldError[] = [];
  for (const key of ['plural', 'singular', 'kind', 'listKind'] as const) {
    const name = names[key] ?? '';
    const isKind = key === 'kind' || key === 'listKind';
    const faults = name === '' ? [] : dns1035LabelErrors(isKind ? name.toLowerCase() : name);
    if (faults.length > 0) errors.push(invalid(path.child(key), name, `${isKind ? 'may have mixed case, but should otherwise match: ' : ''}${faults.join(',')}`));
  }
  const each = (key: 'shortNames' | 'categories') => (names[key] ?? []).forEach((name, i) => {
    const faults = dns1035LabelErrors(name);
    if (faults.length > 0) errors.push(invalid(path.child(key).index(i), name, faults.join(',')));
  });
  each('shortNames');
  if (names.kind && names.kind === names.listKind) errors.push(invalid(path.child('listKind'), names.listKind, 'kind and listKind may not be the same'));
  each('categories');
  return errors;
}

function simplePathFaults(text: string, path: Path): FieldError[] {
  return text.startsWith('.') ? [] : [invalid(path, text, 'must be a simple json path starting with .')];
}

function columnsFaults(columns: readonly CustomResourceColumnDefinition[] | undefined, path: Path): FieldError[] {
  return (columns ?? []).flatMap(({ name, type, format, jsonPath }, i) => {
    const at = path.index(i);
    const oneOf = (words: readonly string[]) => `must be one of ${words.join(',')}`;
    return [
      ...(name ? [] : [required(at.child('name'))]),
      ...(!type ? [required(at.child('type'), oneOf(COLUMN_TYPES))] : COLUMN_TYPES.includes(type) ? [] : [invalid(at.child('type'), type, oneOf(COLUMN_TYPES))]),
      ...(!format || COLUMN_FORMATS.includes(format) ? [] : [invalid(at.child('format'), format, oneOf(COLUMN_FORMATS))]),
      ...(jsonPath ? simplePathFaults(jsonPath, at.child('JSONPath')) : [required(at.child('JSONPath'))]),
    ];
  });
}

function subresourceFaults(subresources: CustomResourceSubresources | undefined, path: Path): FieldError[] {
  const { scale } = subresources ?? {};
  if (!scale) return [];
  const below = (key: 'specReplicasPath' | 'statusReplicasPath' | 'labelSelectorPath', prefixes: readonly string[], where: string): FieldError[] => {
    const at = path.child('scale', key);
    const text = scale[key] ?? '';
    if (text === '') return key === 'labelSelectorPath' ? [] : [required(at)];
    const faults = simplePathFaults(text, at);
    return faults.length > 0 || prefixes.some((prefix) => text.startsWith(prefix)) ? faults : [invalid(at, text, `should be a json path under ${where}`)];
  };
  return [...below('specReplicasPath', ['.spec.'], '.spec'), ...below('statusReplicasPath', ['.status.'], '.status'), ...below('labelSelectorPath', ['.spec.', '.status.'], 'either .spec or .status')];
}

function selectableFaults(version: CustomResourceDefinitionVersion, path: Path): FieldError[] {
  const fields: readonly SelectableField[] = version.selectableFields ?? [];
  const schema = schemaOf(version);
  if (fields.length === 0) return [];
  if (!schema) return [invalid(path, '', 'selectableFields may only be set when version.schema.openAPIV3Schema is not included')];
  const seen = new Set<string>();
  const errors = fields.flatMap(({ jsonPath }, i) => {
    const at = path.index(i).child('jsonPath');
    if (!jsonPath) return [required(at)];
    try {
      const found = findField(jsonPath, schema, false);
      const faults: FieldError[] = [];
      if (found.first === 'metadata') faults.push(invalid(at, jsonPath, 'must not point to fields in metadata'));
      if (!['string', 'boolean', 'integer'].includes(found.schema.type ?? '')) faults.push(invalid(at, jsonPath, 'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.'));
      if (seen.has(found.path)) faults.push(duplicate(at, jsonPath));
      seen.add(found.path);
      return faults;
    } catch (error) {
      return [invalid(at, jsonPath, `is an invalid path: ${(error as Error).message}`)];
    }
  });
  return seen.size > MAX_SELECTABLE_FIELDS ? [...errors, tooMany(path, seen.size, MAX_SELECTABLE_FIELDS)] : errors;
}

const REVIEW_VERSIONS = ['v1', 'v1beta1'];
const isReviewVersion = (versions: readonly string[]): boolean => versions.length === 0 || versions.some((version) => REVIEW_VERSIONS.includes(version));

function conversionFaults({ strategy, webhook }: CustomResourceConversion, { requireReviewVersion, requireCaBundle }: Options, path: Path): FieldError[] {
  const errors: FieldError[] = [];
  if (!strategy) errors.push(required(path.child('strategy')));
  else if (strategy !== 'None' && strategy !== 'Webhook') errors.push(notSupported(path.child('strategy'), strategy, ['None', 'Webhook']));
  const client = path.child('webhookClientConfig');
  const versions = path.child('conversionReviewVersions');
  const { clientConfig, conversionReviewVersions = [] } = (webhook ?? {}) as Partial<NonNullable<typeof webhook>>;
  if (strategy !== 'Webhook') {
    return [
      ...errors,
      ...(clientConfig ? [forbidden(client, 'should not be set when strategy is not set to Webhook')] : []),
      ...(conversionReviewVersions.length > 0 ? [forbidden(versions, 'should not be set when strategy is not set to Webhook')] : []),
    ];
  }
  if (!clientConfig) errors.push(required(client, 'required when strategy is set to Webhook'));
  else {
    checkWebhookClient(clientConfig, client, errors);
    if (clientConfig.caBundle && requireCaBundle) checkCaBundle(clientConfig.caBundle, client.child('caBundle'), errors);
  }
  if (conversionReviewVersions.length === 0) return [...errors, required(versions)];
  for (const [i, version] of conversionReviewVersions.entries()) {
    if (conversionReviewVersions.indexOf(version) < i) errors.push(invalid(versions.index(i), version, 'duplicate version'));
    else for (const text of dns1035LabelErrors(version)) errors.push(invalid(versions.index(i), version, text));
  }
  if (requireReviewVersion && !isReviewVersion(conversionReviewVersions)) errors.push(invalid(versions, new GoValue(goStrings(conversionReviewVersions)), `must include at least one of ${REVIEW_VERSIONS.join(', ')}`));
  return errors;
}

function statusFaults({ spec, status }: CustomResourceDefinition): FieldError[] {
  const stored = status?.storedVersions ?? [];
  const errors = status?.acceptedNames ? namesFaults(status.acceptedNames, Path.of('status', 'acceptedNames')) : [];
  if (stored.length === 0) return [...errors, invalid(STORED, new GoValue('[]string(nil)'), 'must have at least one stored version')];
  const versions = spec.versions ?? [];
  for (const { name, storage } of versions) if (storage && !stored.includes(name)) errors.push(invalid(STORED, new GoValue(goStrings(stored)), `must have the storage version ${name}`));
  for (const [i, name] of stored.entries()) {
    if (!versions.some((version) => version.name === name)) errors.push(invalid(STORED.index(i), name, `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`));
  }
  return errors;
}

/** Groups that belong to Kubernetes need its word. */
function approvalFaults(definition: CustomResourceDefinition, old?: CustomResourceDefinition): FieldError[] {
  if (!isProtectedGroup(definition.spec.group ?? '')) return [];
  const { state, text } = approvalOf(definition);
  if (old && approvalOf(old).state === state) return [];
  const path = Path.of('metadata', 'annotations').key(APPROVAL_ANNOTATION);
  if (state === 'MissingAnnotation') return [required(path, text)];
  return state === 'InvalidAnnotation' ? [invalid(path, definition.metadata?.annotations?.[APPROVAL_ANNOTATION] ?? '', text)] : [];
}

function unknownFieldFaults({ spec }: CustomResourceDefinition): FieldError[] {
  return spec.preserveUnknownFields ? [invalid(SPEC.child('preserveUnknownFields'), true, 'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead')] : [];
}
