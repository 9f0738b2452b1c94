/** Which field has which number on the wire (schemas/structs.json). */
import facts from '../../../../schemas/structs.json' with { type: 'json' };
import { structOf } from '../../../api/decode/table.ts';
import { parseApiVersion } from '../../../api/resource.ts';

/** A number's meaning: a field's name, or a message whose fields are the object's own. */
export interface Numbered {
  readonly name: string;
  readonly inlined: boolean;
}

export interface Message {
  readonly model: string;
  readonly package: string;
  readonly numbers: ReadonlyMap<number, Numbered>;
}

const packages: Readonly<Record<string, Readonly<Record<string, string>>>> = facts.packages;
const META = 'k8s.io.apimachinery.pkg.apis.meta.v1';
const messages = new Map<string, Message>();
const packageOfModel = new Map(Object.entries(packages).flatMap(([name, models]) => Object.keys(models).map((model) => [model, name] as const)));

/** The package of a model: "k8s.io.api.apps.v1". */
export function packageOf(model: string): string | undefined {
  return packageOfModel.get(model);
}

/** The message of a model; `within` is the package to look in first. */
export function messageOf(model: string, within?: string): Message | undefined {
  const known = messages.get(model);
  if (known) return known;
  const name = within !== undefined && packages[within]?.[model] !== undefined ? within : packageOfModel.get(model);
  const text = name === undefined ? undefined : packages[name]?.[model];
  if (name === undefined || text === undefined) return undefined;
  const numbers = new Map<number, Numbered>();
  let last = 0;
  for (const word of text.split(' ')) {
    const [field = '', number] = word.split('=');
    last = number === undefined ? last + 1 : Number(number);
    numbers.set(last, { name: field.replace('~', ''), inlined: field.startsWith('~') });
  }
  const message = { model, package: name, numbers };
  messages.set(model, message);
  return message;
}

/** The message of a kind; options of requests are of the group that they are sent to. */
export function messageOfKind(apiVersion: string, kind: string): Message | undefined {
  const { group, version } = parseApiVersion(apiVersion);
  const own = `k8s.io.api.${group.split('.')[0] || 'core'}.${version}`;
  for (const name of [own, META]) {
    const model = Object.keys(packages[name] ?? {}).find((each) => structOf(each)?.goName === kind);
    if (model !== undefined) return messageOf(model);
  }
  return undefined;
}
