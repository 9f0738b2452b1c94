/**
 * Generates the API model (src/api/generated/) from the models and request classes that
 * @kubernetes/client-node carries for Kubernetes v1.33, joined with the facts in schemas/api-facts.json
 * that those classes lack (merge keys, quantities, short names, categories).
 *
 *   types.ts       an interface for each model; read-only, as stored objects are frozen
 *   kinds.ts       KindMap: apiVersion/kind -> type
 *   resources.ts   the table of resources: group, version, plural, kind, scope, verbs, subresources
 *   model.json     for each model its fields: type, format, required, list and patch facts
 *   docs.json      for each model its descriptions (only `explain` and OpenAPI load it)
 *   columns.json   for each kind its table columns' descriptions, from schemas/table-columns.json: "=Model.field" is that field's
 */
import { readFileSync, readdirSync, mkdirSync, writeFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { descriptions } from './descriptions.mjs';
import { root } from './root.mjs';

const source = join(root, 'node_modules/@kubernetes/client-node/dist/gen');
const target = join(root, 'src/api/generated');
const facts = JSON.parse(readFileSync(join(root, 'schemas/api-facts.json'), 'utf8'));

/** Models whose plain name two groups share: the core group's keeps the plain name. */
const modelName = (name) => name.replace(/^CoreV1(?=[A-Z])/, '').replace(/^V1(?=[A-Z])/, '');

/** `name?: type` pairs with their descriptions, read from a model's declaration file. */
function parseDeclaration(text) {
  const fields = new Map();
  const header = /\/\*\*\n((?:\* .*\n)+)\*\/\nexport declare class/.exec(text);
  const pattern = /(?: {4}\/\*\*\n((?: {4}\*.*\n)+?) {4}\*\/\n)? {4}'([^']+)'(\?)?: /g;
  for (const match of text.matchAll(pattern)) {
    const description = (match[1] ?? '').split('\n').map((line) => line.replace(/^ {4}\* ?/, '')).join('\n').trim();
    fields.set(match[2], { optional: match[3] === '?', description });
  }
  const description = header ? header[1].replace(/^\* /gm, '').trim() : '';
  return { fields, description };
}

/** "Array<V1Container>" and the like -> {array|map|ref|type}. */
function parseType(text, format, isQuantity) {
  const array = /^(?:Array|Set)<(.*)>$/.exec(text);
  if (array) return { array: parseType(array[1], format, isQuantity) };
  const map = /^\{ \[key: string\]: (.*); \}$/.exec(text);
  if (map) return { map: parseType(map[1], format, isQuantity) };
  if (isQuantity) return { type: 'quantity' };
  switch (text) {
    case 'string': return format === 'byte' ? { type: 'bytes' } : { type: 'string' };
    case 'boolean': return { type: 'boolean' };
    case 'number': return { type: format === 'double' || format === 'float' ? 'double' : format === 'int64' ? 'int64' : 'int32' };
    case 'Date': return { type: 'time' };
    case 'V1MicroTime': return { type: 'microtime' };
    case 'IntOrString': return { type: 'int-or-string' };
    case 'any': return { type: 'any' };
    default: return { ref: modelName(text) };
  }
}

/** Tells the name of the schema of a free form, of a list's or a map's values where it is one of those. */
function withName(shape, named) {
  if (shape.array) return { array: withName(shape.array, named) };
  return shape.map ? { map: withName(shape.map, named) } : { ...shape, named };
}

/** The words that a field, or each item of a list, may be. */
function wordsOf(fact) {
  if (fact === undefined) return {};
  return { enum: typeof fact === 'string' ? facts.enumTypes[fact] : fact };
}

function typescriptOf(shape) {
  if (shape.array) return `readonly ${wrap(typescriptOf(shape.array))}[]`;
  if (shape.map) return `{ readonly [key: string]: ${typescriptOf(shape.map)} }`;
  if (shape.ref) return shape.ref;
  switch (shape.type) {
    case 'int32': case 'int64': case 'double': return 'number';
    case 'boolean': return 'boolean';
    case 'int-or-string': return 'number | string';
    case 'any': return 'JsonValue';
    default: return 'string';
  }
}
const wrap = (type) => (type.includes('|') || type.startsWith('readonly') ? `(${type})` : type);
const property = (name) => (/^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name));

