/**
 * What a kubectl command is, and how one is added:
 *
 *  1. Write `commands/<name>.ts` (a family with subcommands: `commands/<name>.ts` and a folder `commands/<name>/`) that
 *     exports `command = defineCommand({...})`. The flags are a table; their types reach `run` through it:
 *
 *         export const command = defineCommand({
 *           name: 'scale',
 *           usage: 'scale [--resource-version=version] --replicas=COUNT (-f FILENAME | TYPE NAME)',
 *           short: 'Set a new size for a deployment, replica set, or replication controller',
 *           flags: { ...printFlags, ...filenameFlags, replicas: { type: 'int', default: 0, description: '…' } },
 *           required: ['replicas'],
 *           async run(ctx, args, flags) {
 *             const { replicas } = flags.values;           // number
 *             if (flags.changed('replicas')) …
 *           },
 *         });
 *
 *  2. Add one line to `commands/registry.ts`. Its `import()` is literal and lazy: a command's file costs nothing until
 *     it is the command. Keep it so: a command imports statically only what nearly each of its runs needs, and the rest
 *     (YAML reader, describe, editors) by `await import()`.
 *
 *  3. Subcommands are entries of the same shape: `subcommands: [{ name: 'deployment', aliases: ['deploy'], short: '…',
 *     load: () => import('./create/deployment.ts') }]`. A command with subcommands and no `run` prints its help.
 *
 * A command never touches process.*, console or timers' globals: streams, environment, client and time come with `ctx`.
 * It fails by throwing: `usageError(ctx, text)` and the others of errors.ts, or the StatusError that the client threw;
 * errors.ts alone decides on text and exit code. `throw new ExitError(n)` ends with a code and no text.
 *
 * Shared by the commands:
 *   shared/print-flags.ts      -o and its companions; `objectPrinter(…)` → objects or "deployment.apps/x created" lines
 *   shared/filename-flags.ts   -f, -k, -R
 *   shared/dry-run.ts          --dry-run and its suffixes
 *   shared/write-flags.ts      --validate, --field-manager, …
 *   builder/builder.ts         `findResources(…)`: files, stdin and TYPE/NAME arguments → objects with their resource ("infos")
 *   request-log.ts             what -v tells of requests
 *   resource-mapper.ts         po, deployments.apps, all → resources
 *   printers/                  table, yaml, json, jsonpath, go-template, custom-columns, name
 */
import type { Client } from '../client/client.ts';
import type { Home } from '../client/home.ts';
import type { GlobalFlags } from './global-flags.ts';
import type { ResourceMapper } from './resource-mapper.ts';
import type { Flags, FlagTable } from './flags.ts';
import type { Streams } from './streams.ts';

/** Where a command stands in `kubectl --help`. */
export type CommandGroup = 'beginner' | 'intermediate' | 'deploy' | 'cluster' | 'troubleshooting' | 'advanced' | 'settings' | 'other' | 'mock' | 'hidden';

/** A command by name, loaded when it is called. */
export interface CommandEntry {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** The words of the command that this is another name for (kuberc); subcommands go by these. */
  readonly aliasOf?: string;
  /** One line for the list of commands in the parent's help. */
  readonly short: string;
  readonly group?: CommandGroup;
  load(): Promise<{ readonly command: Command }>;
}

export interface CommandSpec<T extends FlagTable> {
  readonly name: string;
  readonly aliases?: readonly string[];
  /**
   * The help's usage line without the program and the parents: "status (TYPE NAME | TYPE/NAME) [flags]". "[flags]" is
   * written where kubectl has it; "[options]" is added to the end.
   */
  readonly usage: string;
  readonly short: string;
  /** The help's first paragraphs; `short` where there is none. */
  readonly long?: string;
  /** What stands below "Examples:", indented there by two spaces; "kubectl" becomes the name that the program was called by. */
  readonly examples?: string;
  readonly flags: T;
  /** Flags that must be given (cobra's `required flag(s) "image" not set`). */
  readonly required?: readonly (keyof T & string)[];
  readonly subcommands?: readonly CommandEntry[];
  /** What an argument that is no subcommand means: an argument of the command itself (`create -f`), or an error. */
  readonly acceptsArguments?: boolean;
  /** Called without a subcommand it prints its help to standard output, not to standard error as other families (rollout). */
  readonly helpToStdout?: boolean;
  /** That help is an answer as any other, with exit code 0 (certificate). */
  readonly helpSucceeds?: boolean;
  /** Flags end at the first argument (`kubectl plugin`); everything after is the command's own. */
  readonly flagsEndAtArguments?: boolean;
  /** Ctrl-C is how it is meant to end: with exit code 0. */
  readonly endedByInterrupt?: boolean;
  /** The exit code for a malformed command line, where it is not 1 (diff, whose 1 means a difference). */
  readonly flagErrorCode?: number;
  run?(ctx: CommandContext, args: readonly string[], flags: Flags<T>): Promise<void>;
}

export type Command = CommandSpec<FlagTable>;

/** Gives a command its types: what `flags.values` holds follows from the table. */
export function defineCommand<const T extends FlagTable>(spec: CommandSpec<T>): Command {
  return spec as unknown as Command;
}

/** What a command is given. All that costs time is a function, and is done once. */
export interface CommandContext {
  readonly streams: Streams;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** "kubectl" or "mock-kubectl": what the program calls itself. */
  readonly program: string;
  /** The program and the command with its parents: "kubectl rollout status". */
  readonly commandPath: string;
  readonly globals: Flags<GlobalFlags>;
  /** The whole command line after the program, as it was given. */
  readonly argv: readonly string[];
  /** The cluster's home directory (MOCK_KUBECTL_HOME). */
  readonly home: Home;
  /** Aborts on Ctrl-C. Watches and waits end with it. */
  readonly signal: AbortSignal;
  /** The connection to the API server; made at the first call. */
  client(): Promise<Client>;
  /** The namespace to work in: -n, else the kubeconfig's current context, else "default". */
  namespace(): Promise<string>;
  /** Whether -n was given (kubectl's enforceNamespace). */
  readonly namespaceGiven: boolean;
  /** The cluster's time in ms since the epoch. */
  now(): Promise<number>;
  mapper(): Promise<ResourceMapper>;
  /** Prints "Warning: …" on standard error, each text once. */
  warn(text: string): void;
}
