/**
 * Each flag of each command stands in a line that is given to both programs: the reference list beside the checkout
 * against the lines of cases/*.txt and of the tests' own tables. A line counts for the flags that it sets, in whichever
 * form; one that ends at a malformed flag counts for none.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { findCommand } from '../../src/kubectl/find-command.ts';
import { FlagError, parseFlags } from '../../src/kubectl/flags.ts';
import { inheritedFlags } from '../../src/kubectl/global-flags.ts';
import { generatorLines } from './support/generator-lines.ts';
import { linesOfCase, linesOfTest, type Words } from './support/used-lines.ts';

type Listed = Readonly<Record<string, { readonly flags: readonly { readonly name: string }[] }>>;

const LIST = resolve(__dirname, '../../../shared/reference/kubectl-1.33-surface.json');

/** Flags that no line can compare, and why. */
const EXCEPTIONS: Readonly<Record<string, string>> = { 'debug --filename': 'v1.33 crashes' };

const sources = (folder: string, ending: string): readonly [string, string][] =>
  readdirSync(folder).filter((name) => name.endsWith(ending)).map((name) => [name, readFileSync(join(folder, name), 'utf8')]);

/** What config's own test leaves out of its lines. */
const PREFIX: Readonly<Record<string, Words>> = { 'config.test.ts': ['config'] };

const lines: readonly Words[] = [
  ...generatorLines({ cert: 'x', key: 'x' }).flatMap(([, each]) => each),
  ...sources(join(__dirname, 'cases'), '.txt').flatMap(([, text]) => linesOfCase(text)),
  ...[...sources(__dirname, '.test.ts'), ...sources(join(__dirname, '../kubectl/describe'), 'cluster.ts')].flatMap(([name, text]) => linesOfTest(text).flatMap((words) => [words, [...(PREFIX[name] ?? []), ...words]])),
];

const ENV = { KUBECTL_KUBERC: 'true' };

/** "create service clusterip --tcp" for each flag that a line sets; without the command for those that all have. */
async function flagsOf(words: Words): Promise<readonly string[]> {
  const { command, path, argv } = await findCommand(words, '', ENV);
  if (!command) return [];
  try {
    const { given } = parseFlags({ ...inheritedFlags(ENV), ...command.flags }, argv, { endAtArguments: command.flagsEndAtArguments === true });
    return [...given].map((name) => (name in command.flags ? `${path} --${name}` : `--${name}`).trim());
  } catch (error) {
    if (error instanceof FlagError) return [];
    throw error;
  }
}

if (existsSync(LIST)) {
  test('each flag of each command is used', async () => {
    const { global, ...commands } = JSON.parse(readFileSync(LIST, 'utf8')) as Listed;
    const wanted = [...(global?.flags ?? []).map(({ name }) => `--${name}`), ...Object.entries(commands).flatMap(([path, { flags }]) => flags.map(({ name }) => `${path} --${name}`))];
    const used = new Set((await Promise.all(lines.map(flagsOf))).flat());
    expect(wanted.filter((flag) => !used.has(flag)).sort()).toEqual(Object.keys(EXCEPTIONS));
  });
} else {
  process.stderr.write('flags that no line uses: skipped, no reference list beside this checkout\n');
  test.skip('each flag of each command is used', () => undefined);
}
