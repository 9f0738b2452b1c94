import type { CommandEntry } from '../../src/kubectl/command.ts';
import { COMMANDS } from '../../src/kubectl/commands/registry.ts';
import { describeParity, oracle, type Outcome } from './oracle.ts';
import { ours } from './run-ours.ts';
import { sampled } from './support/sample.ts';

/** What of a help text must be the same: each flag with its default, the list of subcommands by name, the usage line. */
function facts(help: string): { flags: string[]; commands: string[]; usage: string } {
  const section = (title: string): string => new RegExp(`^${title}:\\n((?:.*\\n)*?)(?:\\n(?=\\S)|$(?![\\s\\S]))`, 'm').exec(help)?.[1] ?? '';
  return {
    flags: section('Options').split('\n').filter((line) => /^ {4}-/.test(line)),
    commands: section('Available Commands').split('\n').map((line) => line.trim().split(' ')[0] as string).filter((name) => name !== ''),
    usage: section('Usage').trim(),
  };
}

/** Every command that kubectl has, too, as its words. */
async function commandLines(entries: readonly CommandEntry[], parents: readonly string[] = []): Promise<string[][]> {
  const lines: string[][] = [];
  for (const entry of entries) {
    if (entry.group === 'mock' || entry.name === 'options') continue;
    const line = [...parents, entry.name];
    lines.push(line);
    const { command } = await entry.load();
    if (command.subcommands) lines.push(...(await commandLines(command.subcommands, line)));
  }
  return lines;
}

describeParity('help', () => {
  it('names the flags, defaults and usage of the real one, for each command', async () => {
    const differences: Record<string, unknown> = {};
    for (const line of sampled(await commandLines(COMMANDS))) {
      const real = facts(oracle([...line, '--help']).stdout);
      const mine = facts((await ours([...line, '--help'])).stdout);
      // Ours may have fewer subcommands yet, and none that the real one lacks.
      const unknown = mine.commands.filter((name) => !real.commands.includes(name));
      const missing = real.flags.filter((flag) => !mine.flags.includes(flag));
      const extra = mine.flags.filter((flag) => !real.flags.includes(flag));
      if (unknown.length || missing.length || extra.length || mine.usage !== real.usage) differences[line.join(' ')] = { unknown, missing, extra, ...(mine.usage === real.usage ? {} : { usage: mine.usage, real: real.usage }) };
    }
    expect(differences).toEqual({});
  }, 60_000);

  it.each(['--help get', '-h get', 'config --help view', 'create -h configmap', '-- get', "'' nope", 'nope --client', '--nope get pods', 'help get'])('is of the same command: %s', async (line) => {
    const args = line.split(' ').map((word) => (word === "''" ? '' : word));
    const shown = ({ stdout, stderr, code }: Outcome) => ({ usage: facts(stdout).usage, stderr: facts(stderr).usage || stderr, code });
    expect(shown(await ours(args))).toEqual(shown(oracle(args)));
  });
});
