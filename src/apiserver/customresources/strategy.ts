/** How objects of one version of a custom resource are handled. Follows apiextensions-apiserver pkg/registry/customresource/{strategy,status_strategy,validator}.go. */
import { equal, type Draft } from '../../api/json.ts';
import { goText } from '../../api/go-value.ts';
import { JsonPath } from '../../api/jsonpath/jsonpath.ts';
import { labelKeyErrors } from '../../api/names.ts';
import type { KubeObject } from '../../api/object.ts';
import { goQuote } from '../../api/quote.ts';
import { apiVersionOf } from '../../api/resource.ts';
import type { Strategy } from '../strategy.ts';
import { invalid, NO_PATH, type FieldError } from '../validation/field.ts';
import { applyDefaults } from './schema/defaulting.ts';
import { validateLists } from './schema/lists.ts';
import { validateEmbedded } from './schema/object-meta.ts';
import { validateSchema } from './schema/validation.ts';
import { validateScaleSpec, validateScaleStatus } from './scale-paths.ts';
import { propertyOf } from './schema/schema.ts';
import type { CustomVersion } from './version.ts';

type WithStatus = { status?: unknown };

/** After these faults rules are not checked: they might not find what they expect. */
const BLOCKING: ReadonlySet<string> = new Set(['FieldValueNotSupported', 'FieldValueRequired', 'FieldValueTooLong', 'FieldValueTooMany', 'FieldValueTypeInvalid']);

export function customStrategy(version: CustomVersion): Strategy {
  const { resource } = version;
  const hasStatus = resource.subresources.status !== undefined;
  const selectable = (version.facts.selectableFields ?? []).map(({ jsonPath }) => ({ name: jsonPath.replace(/^\./, ''), path: new JsonPath(`{${jsonPath}}`) }));

  const validateWhole = (object: KubeObject, old?: KubeObject): FieldError[] => {
    const faults = typeFaults(object);
    if (faults.length > 0) return faults;
    const { schema, scale } = version;
    const errors = [
      ...validateSchema(object, schema, '', old && { value: old }),
      ...validateScaleSpec(object, scale),
      ...validateScaleStatus(object, scale),
      ...validateEmbedded(object, schema, undefined),
      ...(old && validateLists(old, schema).length > 0 ? [] : validateLists(object, schema)),
    ];
    return withRules(errors, object, old);
  };

  const withRules = (errors: FieldError[], object: KubeObject, old?: KubeObject): FieldError[] => {
    const { rules } = version;
    if (!rules) return errors;
    if (errors.some(({ type }) => BLOCKING.has(type))) {
      return [...errors, invalid(NO_PATH, null, 'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation')];
    }
    return [...errors, ...rules.validate(object, old)];
  };

  function typeFaults({ kind, apiVersion }: KubeObject): FieldError[] {
    const errors: FieldError[] = [];
    if (kind !== resource.kind) errors.push(invalid('kind', kind ?? '', `must be ${resource.kind}`));
    if (apiVersion !== apiVersionOf(resource)) errors.push(invalid('apiVersion', apiVersion ?? '', `must be ${apiVersionOf(resource)}`));
    return errors;
  }

  return {
    keepsGeneration: false,
    applyDefaults: (object) => applyDefaults(object, version.schema),
    prepareForCreate(object) {
      if (hasStatus) delete (object as WithStatus).status;
      (object.metadata ??= {}).generation = 1;
    },
    prepareForUpdate(object, old) {
      if (hasStatus) keepStatus(object, old);
      if (!equal({ ...object, metadata: undefined }, { ...old, metadata: undefined })) (object.metadata ??= {}).generation = (old.metadata?.generation ?? 0) + 1;
    },
    prepareForStatusUpdate(object, old) {
      const { managedFields, resourceVersion } = object.metadata ?? {};
      object.metadata = { ...(old.metadata as Draft<KubeObject['metadata']>), ...(resourceVersion === undefined ? {} : { resourceVersion }), ...(managedFields === undefined ? {} : { managedFields }) };
    },
    validate: (object) => validateWhole(object),
    validateUpdate: (object, old) => validateWhole(object, old),
    validateStatusUpdate(object, old) {
      const faults = typeFaults(object);
      if (faults.length > 0) return faults;
      const { schema, scale } = version;
      const { status } = object as WithStatus;
      const before = (old as WithStatus).status;
      const lists = validateLists(object, schema);
      const errors = [
        ...(status === undefined ? [] : validateSchema(status, propertyOf(schema, 'status'), 'status', before === undefined ? undefined : { value: before })),
        ...validateScaleStatus(object, scale),
        ...(lists.length > 0 && validateLists(old, schema).length === 0 ? lists : []),
      ];
      return withRules(errors, object, old);
    },
    warnings: finalizerWarnings,
    ...(selectable.length > 0 ? {
      selectableFields: (object: KubeObject) => Object.fromEntries(selectable.map(({ name, path }) => {
        const value = path.find(object)[0]?.[0];
        return [name, value === undefined || value === null ? '' : goText(value, 'int64')];
      })),
    } : {}),
  };
}

function keepStatus(object: Draft<KubeObject>, old: KubeObject): void {
  const { status } = old as WithStatus;
  if (status === undefined) delete (object as WithStatus).status;
  else (object as WithStatus).status = status;
}

const STANDARD_FINALIZERS: ReadonlySet<string> = new Set(['orphan', 'foregroundDeletion', 'kubernetes']);

/** New finalizers whose names might be somebody else's. */
function finalizerWarnings(object: KubeObject, old?: KubeObject): string[] {
  const before = new Set(old?.metadata?.finalizers);
  return [...new Set(object.metadata?.finalizers)].filter((name) => !before.has(name)).sort().flatMap((name) => {
    const at = `metadata.finalizers: ${goQuote(name)}: `;
    const texts = labelKeyErrors(name).map((text) => at + text);
    if (name.includes('/') || STANDARD_FINALIZERS.has(name)) return texts;
    return [...texts, `${at}prefer a domain-qualified finalizer name ${name.includes('.') ? 'including a path (/) ' : ''}to avoid accidental conflicts with other finalizer writers`];
  });
}
