/**
 * Plugins among the completions: their names, and what "kubectl_complete-NAME" beside them offers for their arguments.
 * Follows kubectl pkg/cmd/plugin/plugin_completion.go.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import type { CommandEntry } from '../command.ts';
import { defineCommand } from '../command.ts';
import { COMMANDS } from '../commands/registry.ts';
import { lookPath, PLUGIN_PREFIX, searchPath, type Env } from '../plugins.ts';
import { DEFAULT, type Completion } from './directive.ts';

type Debug = (text: string) => void;

/** The words that plugins add to the commands. */
export interface PluginWords {
  readonly entries: readonly CommandEntry[];
  /** Whether a path of words is a plugin's. */
  has(path: string): boolean;
}

interface Node {
  readonly children: Map<string, Node>;
}

/** Plugins are looked for where the first word is being typed, or is no command; their flags are then all that there are. */
export function pluginWords(words: readonly string[], env: Env, debug: Debug): PluginWords {
  const none: PluginWords = { entries: [], has: () => false };
  const [first] = words;
  if (first !== undefined && (first.startsWith('-') || first === 'help' || COMMANDS.some(({ name }) => name === first))) return none;
  if (first !== undefined) debug('Cleared global flags for plugin completion');
  const root: Node = { children: new Map() };
  for (const name of pluginNames(env)) {
    let node = root;
    for (const word of name.slice(PLUGIN_PREFIX.length).split('-').map((part) => part.replaceAll('_', '-'))) {
      const next: Node = node.children.get(word) ?? { children: new Map() };
      node.children.set(word, next);
      node = next;
    }
  }
  for (const { name } of COMMANDS) root.children.delete(name);
  return { entries: entriesOf(root), has: (path) => path !== '' && nodeAt(root, path.split(' ')) !== undefined };
}

function pluginNames(env: Env): readonly string[] {
  return [...new Set(searchPath(env).filter((folder) => folder.trim() !== ''))].flatMap((folder) => {
    try {
      return readdirSync(folder, { withFileTypes: true }).filter((entry) => !entry.isDirectory() && entry.name.startsWith(PLUGIN_PREFIX)).map(({ name }) => name).sort();
    } catch {
      return [];
    }
  });
}

function nodeAt(node: Node, words: readonly string[]): Node | undefined {
  const [word, ...rest] = words;
  if (word === undefined) return node;
  const next = node.children.get(word);
  return next && nodeAt(next, rest);
}

const entriesOf = ({ children }: Node): CommandEntry[] =>
  [...children].map(([name, node]) => {
    const short = `The command ${name} is a plugin installed by the user`;
    return { name, short, load: () => Promise.resolve({ command: defineCommand({ name, usage: name, short, flags: {}, subcommands: entriesOf(node), acceptsArguments: true }) }) };
  });

/** What the plugin's own program for completions offers. */
export function completePlugin(commandPath: string, args: readonly string[], typed: string, env: Env, debug: Debug): Completion {
  const plugin = commandPath.replaceAll('-', '_').replaceAll(' ', '-');
  const program = plugin.replace('-', '_complete-');
  debug(`About to look for: ${program}`);
  const path = lookPath(program, env);
  if (path === undefined) {
    debug(`Plugin ${plugin} does not provide a matching completion executable`);
    return { choices: [], directive: DEFAULT };
  }
  const words = [...args, typed];
  debug(`About to call: ${path} ${words.join(' ')}`);
  const { status, stdout } = spawnSync(path, words, { stdio: ['inherit', 'pipe', 'inherit'], encoding: 'utf8', env: { ...env } });
  if (status !== 0) return { choices: [], directive: DEFAULT };
  const choices = stdout.split('\n').filter((line) => line !== '');
  const directive = /^:(-?\d+)$/.exec(choices[choices.length - 1] ?? '')?.[1];
  return directive === undefined ? { choices, directive: DEFAULT } : { choices: choices.slice(0, -1), directive: Number(directive) };
}
