/** Paths to fields of a schema: ".spec.image", "['a.b'].c". Follows apiextensions-apiserver pkg/apiserver/schema/cel/validation.go: ValidFieldPath. */
import { additionalOf, propertyOf, type Schema } from './schema.ts';

export interface FoundField {
  /** As field errors write it: "spec.image", "[a.b].c". */
  readonly path: string;
  /** The first name on the way. */
  readonly first: string;
  readonly schema: Schema;
}

const ESCAPES: Readonly<Record<string, string>> = { a: '\u0007', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', "'": "'", '\\': '\\' };
const TOKEN = /'(?:[^'\\]|\\[\s\S])*'|[.[\]]|[^.[\]]+/g;

/** The field that a path leads to. Throws an Error that says why it leads nowhere. */
export function findField(path: string, schema: Schema, arrayNotation = true): FoundField {
  const tokens = path.match(TOKEN) ?? [];
  let found: FoundField = { path: '', first: '', schema };
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] ?? '';
    if (token !== '.' && token !== '[') throw new Error(`expected [ or . but got: ${token}`);
    if (token === '[' && !arrayNotation) throw new Error('array notation is not allowed');
    const next = tokens[++i];
    if (next === undefined) throw new Error('unexpected end of JSON path');
    found = step(found, token === '[' ? quoted(next) : next);
    if (token !== '[') continue;
    const end = tokens[++i];
    if (end === undefined) throw new Error('unexpected end of JSON path');
    if (end !== ']') throw new Error(`expected ] but got ${end}`);
  }
  return found;
}

function step({ path, first, schema }: FoundField, name: string): FoundField {
  const nowhere = () => new Error('does not refer to a valid field');
  if (schema.properties) {
    const property = propertyOf(schema, name);
    if (!property) throw nowhere();
    return { path: path === '' ? name : `${path}.${name}`, first: first || name, schema: property };
  }
  const additional = additionalOf(schema);
  if (!additional) throw nowhere();
  return { path: `${path}[${name}]`, first: first || name, schema: additional };
}

function quoted(token: string): string {
  if (!/^'[\s\S]*'$/.test(token) || token.length < 2) throw new Error(`expected single quoted string but got ${token}`);
  return token.slice(1, -1).replace(/\\([\s\S])/g, (whole, escaped: string) => {
    const meant = ESCAPES[escaped];
    if (meant === undefined) throw new Error(`invalid string literal: invalid escape char ${whole}`);
    return meant;
  });
}
