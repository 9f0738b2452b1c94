/** `etcd history`: all versions of a key that are not compacted, and what changed from one to the next. */
import type { HistoryAnswer } from '../../../daemon/etcd-paths.ts';
import { defineCommand } from '../../command.ts';
import { CommandError, usageError } from '../../errors.ts';
import { askStore } from '../../etcd/ask.ts';
import { changeLines, checkOutput, formatted, keyObject, outputFlag, paletteFor, type Palette } from '../../etcd/format.ts';
import { fullKey } from '../../etcd/keys.ts';
import { parseRange } from '../../etcd/revision.ts';

type Version = HistoryAnswer['versions'][number];

export const command = defineCommand({
  name: 'history',
  usage: 'history KEY',
  short: 'Print all versions of a key, and what changed from one to the next',
  long: 'Print all versions of a key that are not compacted, deletions too, and which fields changed from one to the next.',
  examples: `  # Every version of a pod
  mock-kubectl etcd history pods/default/web

  # What is different at revision 140 from what was at revision 120
  mock-kubectl etcd history pods/default/web --rev 120..140

  # The version that was current at revision 130, and what it changed
  mock-kubectl etcd history pods/default/web --rev 130`,
  flags: {
    ...outputFlag,
    rev: { type: 'string', default: '', description: 'Only the version that was current at this revision; or, as A..B, the difference between two revisions.' },
  },
  async run(ctx, args, { values }) {
    const [name] = args;
    if (name === undefined || args.length > 1) throw usageError(ctx, 'exactly one KEY is required, like pods/default/web');
    checkOutput(values.output);
    const range = values.rev === '' ? undefined : parseRange(values.rev);
    const key = fullKey(name);
    const answer = await askStore<HistoryAnswer>(ctx, 'history', { key });
    const { versions, revision, compactRevision } = answer;
    if (versions.length === 0) throw new CommandError(`key ${JSON.stringify(key)} not found`);
    if (range && range.to > revision) throw new CommandError('etcdserver: mvcc: required revision is a future revision');
    if (range && range.from < compactRevision) throw new CommandError('etcdserver: mvcc: required revision has been compacted');
    const shown = range ? selected(versions, range) : versions;
    if (shown.length === 0) throw new CommandError(`key ${JSON.stringify(key)} not found at revision ${values.rev}`);
    const { stdout } = ctx.streams;
    if (values.output !== '') return stdout.write(await formatted(shown.map(versionObject), values.output));
    const palette = await paletteFor(ctx);
    if (range && range.from !== range.to) return stdout.write(difference(versions, range, palette));
    stdout.write(shown.map((version) => versionText(version, versions[versions.indexOf(version) - 1], palette)).join(''));
  },
});

/** The versions that were current at some revision of the range. */
function selected(versions: readonly Version[], { from, to }: { from: number; to: number }): Version[] {
  return versions.filter(({ kv }, i) => kv.modRevision <= to && (versions[i + 1]?.kv.modRevision ?? Infinity) > from);
}

function versionObject({ type, kv, timeMs }: Version): object {
  return { type, ...keyObject(kv), ...(timeMs === undefined ? {} : { time: new Date(timeMs).toISOString() }) };
}

function versionText({ type, kv, timeMs }: Version, previous: Version | undefined, palette: Palette): string {
  const existed = previous?.type === 'put';
  const what = type === 'delete' ? 'deleted' : kv.version === 1 ? 'created' : 'changed';
  const head = [palette.title(`revision ${kv.modRevision}`), ...(timeMs === undefined ? [] : [palette.faint(new Date(timeMs).toISOString())]), what, ...(type === 'put' ? [`version ${kv.version}`] : [])].join('  ');
  if (type === 'delete') return `${head}\n`;
  if (existed) return `${head}\n${changeLines(previous.kv.value ?? '', kv.value ?? '', palette)}`;
  return kv.version === 1 ? `${head}\n${changeLines('{}', kv.value ?? '', palette)}` : `${head}\n${palette.faint('  (what it was before has been compacted)')}\n`;
}

function difference(versions: readonly Version[], { from, to }: { from: number; to: number }, palette: Palette): string {
  const at = (revision: number): Version | undefined => {
    const version = versions.findLast(({ kv }) => kv.modRevision <= revision);
    return version?.type === 'put' ? version : undefined;
  };
  const [before, after] = [at(from), at(to)];
  const head = palette.title(`revision ${from} -> ${to}`);
  const state = (version: Version | undefined): string => (version ? `version ${version.kv.version}` : 'not there');
  if (before?.kv.modRevision === after?.kv.modRevision) return `${head}  ${state(before)}, unchanged\n`;
  return `${head}  ${state(before)} -> ${state(after)}\n${changeLines(before?.kv.value ?? '{}', after?.kv.value ?? '{}', palette)}`;
}
