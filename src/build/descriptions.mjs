/**
 * What Kubernetes says of its models and their fields: read from the declarations of kubernetes-models, which are made from
 * the OpenAPI document of a v1.33 cluster. @kubernetes/client-node's, which the API model is made of, lack the words beside
 * references, what the words of enumerations mean, and the ends of paragraphs.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.mjs';

const modules = join(root, 'node_modules');
const PACKAGES = ['kubernetes-models', '@kubernetes-models/apimachinery'].map((name) => join(modules, name));

/** A comment's text: without its stars and tags, and with what ends a comment as it was. */
const textOf = (comment) => comment.split('\n').map((line) => line.replace(/^\s*\* ?/, '')).join('\n').replace(/\n@deprecated\s*$/, '').trim().replaceAll('*\\/', '*/').replaceAll('\\*', '*');

/** @returns {Map<string, {description?: string, fields: Record<string, string>}>} by alias: "IoK8sApiCoreV1Affinity" */
function readDeclarations() {
  const found = new Map();
  for (const folder of PACKAGES) {
    for (const file of readdirSync(folder, { recursive: true })) {
      if (!file.endsWith('.d.ts')) continue;
      const text = readFileSync(join(folder, file), 'utf8');
      const alias = /^export \{ I\w+ as I(\w+)/m.exec(text)?.[1];
      const body = /(?:\/\*\*\n((?: \*.*\n)+?) \*\/\n)?export (?:interface I\w+ (?:extends \w+ )?\{\n([\s\S]*?)^\}\n|declare type I)/m.exec(text);
      if (!alias || !body) continue;
      const fields = Object.fromEntries([...(body[2] ?? '').matchAll(/ {4}\/\*\*\n((?: {5}\*.*\n)+?) {5}\*\/\n {4}"([^"]+)"\??: /g)].map(([, comment, field]) => [field, textOf(comment)]));
      found.set(alias, { ...(body[1] ? { description: textOf(body[1]) } : {}), fields });
    }
  }
  return found;
}

/** Of types that are no models: "Time", "JSON". One of them only kubernetes-types describes. */
function describedForms(all) {
  const quantity = /\/\*\*\n((?: \*.*\n)+?) \*\/\nexport (?:declare )?type Quantity/.exec(readFileSync(join(modules, 'kubernetes-types/api/resource.d.ts'), 'utf8'));
  const forms = [...all].filter(([, { fields }]) => Object.keys(fields).length === 0).map(([alias, { description }]) => [/(?:V1|Runtime|Intstr)(\w+)$/.exec(alias)?.[1], description]);
  return Object.fromEntries([...forms, ['Quantity', textOf(quantity[1])]].filter(([name, description]) => name && description));
}

/**
 * Descriptions by the name that @kubernetes/client-node has for a model ("V1Affinity", "EventsV1Event"), and those of
 * types that are no models. Throws an Error where a name fits several.
 * @returns {{of: (name: string) => {description?: string, fields: Record<string, string>} | undefined, forms: Record<string, string>}}
 */
export function descriptions() {
  const all = readDeclarations();
  const forms = describedForms(all);
  const inherited = new Set(Object.values(forms));
  const byEnd = new Map();
  for (const alias of all.keys()) {
    const end = /V\d+(?:(?:alpha|beta)\d+)?[A-Z]\w*$/.exec(alias)?.[0];
    if (end) byEnd.set(end, [...(byEnd.get(end) ?? []), alias]);
  }
  const of = (name) => {
    const [, group, end] = /^([A-Z][a-z]+)?(V\d.*)$/.exec(name) ?? [];
    const aliases = (byEnd.get(end) ?? []).filter((alias) => group === undefined || alias.endsWith(group + end));
    if (aliases.length > 1) throw new Error(`descriptions of ${name}: ${aliases.join(', ')}`);
    const known = all.get(aliases[0]);
    // A field without a description of its own has its type's there.
    return known && { ...known, fields: Object.fromEntries(Object.entries(known.fields).filter(([, text]) => !inherited.has(text))) };
  };
  return { of, forms };
}
