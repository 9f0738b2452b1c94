/**
 * What files of `crds` say of their kinds' fields: which hold names of others, labels, annotations, names. Follows kustomize
 * api/internal/accumulator/loadconfigfromcrds.go.
 */
import { decodeYaml } from './decode.ts';
import { prefixed } from './errors.ts';
import type { FieldSpec } from './field-spec.ts';
import { EMPTY_CONFIG, mergeConfigs, type NameReference, type TransformerConfig } from './field-specs.ts';
import type { Loader } from './loader.ts';

type Property = Readonly<Record<string, unknown>>;
interface Definition {
  readonly Schema?: { readonly properties?: Readonly<Record<string, Property>> };
}
type Definitions = Readonly<Record<string, Definition>>;

export function loadCrds(loader: Loader, paths: readonly string[]): TransformerConfig {
  return paths.reduce((config, path) => {
    const text = loader.load(path).toString('utf8');
    const definitions = prefixed(`unable to parse open API definition from '${path}'`, () => decodeYaml<Definitions>('accumulator.nameToApiMap', text));
    return Object.keys(definitions).sort().reduce((merged, name) => (looksLikeKind(definitions[name]) ? mergeConfigs(merged, configOf(definitions, name)) : merged), config);
  }, EMPTY_CONFIG);
}

function looksLikeKind(definition: Definition | undefined): boolean {
  const properties = definition?.Schema?.properties ?? {};
  return ['kind', 'apiVersion', 'metadata'].every((name) => Object.hasOwn(properties, name));
}

function configOf(definitions: Definitions, name: string): TransformerConfig {
  const kind = name.slice(name.lastIndexOf('.') + 1);
  const found = { commonAnnotations: [] as FieldSpec[], commonLabels: [] as FieldSpec[], namePrefix: [] as FieldSpec[], nameReference: [] as NameReference[] };
  const walk = (type: string, path: readonly string[]): void => {
    for (const [field, property] of Object.entries(definitions[type]?.Schema?.properties ?? {})) {
      const at = [...path, field];
      const extension = (extensionName: string): string | undefined => {
        const value = property[`x-kubernetes-${extensionName}`];
        return typeof value === 'string' ? value : undefined;
      };
      const spec = (...more: string[]): FieldSpec => ({ kind, path: [...at, ...more].join('/') });
      if (extension('annotation') !== undefined) found.commonAnnotations.push(spec());
      if (extension('label-selector') !== undefined) found.commonLabels.push(spec());
      if (extension('identity') !== undefined) found.namePrefix.push(spec());
      const [version, referenced] = [extension('object-ref-api-version'), extension('object-ref-kind')];
      if (version !== undefined && referenced !== undefined) found.nameReference.push({ kind: referenced, version, fieldSpecs: [spec(extension('object-ref-name-key') ?? 'name')] });
      if (typeof property['$ref'] === 'string') walk(property['$ref'], at);
    }
  };
  walk(name, []);
  return mergeConfigs(EMPTY_CONFIG, { ...EMPTY_CONFIG, ...found });
}
