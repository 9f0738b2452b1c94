/**
 * Lays the user's preferences over a command line: an alias becomes a command, flags get other defaults. Loaded only
 * where KUBECTL_KUBERC is "true". Follows kubectl v1.33 pkg/kuberc/kuberc.go (Apply, applyAliases, applyOverrides).
 */
import { goQuote } from '../../api/quote.ts';
import type { Command, CommandEntry } from '../command.ts';
import { COMMANDS } from '../commands/registry.ts';
import { CommandError, PlainError } from '../errors.ts';
import { findCommand, type Found } from '../find-command.ts';
import { enabledFlags, FlagError, normalizeFlag, setFlag, type FlagTable, type FlagValues } from '../flags.ts';
import { GLOBAL_FLAGS } from '../global-flags.ts';
import type { RunOptions } from '../run.ts';
import { readPreference } from './file.ts';
import { validate, type AliasOverride, type FlagDefault, type Preference } from './preference.ts';

/** A command line with preferences laid over it. */
export interface Preferred {
  readonly argv: readonly string[];
  /** With the alias that the line calls. */
  readonly commands: readonly CommandEntry[];
  /** The flags that are set already. */
  readonly preset: ReadonlyMap<string, unknown>;
}

/** Throws PlainError where the preferences are wrong. */
export async function applyPreferences(argv: readonly string[], options: RunOptions): Promise<Preferred> {
  try {
    const preference = argv.length === 0 ? undefined : readPreference(argv, options.env, options.streams);
    if (!preference) return { argv, commands: COMMANDS, preset: new Map() };
    validate(preference);
    return await new Application(preference, argv, options).apply();
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new PlainError(`error occurred while applying preferences ${error.message}`);
  }
}

/** Known to kubectl only after preferences are applied: flags of its log, and the command that cobra adds. */
const LATE_FLAGS = new Set(['log-flush-frequency', 'v', 'vmodule']);
const LATE_COMMAND = 'help';

class Application {
  #commands: readonly CommandEntry[] = COMMANDS.filter(({ name }) => name !== LATE_COMMAND);
  /** The flags of all commands that may be set. */
  readonly #inherited: FlagTable;
  readonly #preset: FlagValues = new Map();
  /** The aliases up to the one that is called. */
  readonly #aliases = new Set<string>();

  constructor(
    private readonly preference: Preference,
    private readonly argv: readonly string[],
    private readonly options: RunOptions,
  ) {
    this.#inherited = Object.fromEntries(Object.entries(enabledFlags(GLOBAL_FLAGS, options.env)).filter(([name]) => !LATE_FLAGS.has(name)));
  }

