/** Runs a command line: finds the command, parses its flags, calls it, words its errors. Callable from a test. */
import { goQuote } from '../api/quote.ts';
import type { Command, CommandContext } from './command.ts';
import type { Connection } from './connect.ts';
import { Context } from './context.ts';
import { CommandError, describeError, EXIT_BROKEN_PIPE, EXIT_FAILURE, EXIT_INTERRUPTED, InterruptedError } from './errors.ts';
import { findCommand, type Found } from './find-command.ts';
import { FlagError, type Flags, flagsOf, parseFlags, type FlagTable, type ParsedLine } from './flags.ts';
import { isDisabled, isEnabled } from './feature-gates.ts';
import { checkProfile, GLOBAL_FLAGS, inheritedFlags, type GlobalFlags } from './global-flags.ts';
import { BrokenPipeError, type Streams } from './streams.ts';

export interface RunOptions {
  readonly streams: Streams;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What the program calls itself. */
  readonly program: string;
  readonly signal: AbortSignal;
  /** Another connection than the home's: tests. */
  readonly connection?: Connection;
}

/** The exit code of a command line. */
export async function run(argv: readonly string[], options: RunOptions): Promise<number> {
  const running: Running = {};
  try {
    return await interruptible(execute(argv, options, running), options.signal, running);
  } catch (error) {
    if (options.signal.aborted) return interruptedCode(options.signal, running);
    if (error instanceof BrokenPipeError) return EXIT_BROKEN_PIPE;
    try {
      if ((running.context?.globals.values.v ?? 0) >= ERRORS_LEVEL) options.streams.stderr.write((await import('./request-log.ts')).errorLines(error));
      const { text, code } = describeError(error);
      options.streams.stderr.write(text);
      return code;
    } catch {
      return EXIT_BROKEN_PIPE;
    }
  }
}

/** The -v from which on errors of the server and the connection are told whole. */
const ERRORS_LEVEL = 4;

/** The command of this command line, once it is known. */
interface Running {
  command?: Command;
  context?: Context;
}

function interruptedCode({ reason }: AbortSignal, { command }: Running): number {
  const code = reason instanceof InterruptedError ? reason.code : EXIT_INTERRUPTED;
  return code === EXIT_INTERRUPTED && command?.endedByInterrupt === true ? 0 : code;
}

/** Ctrl-C ends the command at once, whatever it waits for. */
function interruptible(work: Promise<number>, signal: AbortSignal, running: Running): Promise<number> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => void Promise.race([work, Promise.resolve()]).catch(() => {}).then(() => resolve(interruptedCode(signal, running))), { once: true });
    work.then(resolve, reject);
  });
}

async function execute(argv: readonly string[], options: RunOptions, running: Running): Promise<number> {
  const [first = ''] = argv;
  const preferred = isEnabled('KUBECTL_KUBERC', options.env) ? await (await import('./kuberc/apply.ts')).applyPreferences(argv, options) : undefined;
  if (first === '__complete' || first === '__completeNoDesc') return (await import('./completion/complete.ts')).answer(first, argv.slice(1), options);
  const found = await findCommand(preferred?.argv ?? argv, options.program, options.env, preferred?.commands);
  const plugged = await plugin(argv, found, options);
  if (plugged !== undefined) return plugged;
  const { command, path, argv: rest } = found;
  if (found.unknown !== undefined) throw (await import('./help.ts')).unknownCommand(found.unknown, options.program);
  const { streams } = options;
  // A command's own flag hides the global one of the same name (create rolebinding --user).
  const table: FlagTable = { ...inheritedFlags(options.env), ...command?.flags };
  let line: ParsedLine;
  try {
    line = parseFlags(table, rest, { endAtArguments: command?.flagsEndAtArguments === true, ...(preferred ? { preset: preferred.preset } : {}) });
  } catch (error) {
    if (error instanceof FlagError && command?.flagErrorCode !== undefined) throw new CommandError(`${error.message}\nSee '${path} -h' for help and examples`, command.flagErrorCode);
    if (error instanceof FlagError) throw new CommandError(`${error.message}\nSee '${path} --help' for usage.`);
    throw error;
  }
  const help = async (output = streams.stdout): Promise<void> => output.write((await import('./help.ts')).helpText(command, path, options.program));
  if (line.values['help'] === true) {
    await help();
    return 0;
  }
  const deprecated = (name: string): boolean => table[name]?.deprecated !== undefined;
  // Of those that preferences set kubectl tells along with others only.
  if ([...line.given].some(deprecated)) for (const name of [...line.changed].filter(deprecated)) streams.stderr.write(`Flag --${name} has been deprecated, ${table[name]?.deprecated}\n`);
  if (!command) {
    await help();
    return 0;
  }
  if (!command.run || (command.subcommands && !command.acceptsArguments && line.args.length > 0)) {
    if (line.args.length > 0 && command.helpSucceeds !== true) throw new CommandError(`unknown command ${goQuote(line.args.join(' '))}\nSee '${path} -h' for help and examples`);
    if (!command.run) {
      await help(command.helpToStdout === true ? streams.stdout : streams.stderr);
      return command.helpSucceeds === true ? 0 : EXIT_FAILURE;
    }
  }
  const globals = globalsOf(command, line);
  checkProfile(globals.values.profile);
  const missing = (command.required ?? []).filter((name) => !line.changed.has(name));
  if (missing.length > 0) throw new CommandError(`required flag(s) ${missing.map((name) => goQuote(name)).join(', ')} not set`);

  running.command = command;
  const context = new Context({ ...options, argv, commandPath: path, globals });
  running.context = context;
  try {
    await command.run(context satisfies CommandContext, line.args, flagsOf(command.flags, line));
    context.failOnWarnings();
  } finally {
    await context.finish();
  }
  return 0;
}

/** Subcommands of these may be plugins (kubectl pkg/cmd/cmd.go: IsSubcommandPluginAllowed). */
const PLUGGABLE = ['create'];

/** Runs the plugin that the words name where no command does, and gives its exit code. */
async function plugin(argv: readonly string[], { command, argv: rest, unknown }: Found, { env, streams }: RunOptions): Promise<number | undefined> {
  if (!command) {
    const word = argv.find((argument) => !argument.startsWith('-'));
    if (word === undefined || word === 'help' || unknown === undefined) return undefined;
    if (argv[0]?.startsWith('-')) {
      streams.stderr.write(`Error: flags cannot be placed before plugin name: ${argv[0]}\n`);
      return EXIT_FAILURE;
    }
  } else {
    const subcommand = rest[0];
    if (!PLUGGABLE.includes(command.name) || subcommand === undefined || subcommand.startsWith('-') || isDisabled('KUBECTL_ENABLE_CMD_SHADOW', env)) return undefined;
  }
  const { findPlugin, runPlugin } = await import('./plugins.ts');
  const found = findPlugin(argv, env, command ? argv.length - rest.length + 1 : 1);
  return found && runPlugin(found, env, streams);
}

/** A command's own flag hides the global one of that name (`create rolebinding --user`). */
function globalsOf(command: Command, line: ParsedLine): Flags<GlobalFlags> {
  const own = Object.keys(GLOBAL_FLAGS).filter((name) => name in command.flags);
  const globals = flagsOf(GLOBAL_FLAGS, line);
  if (own.length === 0) return globals;
  const defaults = Object.fromEntries(own.map((name) => [name, GLOBAL_FLAGS[name as keyof GlobalFlags].default]));
  return { ...globals, values: { ...globals.values, ...defaults }, changed: (name) => !own.includes(name) && globals.changed(name) };
}
