/**
 * Compiles ajv validators for the kinds of each API group and version (src/apiserver/generated/), and writes the table by
 * which an object is decoded field by field (src/api/generated/decode-table.ts).
 *
 * A validator accepts exactly what Go's decoder and encoder would give back unchanged: known fields, right types, no
 * nulls, no zero values that are left out, canonical quantities and times. Most bodies are of that form (they come from
 * components that read the object before), and need no more work. All others are decoded with the table.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { transformSync } from 'esbuild';
import { root } from './root.mjs';

const models = JSON.parse(readFileSync(join(root, 'src/api/generated/model.json'), 'utf8'));
const go = JSON.parse(readFileSync(join(root, 'schemas/go-facts.json'), 'utf8'));
const structs = JSON.parse(readFileSync(join(root, 'schemas/structs.json'), 'utf8'));
const resources = [...readFileSync(join(root, 'src/api/generated/resources.ts'), 'utf8').matchAll(/^ {2}(\{.*\}),$/gm)].map((match) => JSON.parse(match[1]));
const target = join(root, 'src/apiserver/generated');
mkdirSync(target, { recursive: true });
const write = (name, text, folder = target) => {
  const file = join(folder, name);
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text);
};

const unknown = new Set(go.unknown);
/** Of models that nothing is known of, every field is taken to be a pointer: what is given stays as it is. */
const isPointer = (model, field) => unknown.has(model) || (go.pointers[model]?.includes(field) ?? false);
/** The model that a field may hold beside other things, of which the OpenAPI says nothing. */
const unionOf = (model, field) => go.unions[model]?.[field];
const isAlways = (model, field) => go.always[model]?.includes(field) ?? false;

const TIME = '\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])T(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d';
const formats = {
  // Quantities that are surely canonical; others may be, and are looked at.
  quantity: /^(?:0|(?!\d*000m$)[1-9]\d{0,14}m|(?!\d*000$)[1-9]\d{0,14}|[1-9]\d{0,2}(?:[kMGTPE]|[KMGTPE]i))$/,
  time: new RegExp(`^${TIME}Z$`),
  microtime: new RegExp(`^${TIME}\\.\\d{6}Z$`),
  bytes: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
};

/** The schema of a value; `zero`: whether its zero value is written. */
function schemaOf(shape, zero) {
  if (shape.array) return { type: 'array', items: schemaOf(shape.array, true), ...(zero ? {} : { minItems: 1 }) };
  if (shape.map) return { type: 'object', additionalProperties: schemaOf(shape.map, true), ...(zero ? {} : { minProperties: 1 }) };
  if (shape.ref) return { $ref: shape.ref };
  switch (shape.type) {
    case 'string': return { type: 'string', ...(zero ? {} : { minLength: 1 }) };
    case 'boolean': return zero ? { type: 'boolean' } : { const: true };
    case 'int32': return { type: 'integer', minimum: zero ? -(2 ** 31) : 1, maximum: 2 ** 31 - 1 };
    case 'int64': return { type: 'integer', minimum: zero ? Number.MIN_SAFE_INTEGER : 1, maximum: Number.MAX_SAFE_INTEGER };
    case 'double': return { type: 'number' };
    case 'quantity': return { type: 'string', format: 'quantity' };
    case 'time': return { type: 'string', format: 'time' };
    case 'microtime': return { type: 'string', format: 'microtime' };
    case 'int-or-string': return { type: ['integer', 'string'] };
    case 'bytes': return { type: 'string', format: 'bytes', ...(zero ? {} : { minLength: 1 }) };
    default: return { type: ['object', 'array', 'string', 'number', 'boolean'] };
  }
}

function modelSchema(name) {
  const properties = {};
  const required = [];
  for (const [field, shape] of Object.entries(models[name].fields)) {
    const pointer = isPointer(name, field);
    const always = isAlways(name, field);
    const union = unionOf(name, field);
    properties[field] = union ? { $ref: `${union}Union` } : schemaOf(shape, pointer || always || shape.required === true);
    // A time that was never set is null.
    if (!pointer && (shape.type === 'time' || shape.type === 'microtime')) properties[field].type = ['string', 'null'];
    if (always || (!pointer && (shape.ref || ['quantity', 'time', 'microtime'].includes(shape.type)))) required.push(field);
  }
  return { $id: name, type: 'object', properties, additionalProperties: false, ...(required.length > 0 ? { required } : {}) };
}

