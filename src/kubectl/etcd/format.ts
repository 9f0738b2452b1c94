/** How the store's keys and versions are shown. */
import type { KeyView } from '../../daemon/etcd-paths.ts';
import type { CommandContext } from '../command.ts';
import { CommandError } from '../errors.ts';
import { colours } from '../shared/colours.ts';
import { diffValues } from './diff.ts';

export const outputFlag = { output: { type: 'string', default: '', short: 'o', description: 'Output format. One of: (json, yaml).' } } as const;

/** Throws a CommandError for formats that there are not. */
export function checkOutput(output: string): void {
  if (output !== '' && output !== 'json' && output !== 'yaml') throw new CommandError(`unable to match a printer suitable for the output format ${JSON.stringify(output)}, allowed formats are: json,yaml`);
}

export async function formatted(value: unknown, output: string): Promise<string> {
  if (output === 'json') return `${JSON.stringify(value, null, 4)}\n`;
  return (await import('../printers/yaml.ts')).toYaml(value);
}

/** A key with its value parsed where it is JSON. */
export function keyObject({ bytes: _, value, ...rest }: KeyView): object {
  return { ...rest, ...(value === undefined ? {} : { value: parsed(value) }) };
}

/** A value as in the readable tree: indented where it is JSON. */
export function valueText(value: string): string {
  const json = parsed(value);
  const text = json === value ? value : JSON.stringify(json, null, 2);
  return text.endsWith('\n') ? text : `${text}\n`;
}

export function parsed(value: string): unknown {
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

/** Colours, where a person looks. */
export interface Palette {
  title(text: string): string;
  added(text: string): string;
  removed(text: string): string;
  changed(text: string): string;
  faint(text: string): string;
}
const same = (text: string): string => text;
const PLAIN: Palette = { title: same, added: same, removed: same, changed: same, faint: same };

export async function paletteFor(ctx: Pick<CommandContext, 'streams' | 'env'>): Promise<Palette> {
  const chalk = await colours(ctx);
  return chalk ? { title: chalk.bold, added: chalk.green, removed: chalk.red, changed: chalk.yellow, faint: chalk.dim } : PLAIN;
}

/** One line per field that differs between two stored values, indented. */
export function changeLines(before: string, after: string, { added, removed, changed }: Palette): string {
  const lines = diffValues(parsed(before), parsed(after)).map(({ path, before: old, after: now }) => {
    const name = path === '' ? '(value)' : path;
    if (old === undefined) return added(`  + ${name}: ${JSON.stringify(now)}`);
    if (now === undefined) return removed(`  - ${name}: ${JSON.stringify(old)}`);
    return changed(`  ~ ${name}: ${JSON.stringify(old)} -> ${JSON.stringify(now)}`);
  });
  return lines.map((line) => `${line}\n`).join('');
}
