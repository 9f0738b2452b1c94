/** Which command a line names. */
import type { Command, CommandEntry } from './command.ts';
import { COMMANDS } from './commands/registry.ts';
import { enabledFlags, firstArgument } from './flags.ts';
import { GLOBAL_FLAGS } from './global-flags.ts';

/** A command, with the flags that it has in this environment, and the path that led to it. */
export interface Found {
  readonly command: Command | undefined;
  /** "kubectl rollout status" */
  readonly path: string;
  /** What is left of the line without the command's words. */
  readonly argv: readonly string[];
  /** The first word that is no command's, where the line names no command at all. */
  readonly unknown: string | undefined;
}

/** Walks down from the root to the command that the first arguments name (cobra command.go: Find, which does not know --help yet). */
export async function findCommand(argv: readonly string[], program: string, env: Readonly<Record<string, string | undefined>>, commands: readonly CommandEntry[] = COMMANDS): Promise<Found> {
  const inherited = enabledFlags(GLOBAL_FLAGS, env);
  let entries = commands;
  let command: Command | undefined;
  let path = program;
  /** What the paths of subcommands begin with. */
  let within = program;
  let rest = argv;
  for (;;) {
    const at = firstArgument({ ...inherited, ...command?.flags }, rest);
    const entry = at < 0 ? undefined : entries.find(({ name, aliases }) => name === rest[at] || aliases?.includes(rest[at] as string));
    if (!entry) return { command, path, argv: rest, unknown: command ? undefined : rest[at] };
    const loaded = (await entry.load()).command;
    const flags = enabledFlags(loaded.flags, env);
    command = flags === loaded.flags ? loaded : { ...loaded, flags };
    path = `${within} ${entry.name}`;
    within = entry.aliasOf === undefined ? path : `${program} ${entry.aliasOf}`.trimEnd();
    rest = [...rest.slice(0, at), ...rest.slice(at + 1)];
    entries = command.subcommands ?? [];
  }
}