/** The model, a list of it, or true or false. Its keywords apply to what is of their type. */
function unionSchema(name) {
  const { properties, required, additionalProperties } = modelSchema(name);
  return { $id: `${name}Union`, type: ['object', 'array', 'boolean'], items: { $ref: name }, properties, additionalProperties, ...(required ? { required } : {}) };
}

function reachable(names) {
  const found = new Set();
  const visit = (name) => {
    if (found.has(name) || !models[name]) return;
    found.add(name);
    for (const shape of Object.values(models[name].fields)) {
      const inner = shape.array ?? shape.map ?? shape;
      if (inner.ref) visit(inner.ref);
    }
  };
  names.forEach(visit);
  return found;
}

/**
 * Takes out what only describes errors (a validator here says yes or no; the words come from decoding with the table), and
 * the parts of the schemas that ajv copies into its code and does not read.
 */
function slim(code) {
  const silent = code
    .replace(/\{instancePath:[^{}]*(?:\{[^{}]*\}[^{}]*)?\}/g, '{}')
    .replace(/\{instancePath:(?:[^{}]|\{[^{}]*\})*\}/g, '{}')
    // The schemas have no alternatives: the first fault of a part is the fault of the whole.
    .replace(/validate\d+\.errors\s*=\s*\[\{\}\];\s*return false;(?:\s*break;)?/g, 'return false;')
    .replace(/\{\s*vErrors = vErrors === null \? (?:validate\d+|wrapper\d+\.validate)\.errors : vErrors\.concat\((?:validate\d+|wrapper\d+\.validate)\.errors\);\s*errors = vErrors\.length;\s*\}/g, '{return false;}')
    .replace(/const (schema\d+) = (\{"\$id":.*?"additionalProperties":false(?:,"required":\[[^\]]*\])?\});/g, (_, name, json) => {
      const { properties } = JSON.parse(json);
      return `const ${name}={properties:{${Object.keys(properties).map((key) => `${JSON.stringify(key)}:1`).join(',')}}};`;
    });
  return transformSync(silent, { minify: true, format: 'esm', treeShaking: true, legalComments: 'none' }).code;
}

/** A field as the decoder's table has it: "shape|flags|Go type"; shapes are letters, [ a list, { a map, R a model, U what may be one. */
const LETTERS = { string: 's', boolean: 'b', int32: 'i', int64: 'l', double: 'd', quantity: 'q', time: 't', microtime: 'm', 'int-or-string': 'o', bytes: 'y', any: 'a' };
const shapeText = (shape) => (shape.array ? `[${shapeText(shape.array)}` : shape.map ? `{${shapeText(shape.map)}` : shape.ref ? `R${shape.ref}` : LETTERS[shape.type]);
const rowShape = (name, field, shape) => (unionOf(name, field) ? `U${unionOf(name, field)}` : shapeText(shape));
/** The fields of Go's structs in their order, those of inlined structs among them. */
const ordered = Object.assign({}, ...Object.values(structs.packages), structs.json);
const orderOf = (name) => (ordered[name] ?? '').split(' ').flatMap((word) => (word.startsWith('~') ? orderOf(word.slice(1).split('=')[0]) : word.split('=')[0]));
/** A model's fields as Go writes them; of a struct that nothing is known of, as the API's description has them. */
function fieldsInOrder(name) {
  const all = models[name].fields;
  const names = [...new Set(['kind', 'apiVersion', ...Object.keys(all)])];
  const order = orderOf(name);
  const rank = (field) => (order.includes(field) ? order.indexOf(field) : field === 'kind' || field === 'apiVersion' ? -1 : order.length);
  return names.filter((field) => all[field]).sort((a, b) => rank(a) - rank(b)).map((field) => [field, all[field]]);
}

/** "Pod Pod\tkind=s\tapiVersion=s …": the model, its Go name and its fields. */
function tableRow(name) {
  const fields = fieldsInOrder(name).map(([field, shape]) => {
    const kept = isAlways(name, field) || ((shape.array || shape.map) && shape.required);
    const row = [rowShape(name, field, shape), `${isPointer(name, field) ? 'p' : ''}${kept ? 'w' : ''}`, go.types[name]?.[field] ?? ''];
    while (row.length > 1 && row.at(-1) === '') row.pop();
    return `${field}=${row.join('|')}`;
  });
  return [`${name} ${go.names[name] ?? name}`, ...fields].join('\t');
}

