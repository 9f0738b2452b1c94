/**
 * Flags as a declarative table and the parser that fills it, with pflag's grammar and error texts (spf13/pflag flag.go,
 * cobra's Find): --name value, --name=value, -n value, -nvalue, -n=value, grouped shorthands, "--" ends the flags, flags
 * and arguments in any order.
 */
import { goQuote as quote } from '../api/quote.ts';
import { parseFlagValue, type FlagType, type FlagTypes } from './flag-values.ts';

interface FlagBase {
  readonly short?: string;
  readonly description: string;
  /** The value where the flag stands without one ("--dry-run"); then a value needs "=". Bools have it by nature. */
  readonly noValue?: string;
  readonly hidden?: boolean;
  /** Throws an Error with what is wrong with a value: flags of Go's own package have words, and syntaxes, of their own. */
  readonly check?: (text: string) => void;
  /** The environment variable that must be "true" for the flag to exist (kubectl pkg/cmd/util/helpers.go: FeatureGate). */
  readonly gate?: string;
  /** Printed as a warning when the flag is used. */
  readonly deprecated?: string;
  /** Another way than String(default) to show the default in the help. */
  readonly defaultText?: string;
}
export type FlagSpec = FlagBase & { readonly [T in FlagType]: { readonly type: T; readonly default: FlagTypes[T] } }[FlagType];

export type FlagTable = Readonly<Record<string, FlagSpec>>;

export type FlagValue<S extends FlagSpec> = FlagTypes[S['type']];

/** Parsed flags: a value for each row of the table; undefined where the row's gate is closed. */
export interface Flags<T extends FlagTable> {
  readonly values: { readonly [K in keyof T]: T[K] extends { readonly gate: string } ? FlagValue<T[K]> | undefined : FlagValue<T[K]> };
  /** Whether the flag stood on the command line. */
  changed(name: keyof T & string): boolean;
  /** How many arguments stood before "--"; -1 where there was no "--". */
  readonly argumentsBeforeDash: number;
}

/** A malformed command line; the message is pflag's. */
export class FlagError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'FlagError';
  }
}

export const HELP_FLAG = { help: { type: 'bool', default: false, short: 'h', hidden: true, description: 'help for the command' } } as const satisfies FlagTable;

/** kubectl takes "_" for "-" in long names (component-base cli/flag: WordSepNormalizeFunc). */
export const normalizeFlag = (name: string): string => name.replaceAll('_', '-');

/** The value that stands for "no value was given"; undefined where one is needed. */
export const withoutValue = (spec: FlagSpec): string | undefined => (spec.type === 'bool' ? 'true' : spec.noValue);

/** The flags that exist in an environment: those behind a closed gate do not. */
export function enabledFlags<T extends FlagTable>(table: T, env: Readonly<Record<string, string | undefined>>): T {
  const closed = ([, { gate }]: readonly [string, FlagSpec]): boolean => gate !== undefined && env[gate]?.toLowerCase() !== 'true';
  const rows = Object.entries(table);
  return rows.some(closed) ? (Object.fromEntries(rows.filter((row) => !closed(row))) as T) : table;
}

export interface ParsedLine {
  readonly values: Readonly<Record<string, unknown>>;
  /** The flags that are set. */
  readonly changed: ReadonlySet<string>;
  /** Those of them that stood on the line. */
  readonly given: ReadonlySet<string>;
  readonly args: readonly string[];
  readonly argumentsBeforeDash: number;
}

/** Values of flags that are set, by name. */
export type FlagValues = Map<string, unknown>;

/** Sets a flag (pflag FlagSet.Set). Throws FlagError. */
export function setFlag(values: FlagValues, name: string, spec: FlagSpec, text: string): void {
  try {
    spec.check?.(text);
    values.set(name, parseFlagValue(spec.type, text, values.get(name)));
  } catch (error) {
    const label = spec.short ? `-${spec.short}, --${name}` : `--${name}`;
    throw new FlagError(`invalid argument ${quote(text)} for ${quote(label)} flag: ${(error as Error).message}`);
  }
}

export interface ParseOptions {
  readonly endAtArguments?: boolean;
  /** Flags that are set before the line is read. */
  readonly preset?: ReadonlyMap<string, unknown>;
}

