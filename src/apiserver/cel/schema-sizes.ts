/** How large values of a schema may be, and how often they may stand in one object. Follows apiserver pkg/cel/common/schemas.go, and the limits of apiextensions pkg/apis/apiextensions/validation. */
import type { SizeLookup } from './cost.ts';
import { escapeProperty, withTypeMeta, type Schema } from './schema.ts';

/** What one rule may cost at most, over all the values that it is evaluated for. */
export const STATIC_COST_LIMIT = 10_000_000;
/** What all rules of a definition's version may cost together. */
export const STATIC_CRD_COST_LIMIT = 100_000_000;

const MOST_BYTES = 3 * 1024 * 1024;
const MOST = 2 ** 63;

interface Sized {
  /** The fewest bytes that such a value takes. */
  readonly minSize: number;
  /** The most items, entries or characters. */
  readonly most: number;
  readonly fields?: ReadonlyMap<string, Sized>;
  readonly items?: Sized;
  readonly keys?: Sized;
}

export interface SchemaSizes {
  readonly sizeOf: SizeLookup;
  /** How often values of the schema may stand in one object at most, where nothing around them says so. */
  readonly cardinality: number;
}

const KEY: Sized = { minSize: 2, most: 0 };

/** @param root whether it is the schema of a whole resource */
export function schemaSizes(schema: Schema, root = false): SchemaSizes {
  const whole = sized(schema, root);
  return {
    sizeOf: ([, ...steps]) => {
      let at: Sized | undefined = whole;
      for (const step of steps) at = step === '@items' || step === '@values' ? at?.items : step === '@keys' ? at?.keys : at?.fields?.get(step);
      return at?.most;
    },
    cardinality: Math.floor(MOST_BYTES / ((whole?.minSize ?? 1) + 1)),
  };
}

function sized(schema: Schema, root: boolean): Sized | undefined {
  if (schema['x-kubernetes-int-or-string']) return { minSize: 1, most: schema.maxLength === undefined ? MOST_BYTES - 2 : schema.maxLength * 4 };
  const whole = root ? withTypeMeta(schema) : schema;
  const below = (child: Schema): Sized | undefined => sized(child, child['x-kubernetes-embedded-resource'] ?? false);
  switch (whole.type) {
    case 'array': {
      const items = whole.items && below(whole.items);
      return items && { minSize: 2, most: Math.max(0, whole.maxItems ?? Math.floor((MOST_BYTES - 2) / (items.minSize + 1))), items };
    }
    case 'object': {
      const { additionalProperties } = whole;
      if (typeof additionalProperties !== 'object') return sizedObject(whole, below);
      const values = below(additionalProperties);
      return values && { minSize: 2, most: Math.max(0, whole.maxProperties ?? Math.floor((MOST_BYTES - 2) / (values.minSize + 6))), items: values, keys: KEY };
    }
    case 'string':
      return sizedText(whole);
    case 'boolean':
      return { minSize: 4, most: 0 };
    case 'number':
    case 'integer':
      return { minSize: 1, most: 0 };
    default:
      return undefined;
  }
}

function sizedObject({ properties = {}, required = [] }: Schema, below: (child: Schema) => Sized | undefined): Sized {
  const fields = new Map<string, Sized>();
  let minSize = 2;
  for (const [name, property] of Object.entries(properties)) {
    const field = below(property);
    if (!field) continue;
    const escaped = escapeProperty(name);
    if (escaped !== undefined) fields.set(escaped, field);
    if (required.includes(name) && property.default === undefined) minSize += name.length + field.minSize + 4;
  }
  return { minSize, most: 0, fields };
}

function sizedText({ format, maxLength, enum: values }: Schema): Sized {
  switch (format) {
    case 'byte':
      return { minSize: 2, most: Math.max(0, maxLength ?? MOST_BYTES - 2) };
    case 'duration':
      return { minSize: 3, most: 32 };
    case 'date':
      return { minSize: 12, most: 12 };
    case 'date-time':
      return { minSize: 21, most: 32 };
    default:
      if (maxLength !== undefined) return { minSize: 2, most: Math.min(MOST, Math.max(0, maxLength) * 4) };
      return { minSize: 2, most: values?.length ? Math.max(...values.map((value) => (typeof value === 'string' ? value.length : 0))) : MOST_BYTES - 2 };
  }
}

/** What is said of a rule that may cost too much. */
export function costMessage(what: string, cost: number, limit: number): string {
  const factor = cost / limit;
  const shown = factor > 100 ? 'more than 100x' : factor < 1.5 ? `${factor.toFixed(6)}x` : `${factor.toFixed(1)}x`;
  return `${what} exceeds budget by factor of ${shown} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)`;
}
