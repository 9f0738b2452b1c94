/**
 * What a strategic merge patch must know of a kind: which lists merge by which key. The table is generated from the API
 * model and read on first use. Follows apimachinery pkg/util/strategicpatch/meta.go.
 */
import { PATCH_KINDS, PATCH_MODELS } from '../generated/patch-model.ts';
import { PatchError } from './json-map.ts';

/** A field as patches see it. */
export interface PatchField {
  /** The key by which elements of a merging list are told apart; '' for lists of primitives and unmerged lists. */
  readonly mergeKey: string;
  /** "merge", "replace", "retainKeys"; empty is upstream's default (merge maps, replace lists). */
  readonly strategies: readonly string[];
  /** The schema of the field's value, or of its elements. */
  readonly elementSchema: PatchSchema;
}

/** [model name or '', strategies joined by ',' , merge key] */
type FieldFacts = readonly [model: string, strategies?: string, mergeKey?: string];
type ModelFacts = Readonly<Record<string, FieldFacts>>;

const NO_FIELDS: ModelFacts = {};
let models: Readonly<Record<string, ModelFacts>> | undefined;
let kinds: Readonly<Record<string, string>> | undefined;

/** The patch schema of an object, or of a part of one. */
export class PatchSchema {
  readonly #fields: ModelFacts;

  constructor(readonly model: string) {
    models ??= JSON.parse(PATCH_MODELS) as Record<string, ModelFacts>;
    this.#fields = Object.hasOwn(models, model) ? (models[model] ?? NO_FIELDS) : NO_FIELDS;
  }

  /** The facts of a field that holds a map or a list. Throws PatchError where the type has no such field. */
  field(name: string): PatchField {
    const facts = Object.hasOwn(this.#fields, name) ? this.#fields[name] : undefined;
    if (!facts) {
      throw new PatchError(this.model === ''
        ? 'merging an object in json but data type is not struct, instead is: map'
        : `unable to find api field in struct ${this.model} for the json field ${JSON.stringify(name)}`);
    }
    const [model, strategies, mergeKey = ''] = facts;
    return { mergeKey, strategies: strategies ? strategies.split(',') : [], elementSchema: new PatchSchema(model) };
  }
}

/** The patch schema of a built-in kind; undefined for others, which take merge patches only. */
export function schemaForKind(apiVersion: string, kind: string): PatchSchema | undefined {
  kinds ??= JSON.parse(PATCH_KINDS) as Record<string, string>;
  const id = `${apiVersion}/${kind}`;
  const model = Object.hasOwn(kinds, id) ? kinds[id] : undefined;
  return model === undefined ? undefined : new PatchSchema(model);
}

/** Takes "retainKeys" apart from the strategy beside it. */
export function splitStrategies(strategies: readonly string[]): { readonly retainKeys: boolean; readonly strategy: string } {
  const others = strategies.filter((strategy) => strategy !== 'retainKeys');
  if (others.length > 1) throw new PatchError(`unexpected patch strategy: [${strategies.join(' ')}]`);
  return { retainKeys: others.length < strategies.length, strategy: others[0] ?? '' };
}
