/** Strategy of CustomResourceDefinitions. Follows apiextensions-apiserver pkg/apis/apiextensions/v1/defaults.go and pkg/registry/customresourcedefinition/strategy.go. */
import type { CustomResourceDefinition } from '../../api/generated/types.ts';
import type { Draft } from '../../api/json.ts';
import type { Strategy } from '../strategy.ts';
import { definitionNameErrors, validateDefinition, validateDefinitionStatusUpdate, validateDefinitionUpdate } from '../validation/custom-resource-definition.ts';
import { invalid, type FieldError } from '../validation/field.ts';

function applyDefaults({ spec }: Draft<CustomResourceDefinition>): void {
  const { names } = spec;
  // Lists may be left out, of all that has to be there.
  (spec as Partial<typeof spec>).versions ??= [];
  if (!names.singular) names.singular = names.kind.toLowerCase();
  if (!names.listKind && names.kind) names.listKind = `${names.kind}List`;
  spec.conversion ??= { strategy: 'None' };
  const service = spec.conversion.webhook?.clientConfig?.service;
  if (service) service.port ??= 443;
}

/** Objects may lie in the storage version from now on. */
function noteStorageVersion(definition: Draft<CustomResourceDefinition>): void {
  const storage = definition.spec?.versions?.find((version) => version.storage)?.name;
  const stored = ((definition.status ??= {}).storedVersions ??= []);
  if (storage !== undefined && !stored.includes(storage)) stored.push(storage);
}

/** Fields that Go writes though nobody has set them. */
const emptyStatus = (): Draft<NonNullable<CustomResourceDefinition['status']>> => ({ acceptedNames: { kind: '', plural: '' }, storedVersions: [] });

export const customResourceDefinitionStrategy: Strategy<CustomResourceDefinition> = {
  keepsGeneration: true,
  allowUnconditionalUpdate: false,
  applyDefaults,
  prepareForCreate(definition) {
    definition.status = emptyStatus();
    noteStorageVersion(definition);
  },
  prepareForUpdate(definition, old) {
    definition.status = { ...emptyStatus(), ...(old.status as Draft<CustomResourceDefinition['status']>) };
    definition.status.storedVersions = [...(old.status?.storedVersions ?? [])];
    noteStorageVersion(definition);
  },
  validate: (definition) => [...nameFaults(definition), ...validateDefinition(definition)],
  validateUpdate: validateDefinitionUpdate,
  validateStatusUpdate: validateDefinitionStatusUpdate,
};

function nameFaults({ metadata, spec }: CustomResourceDefinition): FieldError[] {
  const name = metadata?.name ?? '';
  return definitionNameErrors(name, spec).map((text) => invalid('metadata.name', name, text));
}