/** Bodies that subresources take. */
const SUBRESOURCE_MODELS = ['Scale', 'Eviction', 'Binding', 'AuthenticationV1TokenRequest', 'DeleteOptions'];

const versions = new Map();
for (const resource of resources) {
  if (!resource.servedByDefault) continue;
  const id = `${resource.group ? `${resource.group}/` : ''}${resource.version}`;
  versions.set(id, (versions.get(id) ?? new Set()).add(resource.model));
}
const table = [...reachable([...resources.map(({ model }) => model), ...SUBRESOURCE_MODELS])].sort().map(tableRow).join('\n');
write('decode-table.ts', `// Generated by src/build/compile-schemas.mjs. Do not edit.\n\n/** A line for each model: "model Go-name", and for each field "name=shape|flags|Go type", between tabs. */\nexport const DECODE_TABLE = ${JSON.stringify(table)};\n`, join(root, 'src/api/generated'));

/** Of the models in which anything is written as null: their own such fields, and the way to those of others. */
function nullFields() {
  const known = new Map();
  const visit = (name) => {
    if (known.has(name)) return known.get(name);
    // A model inside itself has nothing that it does not have outside.
    known.set(name, undefined);
    const children = [];
    for (const [field, shape] of Object.entries(models[name]?.fields ?? {})) {
      const { ref } = shape.array ?? shape.map ?? shape;
      if (!ref || !visit(ref)) continue;
      if (shape.map) throw new Error(`${name}.${field}: nil fields in maps are not provided for`);
      children.push([field, shape.array ? 'list' : 'struct', ref]);
    }
    const nulls = go.nulls[name] ?? [];
    if (nulls.length > 0 || children.length > 0) known.set(name, { nulls, children });
    return known.get(name);
  };
  for (const { model, servedByDefault } of resources) if (servedByDefault) visit(model);
  return Object.fromEntries([...known].filter(([, row]) => row).sort(([a], [b]) => (a < b ? -1 : 1)));
}
write('null-fields.ts', `// Generated by src/build/compile-schemas.mjs. Do not edit.\n\n/** What of a model is written as null where it is nil, and in which fields there are models that have such. */\nexport interface NullFields {\n  readonly nulls: readonly string[];\n  readonly children: readonly (readonly [field: string, holds: 'struct' | 'list', model: string])[];\n}\n\n/** By model; models without any are not there. */\nexport const NULL_FIELDS: Readonly<Record<string, NullFields>> = {\n${Object.entries(nullFields()).map(([name, row]) => `  ${name}: ${JSON.stringify(row)},`).join('\n')}\n};\n`, join(root, 'src/api/generated'));

const unions = [...new Set(Object.values(go.unions).flatMap((fields) => Object.values(fields)))];
const loaders = [];
for (const [id, kinds] of versions) {
  const names = reachable([...kinds]);
  const ajv = new Ajv({ code: { source: true, esm: true, lines: false, optimize: 1 }, strict: false, messages: false, inlineRefs: false, unicode: false, logger: false, allowUnionTypes: true, formats, schemas: [...[...names].map(modelSchema), ...unions.filter((name) => names.has(name)).map(unionSchema)] });
  const file = `${id.replaceAll('/', '-')}.mjs`;
  const code = slim(standaloneCode(ajv, Object.fromEntries([...kinds].map((name) => [name, name]))));
  write(file, code);
  write(file.replace('.mjs', '.d.mts'), `${[...kinds].map((name) => `export declare function ${name}(value: unknown): boolean;`).join('\n')}\n`);
  loaders.push(`  ${JSON.stringify(id)}: () => import('./${file}'),`);
}
write('validators.ts', `// Generated by src/build/compile-schemas.mjs. Do not edit.\n\n/** Modules of compiled validators by apiVersion; in each one function per model. */\nexport const VALIDATORS: Readonly<Record<string, () => Promise<Readonly<Record<string, (value: unknown) => boolean>>>>> = {\n${loaders.join('\n')}\n};\n`);
