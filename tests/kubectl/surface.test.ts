/**
 * Every command and flag of kubectl v1.33.1, as the reference list beside the checkout has them: each command is there
 * under its name and aliases, takes each flag in its long and short form with its default, and refuses others.
 */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command, CommandEntry } from '../../src/kubectl/command.ts';
import { COMMANDS } from '../../src/kubectl/commands/registry.ts';
import type { FlagSpec, FlagTable } from '../../src/kubectl/flags.ts';
import { inheritedFlags } from '../../src/kubectl/global-flags.ts';
import { run } from '../../src/kubectl/run.ts';
import { memoryStreams } from '../../src/kubectl/streams.ts';

interface ListedFlag {
  readonly name: string;
  readonly default: string;
  readonly short?: string;
  readonly type: 'bool' | 'string' | 'list' | 'int' | 'duration' | 'other';
}
interface ListedCommand {
  readonly usage: string;
  readonly aliases?: readonly string[];
  readonly flags: readonly ListedFlag[];
}

const LIST = resolve(__dirname, '../../../shared/reference/kubectl-1.33-surface.json');
const { global: globals, kubectl: _, ...commands } = (existsSync(LIST) ? JSON.parse(readFileSync(LIST, 'utf8')) : {}) as Record<string, ListedCommand>;
const listed = Object.entries(commands);

async function commandAt(path: string): Promise<{ entry: CommandEntry; command: Command } | undefined> {
  let entries: readonly CommandEntry[] = COMMANDS;
  let found: { entry: CommandEntry; command: Command } | undefined;
  for (const word of path.split(' ')) {
    const entry = entries.find(({ name }) => name === word);
    if (!entry) return undefined;
    found = { entry, ...(await entry.load()) };
    entries = found.command.subcommands ?? [];
  }
  return found;
}

/** A default as pflag shows it. */
function shown(spec: FlagSpec): string {
  if (spec.defaultText !== undefined) return spec.defaultText;
  return typeof spec.default === 'object' ? `[${[...spec.default].join(',')}]` : String(spec.default);
}

const GO_DURATION = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/;
function sameDefault(spec: FlagSpec, { default: expected, type }: ListedFlag): boolean {
  if (spec.type === 'duration' || type === 'duration') {
    const [, hours = '0', minutes = '0', seconds = '0'] = GO_DURATION.exec(expected) ?? [];
    return spec.default === ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
  }
  // Before pflag knows what is meant, "nothing" of any type is empty.
  return shown(spec) === expected || (expected === '' && ['', '[]', '0', 'false'].includes(shown(spec)));
}

const wrongFlags = (flags: readonly ListedFlag[], table: FlagTable): readonly ListedFlag[] =>
  flags.filter((flag) => {
    const spec = table[flag.name];
    return !spec || spec.short !== flag.short || !sameDefault(spec, flag);
  });

async function printed(args: readonly string[]): Promise<{ code: number; stderr: string }> {
  const streams = memoryStreams('');
  const code = await run(args, { streams, env: { MOCK_KUBECTL_HOME: '/nonexistent' }, program: 'kubectl', signal: new AbortController().signal });
  return { code, stderr: streams.err() };
}

if (listed.length === 0) {
  process.stderr.write('the list of commands: skipped, no reference list beside this checkout\n');
  test.skip('every command and flag', () => undefined);
} else {
  test.each(listed)('%s', async (path, { aliases = [], flags }) => {
    const found = await commandAt(path);
    expect(found && path).toBe(path);
    const { entry, command } = found as NonNullable<typeof found>;
    expect([...(entry.aliases ?? [])].sort()).toEqual([...aliases].sort());
    expect(wrongFlags(flags, command.flags)).toEqual([]);
    const refused = await printed([...path.split(' '), '--no-such-flag']);
    expect(refused.code).toBeGreaterThan(0);
    expect(refused.stderr).toMatch(/^error: unknown flag: --no-such-flag\nSee 'kubectl [a-z -]+ (?:--help' for usage\.|-h' for help and examples)\n$/);
  });

  test('flags of all commands', () => {
    // Nothing is cached here.
    expect(wrongFlags(globals?.flags ?? [], inheritedFlags({})).map(({ name }) => name)).toEqual(['cache-dir']);
  });
}
