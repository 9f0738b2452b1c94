/** The kubeconfig as an object, as clientcmd reads it. */
import { existsSync, readFileSync } from 'node:fs';
import { isObject, type JsonObject, type JsonValue } from '../../../api/json.ts';
import { readYaml, YamlError } from '../../builder/yaml-reader.ts';
import type { CommandContext } from '../../command.ts';
import { CommandError } from '../../errors.ts';

export interface Kubeconfig {
  readonly kind: 'Config';
  readonly apiVersion: 'v1';
  readonly preferences: JsonValue;
  readonly clusters: readonly JsonObject[] | null;
  readonly users: readonly JsonObject[] | null;
  readonly contexts: readonly JsonObject[] | null;
  readonly 'current-context': string;
}

/** The file of --kubeconfig, else the home's; an empty configuration where the home has none. */
export function readKubeconfig(ctx: CommandContext): Kubeconfig {
  const { kubeconfig, context } = ctx.globals.values;
  const file = kubeconfig || ctx.home.kubeconfig;
  if (!existsSync(file)) {
    if (kubeconfig !== '') throw new CommandError(`stat ${kubeconfig}: no such file or directory`);
    return toKubeconfig({}, context);
  }
  try {
    const value = readYaml(readFileSync(file, 'utf8'));
    return toKubeconfig(isObject(value) ? value : {}, context);
  } catch (error) {
    if (error instanceof YamlError) throw new CommandError(`error loading config file ${JSON.stringify(file)}: ${error.message}`);
    throw error;
  }
}

/** `context` overrides the current one. */
function toKubeconfig(value: JsonObject, context: string): Kubeconfig {
  const list = (key: string): readonly JsonObject[] | null => {
    const items = value[key];
    return Array.isArray(items) && items.length > 0 ? [...(items as readonly JsonObject[])].sort((a, b) => (String(a['name']) < String(b['name']) ? -1 : 1)) : null;
  };
  const current = value['current-context'];
  return {
    kind: 'Config', apiVersion: 'v1', preferences: value['preferences'] ?? {},
    clusters: list('clusters'), users: list('users'), contexts: list('contexts'),
    'current-context': context || (typeof current === 'string' ? current : ''),
  };
}