/** Parses a command line against a table. Throws FlagError at the first fault, as pflag does. */
export function parseFlags(table: FlagTable, argv: readonly string[], options: ParseOptions = {}): ParsedLine {
  const changed: FlagValues = new Map(options.preset);
  const given = new Set<string>();
  const args: string[] = [];
  let argumentsBeforeDash = -1;

  const set = (name: string, spec: FlagSpec, text: string): void => {
    setFlag(changed, name, spec, text);
    given.add(name);
  };

  for (let index = 0; index < argv.length; index++) {
    const token = argv[index] as string;
    if (token === '--') {
      argumentsBeforeDash = args.length;
      args.push(...argv.slice(index + 1));
      break;
    }
    if (token.length < 2 || !token.startsWith('-')) {
      if (options.endAtArguments) {
        args.push(...argv.slice(index));
        break;
      }
      args.push(token);
      continue;
    }
    if (token.startsWith('--')) {
      const equals = token.indexOf('=');
      const given = token.slice(2, equals < 0 ? undefined : equals);
      if (given === '' || given.startsWith('-')) throw new FlagError(`bad flag syntax: ${token}`);
      const name = normalizeFlag(given);
      const spec = Object.hasOwn(table, name) ? table[name] : undefined;
      if (!spec) throw new FlagError(`unknown flag: --${given}`);
      const implied = withoutValue(spec);
      if (equals >= 0) set(name, spec, token.slice(equals + 1));
      else if (implied !== undefined) set(name, spec, implied);
      else if (index + 1 < argv.length) set(name, spec, argv[++index] as string);
      else throw new FlagError(`flag needs an argument: --${given}`);
      continue;
    }
    for (let letters = token.slice(1); letters !== ''; ) {
      const letter = letters[0] as string;
      const name = shorthand(table, letter);
      if (name === undefined) throw new FlagError(`unknown shorthand flag: ${quoteByte(letters)} in -${letters}`);
      const spec = table[name] as FlagSpec;
      const implied = withoutValue(spec);
      if (letters.length > 2 && letters[1] === '=') set(name, spec, letters.slice(2));
      else if (implied !== undefined) {
        set(name, spec, implied);
        letters = letters.slice(1);
        continue;
      } else if (letters.length > 1) set(name, spec, letters.slice(1));
      else if (index + 1 < argv.length) set(name, spec, argv[++index] as string);
      else throw new FlagError(`flag needs an argument: '${letter}' in -${letters}`);
      letters = '';
    }
  }

  const values: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(table)) values[name] = changed.has(name) ? changed.get(name) : spec.default;
  return { values, changed: new Set(changed.keys()), given, args, argumentsBeforeDash };
}

/** A text's first byte as fmt's %q shows it: pflag goes through short forms byte by byte. */
function quoteByte(text: string): string {
  const letter = String.fromCharCode(Buffer.from(text)[0] as number);
  return letter === "'" ? "'\\''" : letter === '"' ? `'"'` : `'${quote(letter).slice(1, -1)}'`;
}

/** The name of the flag with a short form. */
export function shorthand(table: FlagTable, letter: string): string | undefined {
  for (const name of Object.keys(table)) if (table[name]?.short === letter) return name;
  return undefined;
}

/** The part of a parsed line that belongs to one table. */
export function flagsOf<T extends FlagTable>(table: T, line: ParsedLine): Flags<T> {
  const values: Record<string, unknown> = {};
  for (const name of Object.keys(table)) values[name] = line.values[name];
  return { values: values as Flags<T>['values'], changed: (name) => line.changed.has(name), argumentsBeforeDash: line.argumentsBeforeDash };
}

/**
 * The position of the first argument that is no flag and no flag's value, as cobra looks for a subcommand before it
 * parses (cobra command.go: stripFlags). -1 where there is none.
 */
export function firstArgument(table: FlagTable, argv: readonly string[]): number {
  for (let index = 0; index < argv.length; index++) {
    const token = argv[index] as string;
    if (token === '--') return -1;
    if (token.startsWith('--') && token.length > 2) {
      if (!token.includes('=') && takesValue(table[normalizeFlag(token.slice(2))])) index++;
    } else if (token.startsWith('-') && token.length > 1) {
      if (!token.includes('=') && token.length === 2) {
        const name = shorthand(table, token[1] as string);
        if (takesValue(name === undefined ? undefined : table[name])) index++;
      }
    } else if (token !== '') return index;
  }
  return -1;
}

/** An unknown flag is taken to have a value, as cobra does. */
const takesValue = (spec: FlagSpec | undefined): boolean => spec === undefined || withoutValue(spec) === undefined;