async function readModels() {
  const models = {};
  const docs = {};
  const { of, forms } = descriptions();
  const files = readdirSync(join(source, 'models')).filter((file) => file.endsWith('.js') && !/^(all|ObjectSerializer)/.test(file));
  for (const file of files.sort()) {
    const original = file.slice(0, -3);
    const module = await import(join(source, 'models', file));
    const attributes = module[original]?.attributeTypeMap;
    if (!attributes || original === 'V1MicroTime' || original === 'IntOrString') continue;
    const name = modelName(original);
    const declaration = parseDeclaration(readFileSync(join(source, 'models', `${original}.d.ts`), 'utf8'));
    const fields = {};
    const fieldDocs = {};
    for (const attribute of attributes) {
      const declared = declaration.fields.get(attribute.name);
      const path = `${name}.${attribute.baseName}`;
      const shape = parseType(attribute.type, attribute.format, facts.quantities.includes(path));
      const atomic = facts.atomicLists[name]?.includes(attribute.baseName) ? { listType: 'atomic' } : {};
      const named = facts.named[path];
      const words = wordsOf(facts.enums[name]?.[attribute.baseName]);
      fields[attribute.baseName] = { ...(named ? withName(shape, named) : shape), ...words, ...(declared.optional ? {} : { required: true }), ...atomic, ...(facts.lists[path] ?? {}) };
      if (declared.description) fieldDocs[attribute.baseName] = unescape(declared.description);
    }
    models[name] = { fields, ...(facts.atomic.includes(name) ? { atomic: true } : {}), ...(facts.unions[name] ? { union: facts.unions[name] } : {}) };
    const known = of(original);
    // The fields that each kind has it describes nowhere.
    const { apiVersion, kind } = fieldDocs;
    docs[name] = known ? { description: known.description, fields: { ...(apiVersion && { apiVersion }), ...(kind && { kind }), ...known.fields } } : { description: unescape(declaration.description), fields: fieldDocs };
  }
  for (const [name, description] of Object.entries(forms)) docs[name] ??= { description, fields: {} };
  return { models, docs };
}

