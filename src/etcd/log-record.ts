/**
 * One transaction in the log, one line:
 *
 *     9f1c02ab 0000000157 {"rev":12,"time":1753000000000,"ops":[{"put":"/registry/pods/default/a","size":58,"value":{…}}]}
 *
 * - checksum: CRC-32, 8 hexadecimal digits, of the bytes from the length to the line feed, going on from the checksum of
 *   the line before (0 before the first), so that no line can be lost, doubled or moved unnoticed;
 * - length: of the JSON in bytes, 10 digits. Zero-filled, so that the JSON can be encoded in place behind it;
 * - `size` is the byte length of the value's text as it stands, for readers that do not want to parse it.
 */
import { crc32, formatCrc } from './crc32.ts';
import type { LeaseId, Revision } from './store.ts';
import { standsRaw, type FileText } from './stored-text.ts';

interface PutOperation<Text> {
  readonly type: 'put';
  readonly key: string;
  readonly value: Text;
  readonly lease: LeaseId | undefined;
}

/** What the log tells besides keys. `keep` sets a lease's end anew; `compact` forgets history up to a revision. */
export type BareOperation =
  | { readonly type: 'delete'; readonly key: string }
  | { readonly type: 'grant'; readonly id: LeaseId; readonly ttlMs: number; readonly expiresMs: number }
  | { readonly type: 'keep'; readonly id: LeaseId; readonly expiresMs: number }
  | { readonly type: 'revoke'; readonly id: LeaseId }
  | { readonly type: 'compact'; readonly revision: Revision };

/** `Text` is a string in what is written, and a place in the file in what is read. */
export type LogOperation<Text = string> = PutOperation<Text> | BareOperation;

export interface LogRecord<Text = string> {
  /** The store's revision after it: one more than before if it changed keys, else the same. */
  readonly revision: Revision;
  /** The cluster's time, ms since the epoch. */
  readonly timeMs: number;
  readonly operations: readonly LogOperation<Text>[];
}

/** Before the JSON: checksum, space, length, space. */
export const PREFIX_BYTES = 20;
export const LENGTH_AT = 9;
const LENGTH_DIGITS = 10;
export const LINE_FEED = 0x0a;

/** Encodes records one behind the other into one buffer that is used again, so that a batch is one append. */
export class RecordBuffer {
  #bytes = Buffer.allocUnsafe(64 * 1024);
  #length = 0;
  /** The checksum of the last line. */
  crc: number;

  constructor(crc: number) {
    this.crc = crc;
  }

  get length(): number {
    return this.#length;
  }

  /** Valid until the next call of `add` or `reset`. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Forgets the bytes, and goes on from `crc`. */
  reset(crc: number): void {
    this.#length = 0;
    this.crc = crc;
  }

  add(record: LogRecord): void {
    this.#line(() => {
      this.#text(`{"rev":${record.revision},"time":${record.timeMs},"ops":[`);
      let separator = '';
      for (const operation of record.operations) {
        this.#operation(separator, operation);
        separator = ',';
      }
      this.#text(']}');
    });
  }

  /** A line of the same frame with other JSON: a file's header. */
  addJson(json: string): void {
    this.#line(() => this.#text(json));
  }

  #line(writeJson: () => void): void {
    const start = this.#length;
    this.#reserve(PREFIX_BYTES);
    this.#length += PREFIX_BYTES;
    writeJson();
    const length = String(this.#length - start - PREFIX_BYTES).padStart(LENGTH_DIGITS, '0');
    this.#text('\n');
    this.#bytes.write(`${length} `, start + LENGTH_AT, 'latin1');
    this.crc = crc32(this.#bytes.subarray(start + LENGTH_AT, this.#length), this.crc);
    this.#bytes.write(`${formatCrc(this.crc)} `, start, 'latin1');
  }

  #operation(separator: string, operation: LogOperation): void {
    switch (operation.type) {
      case 'put': {
        const raw = standsRaw(operation.value);
        const text = raw ? operation.value : JSON.stringify(operation.value);
        const lease = operation.lease === undefined ? '' : `"lease":${JSON.stringify(operation.lease)},`;
        const size = Buffer.byteLength(text);
        this.#text(`${separator}{"put":${JSON.stringify(operation.key)},${lease}"size":${size},"${raw ? 'value' : 'text'}":`);
        this.#text(text, size);
        return this.#text('}');
      }
      case 'delete':
        return this.#text(`${separator}{"delete":${JSON.stringify(operation.key)}}`);
      case 'grant':
        return this.#text(`${separator}{"grant":${JSON.stringify(operation.id)},"ttl":${operation.ttlMs},"expires":${operation.expiresMs}}`);
      case 'keep':
        return this.#text(`${separator}{"keep":${JSON.stringify(operation.id)},"expires":${operation.expiresMs}}`);
      case 'revoke':
        return this.#text(`${separator}{"revoke":${JSON.stringify(operation.id)}}`);
      case 'compact':
        return this.#text(`${separator}{"compact":${operation.revision}}`);
    }
  }

  /** `size` is the text's length in bytes where the caller knows it. */
  #text(text: string, size = text.length * 3): void {
    this.#reserve(size);
    this.#length += this.#bytes.write(text, this.#length);
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + more));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

/** A record's JSON that is not what this file writes, though its checksum is right: another program wrote it. */
export class RecordSyntaxError extends Error {
  constructor(readonly offset: number, wanted: string) {
    super(`expected ${wanted}`);
    this.name = 'RecordSyntaxError';
  }
}

