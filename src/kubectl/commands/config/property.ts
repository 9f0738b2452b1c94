/**
 * The values that `config set` and `config unset` name by a path: "contexts.minikube.namespace". Names of entries may have
 * dots in them. Follows kubectl pkg/cmd/config/{navigation_step_parser,set}.go.
 */
import { base64Fault } from '../../../api/base64.ts';
import { isObject, type JsonObject, type JsonValue } from '../../../api/json.ts';
import { compareBytes } from '../../../api/go-json.ts';
import { CommandError } from '../../errors.ts';
import { SECTIONS, type Kubeconfig, type Section } from './kubeconfig-file.ts';
import { PREFERENCES, type FieldSpec, type Struct } from './schema.ts';

/** What a path leads to. */
type Property =
  | { readonly type: 'current-context' }
  | { readonly type: 'preferences' }
  | { readonly type: 'extensions' }
  | { readonly type: 'section'; readonly section: Section }
  | { readonly type: 'entry'; readonly section: Section; readonly name: string }
  | { readonly type: 'field'; readonly section: Section | 'preferences'; readonly name: string; readonly field: string; readonly spec: FieldSpec };

const isSection = (name: string | undefined): name is Section => name !== undefined && Object.hasOwn(SECTIONS, name);

function parsePath(path: string): Property {
  const [first = '', ...rest] = path.split('.');
  const unparsable = (struct: string, before: string): CommandError => new CommandError(`unable to parse ${path} after ${before} at ${struct}`);
  const tooDeep = new CommandError(`unable to parse one or more field values of ${path}`);
  if (first === 'current-context') {
    if (rest.length > 0) throw tooDeep;
    return { type: 'current-context' };
  }
  if (first === 'preferences') {
    if (rest.length === 0) return { type: 'preferences' };
    const [name, spec] = fieldOf(PREFERENCES, rest[0] as string) ?? [];
    if (name === undefined || !spec) throw unparsable('api.Preferences', '[{preferences api.Preferences}]');
    if (rest.length > 1) throw tooDeep;
    return { type: 'field', section: 'preferences', name: '', field: name, spec };
  }
  if (first === 'extensions' && rest.length === 0) return { type: 'extensions' };
  if (!isSection(first)) throw unparsable('api.Config', '[]');
  if (rest.length === 0) return { type: 'section', section: first };
  const { struct } = SECTIONS[first];
  // The entry's name ends where a field begins.
  const at = rest.findIndex((part, index) => index > 0 && fieldOf(struct, part));
  if (at < 0) return { type: 'entry', section: first, name: rest.join('.') };
  const [field, spec] = fieldOf(struct, rest[at] as string) ?? [];
  if (field === undefined || !spec || at < rest.length - 1) throw tooDeep;
  return { type: 'field', section: first, name: rest.slice(0, at).join('.'), field, spec };
}

function fieldOf(struct: Struct, step: string): readonly [string, FieldSpec] | undefined {
  return Object.entries(struct.fields).find(([name, spec]) => (spec.step ?? name) === step);
}

/** Sets the value at a path. Throws CommandError for a path that leads to no single value, or a value that does not fit. */
export function setProperty(config: Kubeconfig, path: string, value: string, rawBytes: boolean): void {
  const property = parsePath(path);
  if (property.type === 'preferences') throw new CommandError(`unable to locate path config.navigationStep{stepValue:"", stepType:reflect.Type(nil)} under {${String(config.preferences['colors'] ?? false)} map[]}`);
  if (property.type === 'extensions') throw new CommandError("can't set a map to a value: map[]");
  if (property.type === 'current-context') config['current-context'] = value;
  else if (property.type !== 'field') throw new CommandError(`can't set a map to a value: map[${Object.keys(config[property.section]).sort(compareBytes).join(' ')}]`);
  else {
    const { section, name, field, spec } = property;
    const parsed = parseValue(spec, value, rawBytes);
    if (section === 'preferences') config.preferences = { ...config.preferences, [field]: parsed };
    else config[section][name] = { ...config[section][name], [field]: parsed };
  }
}

function parseValue({ kind }: FieldSpec, value: string, rawBytes: boolean): JsonValue {
  switch (kind) {
    case 'string':
      return value;
    case 'bool':
      if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(value)) return true;
      if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(value)) return false;
      throw new CommandError(`strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`);
    case 'bytes':
      return rawBytes ? Buffer.from(value).toString('base64') : checkedBase64(value);
    case 'strings':
      throw new CommandError('unrecognized slice type. string');
    default:
      throw new CommandError("can't set a map to a value: map[]");
  }
}

function checkedBase64(value: string): string {
  const fault = base64Fault(value);
  if (fault !== undefined) throw new CommandError(`error decoding input value: ${fault}`);
  return value.replace(/[\r\n]/g, '');
}

/** Empties the value, entry or section at a path. Throws CommandError where the path leads nowhere. */
export function unsetProperty(config: Kubeconfig, path: string): 'rewrite' | void {
  const property = parsePath(path);
  switch (property.type) {
    case 'current-context':
      config['current-context'] = '';
      return;
    case 'extensions':
      // kubectl says that they are gone, and writes nothing.
      return;
    case 'preferences':
      config.preferences = {};
      return 'rewrite';
    case 'section':
      config[property.section] = {};
      return;
    case 'entry':
      delete config[property.section][property.name];
      return;
    case 'field': {
      const { section, name, field } = property;
      if (section === 'preferences') config.preferences = without(config.preferences, field);
      else {
        const entry = config[section][name];
        if (!isObject(entry)) throw new CommandError(`current map key \`${name}\` is invalid`);
        config[section][name] = without(entry, field);
      }
    }
  }
}

function without(entry: JsonObject, field: string): JsonObject {
  const { [field]: _, ...rest } = entry;
  return rest;
}
