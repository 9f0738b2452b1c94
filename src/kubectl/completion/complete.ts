/**
 * `__complete WORDS… TYPED` and `__completeNoDesc`: what the shells' scripts ask. Prints what could stand in place of the
 * last word, one line each, then ":" and the directive. Follows cobra completions.go (getCompletions), whose texts these are.
 */
import { compareBytes } from '../../api/go-json.ts';
import type { Command, CommandContext, CommandEntry } from '../command.ts';
import { Context } from '../context.ts';
import { CommandError, textOf } from '../errors.ts';
import { FlagError, flagsOf, normalizeFlag, parseFlags, shorthand, withoutValue, type FlagSpec, type FlagTable, type ParsedLine } from '../flags.ts';
import { GLOBAL_FLAGS, inheritedFlags } from '../global-flags.ts';
import { findCommand, type Found } from '../find-command.ts';
import type { RunOptions } from '../run.ts';
import { COMMANDS } from '../commands/registry.ts';
import { argumentCompleter, FIXED_ARGUMENTS, flagCompleter } from './arguments.ts';
import { beginning, DEFAULT, directiveName, NO_FILES, type Completion } from './directive.ts';
import { completePlugin, pluginWords } from './plugins.ts';

/** What cannot be completed says why on standard error, which the scripts throw away. */
class CompletionError extends Error {}

const NOTHING: Completion = { choices: [], directive: DEFAULT };
const TRUE = /^(?:1|t|T|true|TRUE|True)$/;
const FALSE = /^(?:0|f|F|false|FALSE|False)$/;

/** Answers a request; the exit code is 0 whatever could be found out. */
export async function answer(request: string, words: readonly string[], options: RunOptions): Promise<number> {
  if (words.length === 0) throw new CommandError('requires at least 1 arg(s), only received 0');
  const { stdout, stderr } = options.streams;
  const debug = (text: string): void => stderr.write(`[Debug] ${text}\n`);
  let completion = NOTHING;
  try {
    completion = await complete(words.slice(0, -1), words[words.length - 1] as string, options, debug);
  } catch (error) {
    if (!(error instanceof CompletionError)) throw error;
    debug(`[Error] ${error.message}`);
  }
  const setting = options.env['KUBECTL_COMPLETION_DESCRIPTIONS'] || options.env['COBRA_COMPLETION_DESCRIPTIONS'] || '';
  const bare = request === '__completeNoDesc' || FALSE.test(setting);
  const described = TRUE.test(setting) || !bare;
  for (const choice of completion.choices) stdout.write(`${(described ? choice : (choice.split('\t', 1)[0] as string)).split('\n', 1)[0]?.trim()}\n`);
  stdout.write(`:${completion.directive}\n`);
  stderr.write(`Completion ended with directive: ${directiveName(completion.directive)}\n`);
  return 0;
}

/** A flag of a command, its own or inherited. */
interface Flag {
  readonly name: string;
  readonly inherited: boolean;
}

async function complete(words: readonly string[], typed: string, options: RunOptions, debug: (text: string) => void): Promise<Completion> {
  const plugins = pluginWords(words, options.env, debug);
  const found = await findCommand(words, options.program, options.env, [...COMMANDS, ...plugins.entries]);
  const path = found.path.split(' ').slice(1).join(' ');
  if (plugins.has(path)) {
    const completion = completePlugin(found.path, found.argv, typed, options.env, debug);
    const names = commandNames(found.command?.subcommands ?? [], typed);
    return found.argv.length > 0 || names.length === 0 ? completion : { ...completion, choices: [...names, ...completion.choices] };
  }
  if (found.unknown !== undefined) throw new CompletionError(`unable to find a command for arguments: [${words.join(' ')}]`);
  const table: FlagTable = { ...inheritedFlags(options.env), ...found.command?.flags };
  const valued = flagBefore(found, table, typed);
  const line = parse(table, valued.args);
  // After "--" nothing is a flag.
  const flagsEnded = line.argumentsBeforeDash >= 0 || (found.command?.flagsEndAtArguments === true && line.args.length > 0);
  if (valued.unknown !== undefined && !flagsEnded) throw new CompletionError(`Subcommand '${found.command?.name ?? options.program}' does not support flag '${valued.unknown}'`);
  if (line.values['help'] === true) return { choices: [], directive: NO_FILES };
  const ctx = new Context({ ...options, argv: words, commandPath: `${options.program} __complete`, globals: flagsOf(GLOBAL_FLAGS, line) });
  try {
    if (valued.flag && !flagsEnded) return (await flagCompleter(path, valued.flag.name, valued.flag.inherited)?.(ctx, line.args, valued.typed)) ?? NOTHING;
    if (typed.startsWith('-') && !typed.includes('=') && !flagsEnded) return { choices: flagNames(found, table, line, valued.typed), directive: NO_FILES };
    return await completeWord(ctx, path, found, table, line, valued.typed, plugins.entries);
  } finally {
    await ctx.finish();
  }
}

