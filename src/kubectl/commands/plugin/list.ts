/** kubectl plugin list: the plugins on PATH, and what keeps them from being used (kubectl pkg/cmd/plugin/plugin.go). */
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { goQuote } from '../../../api/quote.ts';
import { defineCommand, type CommandContext, type CommandEntry } from '../../command.ts';
import { PlainError, textOf } from '../../errors.ts';
import { isExecutable, PLUGIN_PREFIX, searchPath } from '../../plugins.ts';
import { COMMANDS } from '../registry.ts';

export const command = defineCommand({
  name: 'list',
  usage: 'list [flags]',
  short: "List all visible plugin executables on a user's PATH",
  long: 'Lists the plugins: files on PATH that can be run and whose names begin with "kubectl-".',
  examples: `# All plugins on PATH
kubectl plugin list

# Only their names
kubectl plugin list --name-only`,
  flags: {
    'name-only': { type: 'bool', default: false, description: "Show each plugin's name without its folder." },
  },
  async run(ctx, _args, flags) {
    const { stdout, stderr } = ctx.streams;
    const plugins = [...new Set(searchPath(ctx.env))].flatMap((folder) => pluginsIn(ctx, folder));
    const faults: string[] = [];
    if (plugins.length > 0) stdout.write('The following compatible plugins are available:\n\n');
    else faults.push('error: unable to find any kubectl plugins in your PATH');
    const seen = new Map<string, string>();
    let count = 0;
    for (const path of plugins) {
      stdout.write(`${flags.values['name-only'] ? basename(path) : path}\n`);
      for (const warning of await verify(ctx, path, seen)) {
        stderr.write(`  - ${warning}\n`);
        count++;
      }
    }
    if (count > 0) faults.push(count === 1 ? 'error: one plugin warning was found' : `error: ${count} plugin warnings were found`);
    if (faults.length > 0) throw new PlainError(faults.map((fault) => `${fault}\n`).join(''));
  },
});

function pluginsIn({ streams }: CommandContext, folder: string): readonly string[] {
  if (folder.trim() === '') return [];
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory() && entry.name.startsWith(PLUGIN_PREFIX))
      .map((entry) => join(folder, entry.name))
      .sort();
  } catch (error) {
    streams.stderr.write(`Unable to read directory ${goQuote(folder)} from your PATH: ${openError(folder, error)}. Skipping...\n`);
    return [];
  }
}

/** As Go words a failed open. */
function openError(path: string, error: unknown): string {
  const text = { ENOENT: 'no such file or directory', ENOTDIR: 'not a directory', EACCES: 'permission denied' }[(error as NodeJS.ErrnoException).code ?? ''];
  return `open ${path}: ${text ?? textOf(error)}`;
}

/** Why a plugin is not what its name promises (CommandOverrideVerifier). */
async function verify(ctx: CommandContext, path: string, seen: Map<string, string>): Promise<readonly string[]> {
  const name = basename(path);
  const warnings: string[] = [];
  try {
    if (!isExecutable(path)) warnings.push(`warning: ${path} identified as a kubectl plugin, but it is not executable`);
  } catch (error) {
    warnings.push(`error: unable to identify ${path} as an executable file: ${textOf(error)}`);
  }
  const before = seen.get(name);
  if (before !== undefined) warnings.push(`warning: ${path} is overshadowed by a similarly named plugin: ${before}`);
  else seen.set(name, path);
  const existing = await commandOf(name.split('-').slice(1));
  if (existing !== undefined) warnings.push(`warning: ${name} overwrites existing command: ${goQuote(`${ctx.program} ${existing}`)}`);
  return warnings;
}

/** The deepest command that the words lead to. */
async function commandOf(words: readonly string[]): Promise<string | undefined> {
  let entries: readonly CommandEntry[] = COMMANDS;
  const path: string[] = [];
  for (const word of words) {
    const entry = entries.find(({ name, aliases }) => name === word || aliases?.includes(word));
    if (!entry) break;
    path.push(entry.name);
    entries = (await entry.load()).command.subcommands ?? [];
  }
  return path.length > 0 ? path.join(' ') : undefined;
}
