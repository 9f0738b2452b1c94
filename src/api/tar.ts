/** Tar archives in the ustar format with GNU's long names, as tar and Go's archive/tar write them; pax headers are read, too. */

export interface TarEntry {
  /** As in the archive: without a leading slash, folders with one at the end. */
  readonly name: string;
  readonly type: 'file' | 'folder' | 'link';
  readonly mode: number;
  /** Seconds since the epoch. */
  readonly mtime: number;
  /** Where a symbolic link leads. */
  readonly target?: string;
  readonly content: Uint8Array;
}

const BLOCK = 512;
const NAME = 100;
const TYPES = { file: '0', link: '2', folder: '5' } as const;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The blocks of one entry. */
export function tarBlocks({ name, type, mode, mtime, target = '', content }: TarEntry): Uint8Array {
  const names = encoder.encode(name);
  const targets = encoder.encode(target);
  return joined([
    ...(names.length > NAME ? longName('L', names) : []),
    ...(targets.length > NAME ? longName('K', targets) : []),
    header(names, TYPES[type], mode, mtime, content.length, targets),
    padded(content),
  ]);
}

/** What stands at an archive's end. */
export const tarEnd = (): Uint8Array => new Uint8Array(2 * BLOCK);

function longName(type: 'L' | 'K', name: Uint8Array): Uint8Array[] {
  const content = joined([name, new Uint8Array(1)]);
  return [header(encoder.encode('././@LongLink'), type, 0, 0, content.length, new Uint8Array(0)), padded(content)];
}

function header(name: Uint8Array, type: string, mode: number, mtime: number, size: number, target: Uint8Array): Uint8Array {
  const block = new Uint8Array(BLOCK);
  const text = (at: number, value: string): void => block.set(encoder.encode(value), at);
  const octal = (at: number, length: number, value: number): void => text(at, Math.trunc(value).toString(8).padStart(length - 1, '0'));
  block.set(name.subarray(0, NAME), 0);
  octal(100, 8, mode & 0o7777);
  octal(108, 8, 0);
  octal(116, 8, 0);
  octal(124, 12, size);
  octal(136, 12, Math.max(0, mtime));
  text(148, '        ');
  text(156, type);
  block.set(target.subarray(0, NAME), 157);
  text(257, 'ustar\u000000');
  text(265, 'root');
  text(297, 'root');
  text(148, `${block.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, '0')}\0 `);
  return block;
}

/** Thrown for what is no archive. */
export class TarError extends Error {}

/** The entries of an archive; what is neither file, folder nor symbolic link is left out. Throws TarError. */
export function* tarEntries(archive: Uint8Array): Generator<TarEntry> {
  let longName: string | undefined;
  let longTarget: string | undefined;
  for (let at = 0; at < archive.length; ) {
    const block = archive.subarray(at, at + BLOCK);
    if (block.length < BLOCK) throw new TarError('unexpected EOF');
    if (block.every((byte) => byte === 0)) return;
    checkSum(block);
    const size = octalOf(block, 124, 12);
    const content = archive.subarray(at + BLOCK, at + BLOCK + size);
    if (content.length < size) throw new TarError('unexpected EOF');
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    const type = String.fromCharCode(block[156] ?? 0);
    if (type === 'L') longName = textAt(content, 0, size);
    else if (type === 'K') longTarget = textAt(content, 0, size);
    else if (type === 'x') {
      const pax = paxRecords(content);
      longName = pax.get('path') ?? longName;
      longTarget = pax.get('linkpath') ?? longTarget;
    } else if (type !== 'g') {
      const prefix = textAt(block, 345, 155);
      const name = longName ?? `${prefix === '' ? '' : `${prefix}/`}${textAt(block, 0, NAME)}`;
      const kind = type === '5' || name.endsWith('/') ? 'folder' : type === '2' ? 'link' : type === '0' || type === '\0' ? 'file' : undefined;
      const target = longTarget ?? textAt(block, 157, NAME);
      longName = longTarget = undefined;
      if (kind) yield { name, type: kind, mode: octalOf(block, 100, 8), mtime: octalOf(block, 136, 12), content, ...(kind === 'link' ? { target } : {}) };
    }
  }
}

function checkSum(block: Uint8Array): void {
  const sum = block.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0);
  if (sum !== octalOf(block, 148, 8)) throw new TarError('archive/tar: invalid tar header');
}

/** "27 path=some/where\n" and so on. */
function paxRecords(content: Uint8Array): Map<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < content.length; ) {
    const length = Number.parseInt(decoder.decode(content.subarray(at, at + 12)), 10);
    if (!(length > 0)) break;
    const [, key = '', value = ''] = /^\d+ ([^=]*)=([\s\S]*)\n$/.exec(decoder.decode(content.subarray(at, at + length))) ?? [];
    records.set(key, value);
    at += length;
  }
  return records;
}

function textAt(bytes: Uint8Array, at: number, length: number): string {
  const part = bytes.subarray(at, at + length);
  const end = part.indexOf(0);
  return decoder.decode(end < 0 ? part : part.subarray(0, end));
}

const octalOf = (block: Uint8Array, at: number, length: number): number => Number.parseInt(textAt(block, at, length).trim() || '0', 8);

function padded(content: Uint8Array): Uint8Array {
  const blocks = new Uint8Array(Math.ceil(content.length / BLOCK) * BLOCK);
  blocks.set(content);
  return blocks;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
