/**
 * `--help`: kubectl's layout (kubectl pkg/util/templates/templates.go), rendered by commander from the command's table
 * of flags. Loaded only when help is asked for.
 */
import { Command as Commander, Option } from 'commander';
import type { Command, CommandEntry, CommandGroup } from './command.ts';
import { COMMANDS } from './commands/registry.ts';
import { CommandError } from './errors.ts';
import type { FlagSpec, FlagTable } from './flags.ts';
import { formatGoDuration } from '../api/duration.ts';
import { inheritedFlags } from './global-flags.ts';
import { goQuote } from '../api/quote.ts';

const GROUPS: readonly (readonly [CommandGroup, string])[] = [
  ['mock', 'Mock Cluster Commands'],
  ['beginner', 'Basic Commands (Beginner)'],
  ['intermediate', 'Basic Commands (Intermediate)'],
  ['deploy', 'Deploy Commands'],
  ['cluster', 'Cluster Management Commands'],
  ['troubleshooting', 'Troubleshooting and Debugging Commands'],
  ['advanced', 'Advanced Commands'],
  ['settings', 'Settings Commands'],
  ['other', 'Other Commands'],
];

/** The help of a command (undefined: of the program), called by its path ("kubectl rollout status"). */
export function helpText(command: Command | undefined, path: string, program: string): string {
  return build(command, path, program).helpInformation();
}

/** What `kubectl options` prints. */
export function globalOptionsText(env: Readonly<Record<string, string | undefined>>): string {
  const flags = inheritedFlags(env);
  return `The following options can be passed to any command:\n\n${flagLines(toOptions(flags), flags)}\n`;
}

/** The error for a command that does not exist, with those that look alike (cobra: SuggestionsFor). */
export function unknownCommand(name: string, program: string): CommandError {
  const near = COMMANDS.filter((entry) => entry.group !== 'hidden' && (distance(name, entry.name) <= 2 || entry.name.startsWith(name.toLowerCase()))).map((entry) => entry.name);
  const hint = near.length === 0 ? '' : `\n\nDid you mean this?\n${near.map((each) => `\t${each}\n`).join('')}`;
  return new CommandError(`unknown command ${goQuote(name)} for ${goQuote(program)}${hint}`);
}

function build(command: Command | undefined, path: string, program: string): Commander {
  const rendered = new Commander(path).helpOption(false).helpCommand(false);
  for (const option of toOptions(command?.flags ?? {})) rendered.addOption(option);
  const entries = command ? (command.subcommands ?? []) : COMMANDS.filter((entry) => entry.group !== 'hidden');
  for (const entry of entries) rendered.addCommand(new Commander(entry.name).description(entry.short).helpCommand(false));
  return rendered.configureHelp({
    formatHelp: (cmd, helper) => {
      const parts = [`${command ? (command.long ?? command.short) : rootText(program)}\n`];
      if (command?.examples) parts.push(`Examples:\n${examples(command.examples, program)}`);
      if (command) parts.push(...commandList('Available Commands', helper.visibleCommands(cmd).map((each) => ({ name: each.name(), short: each.description() }))));
      else for (const [group, title] of GROUPS) parts.push(...commandList(title, COMMANDS.filter((entry) => entry.group === group), longest(COMMANDS)));
      const options = helper.visibleOptions(cmd);
      if (options.length > 0) parts.push(`Options:\n${flagLines(options, command?.flags ?? {})}`);
      parts.push(`Usage:\n  ${usageLine(command, path, program)}\n`);
      if (entries.length > 0) parts.push(`Use "${path} ${command ? '<command>' : '<command>'} --help" for more information about a given command.`);
      const trailer = `Use "${program} options" for a list of global command-line options (applies to all commands).\n`;
      return entries.length > 0 ? `${parts.join('\n')}\n${trailer}` : `${parts.join('\n')}\n${trailer}`;
    },
  });
}

const rootText = (program: string): string => (program === 'kubectl' ? 'kubectl controls the Kubernetes cluster manager.' : `${program} controls a mock Kubernetes cluster as kubectl would.`);

function usageLine(command: Command | undefined, path: string, program: string): string {
  if (!command) return `${program} [flags] [options]`;
  const [name = '', parent] = [path.split(' ').pop(), path.slice(0, path.lastIndexOf(' '))];
  // Under another name (kuberc) a command says nothing of its arguments.
  const usage = command.usage.split(' ', 1)[0] === name ? command.usage : `${name}${command.usage.includes('[flags]') ? ' [flags]' : ''}`;
  return `${parent} ${usage}${usage.includes('[options]') ? '' : ' [options]'}`;
}

function examples(text: string, program: string): string {
  const lines = text.split('\n').map((line) => line.replace(/^ {2}/, ''));
  return lines.map((line) => `  ${program === 'kubectl' ? line : line.replace(/(^|[\s|(])kubectl(?= )/g, `$1${program}`)}\n`).join('');
}

const longest = (entries: readonly { readonly name: string }[]): number => Math.max(0, ...entries.map((entry) => entry.name.length));

function commandList(title: string, entries: readonly Pick<CommandEntry, 'name' | 'short'>[], width = longest(entries)): string[] {
  if (entries.length === 0) return [];
  return [`${title}:\n${entries.map(({ name, short }) => `  ${name.padEnd(width)}   ${short}\n`).join('')}`];
}

function toOptions(table: FlagTable): Option[] {
  return Object.entries(table)
    .filter(([, spec]) => spec.hidden !== true)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, spec]) => new Option(`${spec.short ? `-${spec.short}, ` : ''}--${name}${spec.type === 'bool' ? '' : ' <value>'}`, spec.description));
}

function flagLines(options: readonly Option[], table: FlagTable): string {
  return options
    .map((option) => {
      const name = (option.long ?? '').slice(2);
      return `    ${option.short ? `${option.short}, ` : ''}--${name}=${defaultText(table[name] as FlagSpec)}:\n\t${option.description}\n`;
    })
    .join('\n');
}

function defaultText(spec: FlagSpec): string {
  if (spec.defaultText !== undefined) return spec.defaultText;
  switch (spec.type) {
    case 'string':
      return `'${spec.default}'`;
    case 'strings':
    case 'array':
      return `[${spec.default.join(',')}]`;
    case 'stringToString':
      return '[]';
    case 'mapStringString':
      return '';
    case 'duration':
      return formatGoDuration(spec.default);
    default:
      return String(spec.default);
  }
}

/** Levenshtein's distance, without regard to case. */
function distance(from: string, to: string): number {
  const a = from.toLowerCase();
  const b = to.toLowerCase();
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