function parse(table: FlagTable, args: readonly string[]): ParsedLine {
  try {
    return parseFlags(table, args);
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    throw new CompletionError(`Error while parsing flags from args [${args.join(' ')}]: ${textOf(error)}`);
  }
}

interface Valued {
  /** The flag whose value is being typed. */
  readonly flag?: Flag;
  /** What was taken for a flag and is none. */
  readonly unknown?: string;
  /** What stands before. */
  readonly args: readonly string[];
  readonly typed: string;
}

/** Whether a flag's value is being typed: "--name=va", or "--name" and "va" (cobra: checkIfFlagCompletion). */
function flagBefore({ argv, command }: Found, table: FlagTable, typed: string): Valued {
  const none: Valued = { args: argv, typed };
  const equals = typed.indexOf('=');
  if (typed.startsWith('-') && equals < 0) return none;
  const before = argv[argv.length - 1] ?? '';
  const attached = typed.startsWith('-');
  const word = attached ? typed.slice(0, equals) : before;
  if (!attached && (!/^(?:--.|-[^-])/.test(before) || before.includes('='))) return none;
  const given = word.startsWith('--') ? word.slice(2) : word.slice(-1);
  const name = given.length === 1 ? shorthand(table, given) : normalizeFlag(given);
  const spec = name !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
  if (name === undefined || !spec) return { ...none, unknown: given };
  const flag: Flag = { name, inherited: isInherited(name, command) };
  if (attached) return { flag, args: argv, typed: typed.slice(equals + 1) };
  return withoutValue(spec) !== undefined ? none : { flag, args: argv.slice(0, -1), typed };
}

const isInherited = (name: string, command: Command | undefined): boolean => name in GLOBAL_FLAGS && !(command && name in command.flags);

/** The flags that a word beginning with "-" could be: those that are required first; those that stand already only if they may stand again. */
function flagNames({ command, path }: Found, table: FlagTable, line: ParsedLine, typed: string): string[] {
  const required = requiredFlags(command, line, typed);
  if (required.length > 0) return required;
  const rows = Object.entries(table).sort(([a], [b]) => compareBytes(a, b));
  const inherited = rows.filter(([name]) => command && isInherited(name, command));
  const own = rows.filter(([name]) => !command || !isInherited(name, command));
  return [...inherited, ...own].flatMap(([name, spec]) => {
    if (line.changed.has(name) && spec.type !== 'strings' && spec.type !== 'array') return [];
    if (name === 'help') return namesOfFlag(name, { ...spec, description: `help for ${command?.name ?? path}` }, typed);
    return spec.hidden === true || spec.deprecated !== undefined ? [] : namesOfFlag(name, spec, typed);
  });
}

const namesOfFlag = (name: string, { short, description }: FlagSpec, typed: string): string[] =>
  beginning([`--${name}`, ...(short === undefined ? [] : [`-${short}`])], typed).map((word) => `${word}\t${description}`);

function requiredFlags(command: Command | undefined, line: ParsedLine, typed: string): string[] {
  return [...(command?.required ?? [])].sort(compareBytes).flatMap((name) => (line.changed.has(name) ? [] : namesOfFlag(name, command?.flags[name] as FlagSpec, typed)));
}

async function completeWord(ctx: CommandContext, path: string, { command }: Found, table: FlagTable, line: ParsedLine, typed: string, plugins: readonly CommandEntry[]): Promise<Completion> {
  if (path === 'help') return completeHelp(ctx, line.args, typed);
  const choices: string[] = [];
  let directive = DEFAULT;
  const entries = command ? (command.subcommands ?? []) : [...COMMANDS, ...plugins];
  const ownFlagGiven = [...line.changed].some((name) => command && !isInherited(name, command) && name in table && !PERSISTENT.has(`${path} --${name}`));
  if (line.args.length === 0 && !ownFlagGiven && entries.length > 0) {
    choices.push(...commandNames(entries, typed));
    directive = NO_FILES;
  }
  choices.push(...requiredFlags(command, line, typed));
  const fixed = FIXED_ARGUMENTS[path];
  if (fixed) return line.args.length === 0 ? { choices: [...choices, ...beginning(fixed, typed)], directive: NO_FILES } : { choices, directive };
  const completion = await argumentCompleter(path)?.(ctx, line.args, typed);
  return completion ? { choices: [...choices, ...completion.choices], directive: completion.directive } : { choices, directive };
}

/** Flags of a command that its subcommands take, too. */
const PERSISTENT = new Set(['config --kubeconfig']);

const commandNames = (entries: readonly CommandEntry[], typed: string): string[] =>
  entries.filter(({ name }) => name.startsWith(typed)).sort((a, b) => compareBytes(a.name, b.name)).map(({ name, short }) => `${name}\t${short}`);

/** `help` takes the words of a command. */
async function completeHelp({ program, env }: CommandContext, args: readonly string[], typed: string): Promise<Completion> {
  const { command, unknown } = await findCommand(args, program, env);
  if (unknown !== undefined) return { choices: [], directive: NO_FILES };
  return { choices: commandNames(command ? (command.subcommands ?? []) : COMMANDS, typed), directive: NO_FILES };
}
