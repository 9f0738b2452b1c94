/** Programs as plugins, found by group, version and kind in the plugins' folder (kustomize api/internal/plugins/execplugin, plugins/loader). */
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeLoosely } from './decode.ts';
import { KustomizeError } from './errors.ts';
import { externalPlugin } from './external-plugin.ts';
import type { Generator, PluginContext, Transformer } from './plugin.ts';
import type { Resource } from './resource.ts';
import { runProgram } from './run-program.ts';

/** The program that a configuration is for. Throws KustomizeError where there is none. */
export function execPlugin(config: Resource, context: PluginContext): Generator & Transformer {
  const { group = '', version = '', kind = '' } = config.gvk;
  const program = join(pluginHome(context.options.env), group, version, kind.toLowerCase(), kind);
  const stat = statSync(program, { throwIfNoEntry: false });
  if (!stat) throw new KustomizeError(existsSync(`${program}.so`) ? 'plugin load is disabled' : `expected file with Go object code at: ${program}.so`);
  if ((stat.mode & 0o111) === 0) throw new KustomizeError(`unexecutable plugin at: ${program}`);
  return externalPlugin(program, (input) => invoke(program, argumentsOf(config, context), input, context));
}

/** The first folder of those that may hold plugins. */
function pluginHome(env: Readonly<Record<string, string | undefined>>): string {
  const { KUSTOMIZE_PLUGIN_HOME: own = '', XDG_CONFIG_HOME: config = '', HOME: home = '~' } = env;
  const tried: readonly (readonly [note: string, folder: string])[] = [
    ['homed in $KUSTOMIZE_PLUGIN_HOME', own], ['homed in $XDG_CONFIG_HOME', config === '' ? '' : join(config, 'kustomize', 'plugin')],
    ['homed in default value of $XDG_CONFIG_HOME', join(home, '.config', 'kustomize', 'plugin')], ['homed in home directory', join(home, 'kustomize', 'plugin')],
  ];
  const found = tried.find(([, folder]) => folder !== '' && existsSync(folder));
  if (!found) throw new KustomizeError(`unable to find plugin root - tried: ${tried.map(([note, folder]) => `('${folder || '<no value>'}'; ${note})`).join(', ')}`);
  return found[1];
}

function argumentsOf(config: Resource, { loader }: PluginContext): readonly string[] {
  const { argsOneLiner = '', argsFromFile = '' } = decodeLoosely<{ argsOneLiner?: string; argsFromFile?: string }>('execplugin.argsConfig', config.fields);
  const lines = argsFromFile === '' ? [] : loader.load(argsFromFile).toString('utf8').split('\n').map((line) => line.replace(/^ +/, '')).filter((line) => line !== '');
  return [...shellWords(argsOneLiner), ...lines];
}

/** Words as a shell would see them, quotes taken off (google/shlex). */
function shellWords(line: string): readonly string[] {
  return [...line.matchAll(/(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\])+/g)].map(([word]) => word.replace(/'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)/g, (_, single?: string, double?: string, escaped?: string) => single ?? double?.replace(/\\(["\\])/g, '$1') ?? escaped ?? ''));
}

function invoke(program: string, args: readonly string[], input: string, { loader, options, shown }: PluginContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'kust-plugin-config-'));
  const file = join(folder, 'config');
  try {
    writeFileSync(file, shown);
    const { stdout, stderr, fault } = runProgram(program, [file, ...args], { input, cwd: loader.root, env: { ...options.env, KUSTOMIZE_PLUGIN_CONFIG_STRING: shown, KUSTOMIZE_PLUGIN_CONFIG_ROOT: loader.root } });
    if (fault !== undefined) throw new KustomizeError(`${stderr === '' ? '' : `${stderr}: `}failure in plugin configured via ${file}; ${fault}`);
    return stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
