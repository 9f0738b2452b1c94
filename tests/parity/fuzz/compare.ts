/** One random line through both programs. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describeServer, type Fixture } from '../../kubectl/describe/cluster.ts';
import { oracleBeside, type Outcome } from '../oracle.ts';
import { ours } from '../run-ours.ts';
import type { Line } from './arbitraries.ts';

/** So often the real kubectl is asked again before a difference is believed: it may differ from itself, where it goes through maps of Go's. */
const AGAIN = 8;

/** Go's panics, which nobody should have; no end; a server that is not there, where a line has come to ask for one. */
const NO_ANSWER = /^goroutine 1 |exit code null$|connect: connection refused$/m;

/** The real kubectl is lost in some lines (it works out 10 to the power of anything), and needs no answer to them. */
const LOST_MS = 20_000;

/** Both call themselves the same: the length of a name decides on where long lines are broken. */
const PROGRAM = 'kubectl.1.33';

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
const shellLine = ({ args, input, files = {}, objects }: Line): string =>
  [...Object.entries(files).map(([name, text]) => `cat > DIR/${name} <<'EOF'\n${text}\nEOF`), ...(objects ? [`# the cluster: ${JSON.stringify(objects)}`] : []), `${input === '' ? '' : `echo ${quoted(input)} | `}kubectl ${args.map(quoted).join(' ')}`].join('\n');

/** Addresses in memory and the program's name say nothing. */
const masked = (text: string, folder: string): string => text.replace(/ &\{0xc[0-9a-f]+ (?:<nil>|0xc[0-9a-f]+)\}/g, '').replace(/:?0xc[0-9a-f]+/g, '').replace(/0x[0-9a-f]{7}\b/g, 'api.Preferences').replaceAll(PROGRAM, 'kubectl').replaceAll(folder, 'DIR');

const filesOf = (folder: string): string => readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort().filter((name) => statSync(join(folder, name)).isFile()).map((name) => `--- ${name}\n${readFileSync(join(folder, name), 'utf8').replaceAll(folder, 'DIR')}`).join('');

/** What comes of a line, as text: outputs, exit code, and the files it leaves. */
async function outcome({ args, files = {} }: Line, run: (args: readonly string[]) => Promise<Outcome>): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-parity-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const { stdout, stderr, code } = await run(args.map((word) => word.replaceAll('DIR', folder)));
    // Help is in our own words.
    const help = /^Examples:$/m.test(stdout) ? 'help\n' : stdout;
    // Labels are listed from a map of Go's: only the lines count.
    const listed = args.includes('--list') && /^(?:label|annotate)$/.test(args[0] ?? '') ? help.split('\n').sort().join('\n') : help;
    return `${masked(listed, folder)}${masked(stderr, folder)}exit code ${code}\n${filesOf(folder)}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Throws where the two programs differ, with both outcomes. */
export async function compare(line: Line): Promise<void> {
  const server = line.objects && describeServer([...line.objects, ...(line.around ?? [])] as readonly Fixture[]);
  const url = await server?.listen();
  // Not on the line: --record keeps what stands there.
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-parity-config-'));
  const config = join(folder, 'config');
  writeFileSync(config, JSON.stringify({ apiVersion: 'v1', kind: 'Config', clusters: [{ name: 'c', cluster: { server: url } }], contexts: [{ name: 'c', context: { cluster: 'c' } }], 'current-context': 'c' }));
  const real = (): Promise<string> => outcome(line, (args) => oracleBeside(args, url === undefined ? {} : { KUBECONFIG: config }, line.input, LOST_MS));
  try {
    const [expected, found] = [await real(), await outcome(line, (args) => ours(args, server?.transport(), line.input, {}, PROGRAM))];
    if (found === expected || NO_ANSWER.test(expected)) return;
    for (let again = 0; again < AGAIN; again++) if ((await real()) !== expected) return;
    throw new Error(`${shellLine(line)}\n--- kubectl\n${expected}--- ours\n${found}`);
  } finally {
    await server?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