/** A record that puts one key of plain letters: nearly all are such. */
const SINGLE_PUT = /^\{"rev":(\d{1,15}),"time":(\d{1,15}),"ops":\[\{"put":"([ !#-[\]-~]*)","size":(\d{1,15}),"value":/;
const SINGLE_PUT_END = '}]}';
/** So many bytes of a line are decoded at once: one call for its frame and, nearly always, all that has to be read of it. */
export const HEAD_BYTES = 300;

/** Reads the JSON between two offsets without parsing the values; `head` is how it begins. Throws RecordSyntaxError. */
export function parseRecord(bytes: Buffer, start: number, end: number, head: string): LogRecord<FileText> {
  return parseSinglePut(bytes, start, end, head) ?? parseAny(bytes, start, end);
}

/** Tried first: an opening has no time to warm up, and one pattern is faster then than a walk over the bytes. */
function parseSinglePut(bytes: Buffer, start: number, end: number, text: string): LogRecord<FileText> | undefined {
  const match = SINGLE_PUT.exec(text);
  if (!match) return undefined;
  const [head, revision, timeMs, key = '', size] = match;
  const valueStart = start + head.length;
  const valueEnd = valueStart + Number(size);
  if (valueEnd + SINGLE_PUT_END.length !== end || bytes[valueEnd] !== CLOSE_BRACE || bytes[valueEnd + 1] !== CLOSE_BRACKET || bytes[valueEnd + 2] !== CLOSE_BRACE) return undefined;
  const value = { bytes, start: valueStart, end: valueEnd, quoted: false };
  return { revision: Number(revision) as Revision, timeMs: Number(timeMs), operations: [{ type: 'put', key, value, lease: undefined }] };
}

function parseAny(bytes: Buffer, start: number, end: number): LogRecord<FileText> {
  const cursor = new Cursor(bytes, start, end);
  cursor.expect('{"rev":');
  const revision = cursor.integer() as Revision;
  cursor.expect(',"time":');
  const timeMs = cursor.integer();
  cursor.expect(',"ops":[');
  const operations: LogOperation<FileText>[] = [];
  if (!cursor.take(']}')) {
    do operations.push(parseOperation(cursor));
    while (cursor.take(','));
    cursor.expect(']}');
  }
  if (cursor.at !== end) throw new RecordSyntaxError(cursor.at, 'the end of the record');
  return { revision, timeMs, operations };
}

function parseOperation(cursor: Cursor): LogOperation<FileText> {
  if (cursor.take('{"put":')) {
    const key = cursor.string();
    const lease = cursor.take(',"lease":') ? cursor.string() : undefined;
    cursor.expect(',"size":');
    const size = cursor.integer();
    const quoted = !cursor.take(',"value":');
    if (quoted) cursor.expect(',"text":');
    const value = cursor.text(size, quoted);
    cursor.expect('}');
    return { type: 'put', key, value, lease };
  }
  const operation = parseBareOperation(cursor);
  cursor.expect('}');
  return operation;
}

function parseBareOperation(cursor: Cursor): BareOperation {
  if (cursor.take('{"delete":')) return { type: 'delete', key: cursor.string() };
  if (cursor.take('{"grant":')) {
    const id = cursor.string();
    cursor.expect(',"ttl":');
    const ttlMs = cursor.integer();
    cursor.expect(',"expires":');
    return { type: 'grant', id, ttlMs, expiresMs: cursor.integer() };
  }
  if (cursor.take('{"keep":')) {
    const id = cursor.string();
    cursor.expect(',"expires":');
    return { type: 'keep', id, expiresMs: cursor.integer() };
  }
  if (cursor.take('{"revoke":')) return { type: 'revoke', id: cursor.string() };
  cursor.expect('{"compact":');
  return { type: 'compact', revision: cursor.integer() as Revision };
}

const CLOSE_BRACE = 0x7d;
const CLOSE_BRACKET = 0x5d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;

class Cursor {
  constructor(readonly bytes: Buffer, public at: number, readonly end: number) {}

  /** Whether the literal comes next; goes past it. */
  take(literal: string): boolean {
    if (this.at + literal.length > this.end) return false;
    for (let i = 0; i < literal.length; i++) if (this.bytes[this.at + i] !== literal.charCodeAt(i)) return false;
    this.at += literal.length;
    return true;
  }

  expect(literal: string): void {
    if (!this.take(literal)) throw new RecordSyntaxError(this.at, literal);
  }

  integer(): number {
    const start = this.at;
    const negative = this.bytes[this.at] === MINUS;
    if (negative) this.at++;
    let value = 0;
    let digits = 0;
    for (; this.at < this.end; this.at++, digits++) {
      const digit = (this.bytes[this.at] as number) - 0x30;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (digits === 0 || !Number.isSafeInteger(value)) throw new RecordSyntaxError(start, 'an integer');
    return negative ? -value : value;
  }

  string(): string {
    const start = this.at;
    if (this.bytes[start] !== QUOTE) throw new RecordSyntaxError(start, 'a string');
    let escaped = false;
    for (let i = start + 1; i < this.end; i++) {
      const byte = this.bytes[i];
      if (byte === BACKSLASH) {
        escaped = true;
        i++;
      } else if (byte === QUOTE) {
        this.at = i + 1;
        return escaped ? (JSON.parse(this.bytes.toString('utf8', start, this.at)) as string) : this.bytes.toString('utf8', start + 1, i);
      }
    }
    throw new RecordSyntaxError(start, 'the end of the string');
  }

  text(size: number, quoted: boolean): FileText {
    const start = this.at;
    if (start + size > this.end) throw new RecordSyntaxError(start, `${size} bytes of value`);
    this.at += size;
    return { bytes: this.bytes, start, end: this.at, quoted };
  }
}