/** The package's generator escapes quotation marks in comments. */
function unescape(text) {
  return text?.replace(/\\(["'])/g, '$1');
}

const VERB_ORDER = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** Reads paths, HTTP methods and body types of every generated request class. */
function readResources() {
  const resources = new Map();
  const index = readFileSync(join(source, 'index.js'), 'utf8') + readFileSync(join(source, 'types/PromiseAPI.js'), 'utf8');
  for (const file of readdirSync(join(source, 'apis')).filter((name) => /Api\.js$/.test(name) && index.includes(`Promise${name.slice(0, -3)}`)).sort()) {
    const text = readFileSync(join(source, 'apis', file), 'utf8');
    const results = new Map();
    for (const match of text.matchAll(/async (\w+)WithHttpInfo\(response\) \{[\s\S]*?deserialize\([^"]*"([^"]+)"/g)) results.set(match[1], match[2]);
    const requests = text.matchAll(/async (\w+)\([^)]*\) \{\n(?:(?!\n {4}\}\n)[\s\S])*?const localVarPath = '([^']+)'[\s\S]*?makeRequestContext\(localVarPath, HttpMethod\.(\w+)\)/g);
    for (const [, method, path, http] of requests) {
      const match = /^\/(?:api\/(?<core>v\w+)|apis\/(?<group>[^/]+)\/(?<version>v\w+))\/(?:namespaces\/\{namespace\}\/)?(?<plural>[a-z]+)(?<item>\/\{name\})?(?:\/(?<sub>[a-z]+))?(?<rest>\/\{path\})?$/.exec(path);
      if (!match || path.includes('/watch/') || match.groups.rest) continue;
      const { core, group = '', version = core, plural, item, sub } = match.groups;
      const id = `${group}/${version}/${plural}`;
      const entry = resources.get(id) ?? { group, version, plural, namespaced: false, verbs: new Set(), subresources: new Map() };
      resources.set(id, entry);
      if (path.includes('/namespaces/{namespace}/') ) entry.namespaced = true;
      const result = results.get(method);
      const verb = http === 'GET' ? (item ? 'get' : 'list') : http === 'POST' ? 'create' : http === 'PUT' ? 'update' : http === 'PATCH' ? 'patch' : http === 'DELETE' ? (item ? 'delete' : 'deletecollection') : undefined;
      if (!verb) continue;
      if (sub) {
        const known = entry.subresources.get(sub) ?? { verbs: new Set(), kind: undefined };
        known.verbs.add(verb);
        if (result && result !== 'string') known.kind = modelName(result);
        entry.subresources.set(sub, known);
        continue;
      }
      entry.verbs.add(verb);
      if (verb === 'list') entry.verbs.add('watch');
      if ((verb === 'create' || verb === 'get') && result && result !== 'V1Status') entry.model = modelName(result);
      if (verb === 'list' && !entry.model) entry.listModel = modelName(result);
    }
  }
  const sort = (verbs) => VERB_ORDER.filter((verb) => verbs.has(verb));
  return [...resources.values()].filter((entry) => entry.model || entry.listModel).map((entry) => {
    const model = entry.model ?? entry.listModel.replace(/List$/, '');
    const fact = facts.resources[`${entry.plural}${entry.group ? '.' + entry.group : ''}`] ?? {};
    return {
      group: entry.group, version: entry.version, plural: entry.plural,
      singular: kindOf(model).toLowerCase(), kind: kindOf(model), model,
      // A fresh v1.33 cluster serves stable versions only; others wait for --runtime-config.
      servedByDefault: !/alpha|beta/.test(entry.version),
      namespaced: entry.namespaced, verbs: sort(entry.verbs).filter((verb) => verb !== 'watch' || fact.watch !== false),
      shortNames: fact.shortNames ?? [], categories: fact.categories ?? [],
      subresources: Object.fromEntries([...entry.subresources].map(([name, sub]) => [name, { kind: sub.kind ? kindOf(sub.kind) : '', verbs: sort(sub.verbs) }])),
    };
  });
}
const kindOf = (model) => model.replace(/^(?:[A-Z][a-z]+)?V\d+(?:(?:alpha|beta)\d+)?(?=[A-Z])/, '');

/** Groups in the order in which an API server lists them; versions best first (kube-aggregator's priorities). */
function bySignificance(a, b) {
  const order = (entry) => (facts.groups.includes(entry.group) ? facts.groups.indexOf(entry.group) : facts.groups.length);
  return order(a) - order(b) || versionRank(b.version) - versionRank(a.version) || (a.plural < b.plural ? -1 : 1);
}
/** v2 > v1 > v1beta2 > v1beta1 > v1alpha1, as apimachinery's version.CompareKubeAwareVersionStrings. */
function versionRank(version) {
  const [, major, stage, minor] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
  return (stage === 'alpha' ? 1 : stage === 'beta' ? 2 : 3) * 1e6 + Number(major) * 1e3 + Number(minor ?? 0);
}

const write = (name, text) => {
  const file = join(target, name);
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text);
};

const { models, docs } = await readModels();
const resources = readResources().sort(bySignificance);
mkdirSync(target, { recursive: true });

const banner = '// Generated by src/build/generate-api.mjs. Do not edit.\n';
const types = [banner, "import type { JsonValue } from '../json.ts';\n"];
for (const [name, model] of Object.entries(models)) {
  types.push(`export interface ${name} {`);
  for (const [field, shape] of Object.entries(model.fields)) types.push(`  readonly ${property(field)}${shape.required ? '' : '?'}: ${typescriptOf(shape)};`);
  types.push('}\n');
}
write('types.ts', types.join('\n'));

const kinds = [banner, "import type * as model from './types.ts';\n", '/** Every top-level kind by "apiVersion/kind". */', 'export interface KindMap {'];
for (const id of new Set(resources.map((r) => `${r.group ? r.group + '/' : ''}${r.version}/${r.kind}=${r.model}`))) {
  const [key, model] = id.split('=');
  kinds.push(`  readonly '${key}': model.${model};`);
}
kinds.push('}\n');
write('kinds.ts', kinds.join('\n'));

write('resources.ts', `${banner}import type { ResourceFacts } from '../resource.ts';\n\nexport const RESOURCES: readonly ResourceFacts[] = [\n${resources.map((r) => `  ${JSON.stringify(r)},`).join('\n')}\n];\n`);
write('model.json', `${JSON.stringify(models)}\n`);
write('docs.json', `${JSON.stringify(docs)}\n`);

const columns = JSON.parse(readFileSync(join(root, 'schemas/table-columns.json'), 'utf8'));
for (const texts of Object.values(columns))
  for (const [column, text] of Object.entries(texts)) {
    const [, model, field] = /^=(\w+)\.(\w+)$/.exec(text) ?? [];
    if (!model) continue;
    texts[column] = docs[model]?.fields[field];
    if (!texts[column]) throw new Error(`schemas/table-columns.json: nothing is known of ${text}`);
  }
write('columns.json', `${JSON.stringify(columns)}\n`);