  async apply(): Promise<Preferred> {
    const alias = (await this.#find(this.argv)) ? undefined : await this.#alias();
    const argv = alias ? this.#expanded(alias) : this.argv;
    await this.#override(argv);
    const [called] = alias ? this.#commands : [];
    return { argv, commands: called ? [called, ...COMMANDS] : COMMANDS, preset: this.#preset };
  }

  /** Undefined for a command that does not exist. */
  async #find(words: readonly string[]): Promise<Found | undefined> {
    const found = await findCommand(words, this.options.program, this.options.env, this.#commands);
    return found.unknown === undefined ? found : undefined;
  }

  /** Makes a command of the alias that the line calls, and sets its flags. */
  async #alias(): Promise<AliasOverride | undefined> {
    const { program, streams } = this.options;
    const called = this.argv.find((word) => !word.startsWith('-'));
    for (const alias of this.preference.aliases) {
      this.#aliases.add(alias.name);
      if (alias.name !== called) continue;
      if (await this.#find([alias.name])) {
        streams.stderr.write(`Warning: Setting alias ${goQuote(alias.name)} to a built-in command is not supported\n`);
        return undefined;
      }
      const words = fields(alias.command);
      const found = await this.#find(words);
      if (!found) throw new CommandError(`command ${goQuote(alias.command)} not found to set alias ${goQuote(alias.name)}: [${words.join(' ')}]`);
      this.#commands = [aliasEntry(alias.name, found, this.options), ...this.#commands];
      this.#set(alias.flags, found.command, this.argv, {
        invalid: (flag) => `invalid alias flag ${flag.name} in alias ${program}`,
        failed: (flag, why) => `could not apply value ${flag.default} to flag ${flag.name} in alias ${program} err: ${why}`,
      });
      return alias;
    }
    return undefined;
  }

  /** The line with the alias' arguments: some follow its name, some stand at the end. */
  #expanded({ name, prependArgs, appendArgs }: AliasOverride): string[] {
    const after = this.argv.indexOf(name) + 1;
    return [...this.argv.slice(0, after), ...prependArgs, ...this.argv.slice(after), ...appendArgs];
  }

  /** Sets the flags of the command that the line calls. Commands go by their last word alone. */
  async #override(argv: readonly string[]): Promise<void> {
    const { program, streams } = this.options;
    const called = await this.#find(argv);
    if (!called) return;
    const nameOf = ({ command }: Found): string => command?.name ?? program;
    for (const override of this.preference.overrides) {
      const found = await this.#find(fields(override.command));
      if (!found) {
        streams.stderr.write(`Warning: command ${goQuote(override.command)} not found to set kuberc override\n`);
        continue;
      }
      const name = nameOf(called);
      if (nameOf(found) !== name) continue;
      if (this.#aliases.has(name)) throw new CommandError(`alias ${name} can not be overridden`);
      this.#set(override.flags, called.command, argv, {
        invalid: (flag) => `invalid flag ${flag.name} for command ${override.command}`,
        failed: (flag, why) => `could not apply override value ${flag.default} to flag ${flag.name} in command ${override.command} err: ${why}`,
      });
    }
  }

  /** Sets flags that the line does not. Throws CommandError with the texts of `says`. */
  #set(flags: readonly FlagDefault[], command: Command | undefined, argv: readonly string[], says: { invalid(flag: FlagDefault): string; failed(flag: FlagDefault, why: string): string }): void {
    const table: FlagTable = { ...this.#inherited, ...command?.flags };
    for (const flag of flags) {
      const name = normalizeFlag(flag.name);
      const spec = Object.hasOwn(table, name) ? table[name] : undefined;
      if (!spec) throw new CommandError(says.invalid(flag));
      if (stands(name, spec.short, argv)) continue;
      try {
        setFlag(this.#preset, name, spec, flag.default);
      } catch (error) {
        if (!(error instanceof FlagError)) throw error;
        throw new CommandError(says.failed(flag, error.message));
      }
    }
  }
}

/** The command under another name. Subcommands keep their paths. */
function aliasEntry(name: string, { command, path }: Found, { program }: RunOptions): CommandEntry {
  const aliasOf = path.slice(program.length + 1);
  if (!command) return { name, aliasOf, short: '', load: () => Promise.resolve({ command: rootUnder(name) }) };
  return { name, aliasOf, short: command.short, load: () => Promise.resolve({ command: { ...command, name } }) };
}

/** An alias without a command is one for the program itself. */
function rootUnder(name: string): Command {
  const command: Command = {
    name, usage: `${name} [flags]`, short: 'Stands for kubectl itself', flags: {}, subcommands: COMMANDS.filter(({ group }) => group !== 'hidden'), acceptsArguments: true,
    run: async (ctx) => ctx.streams.stdout.write((await import('../help.ts')).helpText(command, ctx.commandPath, ctx.program)),
  };
  return command;
}

/** strings.Fields */
const fields = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');

/**
 * Whether a flag stands on the line, as kubectl looks for it before anything is parsed: any word of letters after one
 * dash that has its shorthand's letter in it will do ("-owide" for -w).
 */
function stands(name: string, short: string | undefined, argv: readonly string[]): boolean {
  return argv.some((word) => {
    if (word === `--${name}` || word.startsWith(`--${name}=`)) return true;
    if (short === undefined) return false;
    return word.startsWith(`-${short}`) || (/^-[a-zA-Z]+$/.test(word) && word.includes(short));
  });
}
