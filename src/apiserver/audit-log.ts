/**
 * The audit log as a file: one JSON line for each request and step, written in one append per turn of the event loop at
 * most. `trace` reads it back by object.
 */
import type { Now } from '../simulation/clock.ts';
import type { Disk, OpenFile } from '../simulation/disk.ts';
import type { ObjectIdentity, Step } from '../simulation/log.ts';
import type { AuditEntry, AuditSink } from './audit.ts';

/** A line of the log. */
export type AuditRecord = ({ readonly type: 'request' } & AuditEntry) | ({ readonly type: 'step'; readonly timeMs: number; readonly order?: number } & Step);

/** Which records to find; what is left out matches anything. */
export interface AuditQuery {
  readonly group?: string;
  readonly resource?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly uid?: string;
  /** With `uid`: also the records of what the object owns, and of what that owns. */
  readonly family?: boolean;
  /** Only records from this position on (`AuditPage.next` of an earlier answer). */
  readonly after?: number;
}

export interface AuditPage {
  readonly records: readonly AuditRecord[];
  /** Where to go on to see what comes later. */
  readonly next: number;
}

/** Records kept in memory before they are written, if nothing else writes them first. */
const BUFFERED_MAX = 512;
/** The file is renamed to `<path>.1` at this size, so that a cluster that runs for weeks doesn't fill the disk. */
const ROTATE_BYTES = 256 * 1024 * 1024;

export class FileAuditLog implements AuditSink {
  #buffer: AuditRecord[] = [];
  #order: number | undefined;
  readonly #waiting: (() => void)[] = [];
  #file: OpenFile | undefined;
  #scheduled = false;
  #closed = false;

  /** @param schedule runs a function soon, once the current work is done (setImmediate in the daemon) */
  constructor(
    private readonly path: string,
    private readonly disk: Disk,
    private readonly clock: Now,
    private readonly schedule: (write: () => void) => void,
  ) {}

  /** Goes on from the file's length: each record is longer than one byte, so no earlier process has given a number as high. */
  nextOrder(): number {
    this.#order ??= this.#writtenBytes();
    return this.#order++;
  }

  #writtenBytes(): number {
    try {
      return this.disk.exists(this.path) ? this.#open().size() : 0;
    } catch {
      // The disk refuses; flush will say so.
      return 0;
    }
  }

  request(entry: AuditEntry): void {
    this.#add({ type: 'request', ...entry, order: entry.order ?? this.nextOrder() });
  }

  step(step: Step): void {
    this.#add({ type: 'step', timeMs: this.clock.now(), order: this.nextOrder(), ...step });
  }

  /** Writes what is buffered. Throws when the disk refuses; the records are kept for the next try. */
  flush(): void {
    if (this.#buffer.length === 0) return;
    let text = '';
    for (const record of this.#buffer) text += `${JSON.stringify(record)}\n`;
    this.#open().append(Buffer.from(text));
    this.#buffer = [];
    if (this.#open().size() >= ROTATE_BYTES) this.#rotate();
  }

  #open(): OpenFile {
    this.#file ??= this.disk.openAppend(this.path);
    return this.#file;
  }

  /** Resolves at the next record. */
  changed(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** The records that concern an object, in the order in which what they tell began. */
  query(query: AuditQuery): AuditPage {
    this.flush();
    const records: AuditRecord[] = [];
    const concerns = query.family ? familyOf(query) : (record: AuditRecord) => matches(record, query);
    const text = this.disk.exists(this.path) ? this.disk.readFile(this.path).toString() : '';
    const start = query.after !== undefined && query.after <= text.length ? query.after : 0;
    // Who belongs to the family is learnt from the beginning on.
    const scanFrom = query.family ? 0 : start;
    // A line that doesn't hold the name as text need not be parsed.
    const hint = query.family ? undefined : (query.uid ?? query.name);
    let end = scanFrom;
    for (let from = scanFrom; ; from = end) {
      const newline = text.indexOf('\n', from);
      if (newline < 0) break;
      end = newline + 1;
      const line = text.slice(from, newline);
      if (hint !== undefined && !line.includes(hint)) continue;
      const record = parseRecord(line);
      if (record && concerns(record) && from >= start) records.push(record);
    }
    return { records: records.sort((a, b) => (a.order ?? 0) - (b.order ?? 0)), next: end };
  }

  close(): void {
    this.#closed = true;
    this.#tryFlush();
    this.#file?.close();
    this.#file = undefined;
  }

  #add(record: AuditRecord): void {
    this.#buffer.push(record);
    for (const resolve of this.#waiting.splice(0)) resolve();
    if (this.#scheduled || this.#closed) return;
    if (this.#buffer.length >= BUFFERED_MAX) return this.#tryFlush();
    this.#scheduled = true;
    this.schedule(() => {
      this.#scheduled = false;
      if (!this.#closed) this.#tryFlush();
    });
  }

  /** A full disk must not stop the cluster: the store says so where it matters. */
  #tryFlush(): void {
    try {
      this.flush();
    } catch {
      if (this.#buffer.length > BUFFERED_MAX * 16) this.#buffer = this.#buffer.slice(-BUFFERED_MAX);
    }
  }

  #rotate(): void {
    this.#file?.close();
    this.#file = undefined;
    this.disk.rename(this.path, `${this.path}.1`);
  }
}

/** Keeps records in memory: for tests, and for runs that leave nothing behind. */
export class MemoryAuditLog implements AuditSink {
  readonly records: AuditRecord[] = [];
  #order = 0;

  constructor(private readonly clock: Now) {}

  nextOrder(): number {
    return this.#order++;
  }

  request(entry: AuditEntry): void {
    this.records.push({ type: 'request', ...entry });
  }
  step(step: Step): void {
    this.records.push({ type: 'step', timeMs: this.clock.now(), ...step });
  }
  query(query: AuditQuery): AuditPage {
    return { records: this.records.slice(query.after ?? 0).filter((record) => matches(record, query)), next: this.records.length };
  }
}

/** A torn last line (the power went) is no record. */
function parseRecord(line: string): AuditRecord | undefined {
  try {
    return JSON.parse(line) as AuditRecord;
  } catch {
    return undefined;
  }
}

/** Tells the records of an object and its descendants: whoever is created under a member becomes one. */
function familyOf(query: AuditQuery): (record: AuditRecord) => boolean {
  const uids = new Set(query.uid === undefined ? [] : [query.uid]);
  const names = new Set([nameKey(query)]);
  return (record) => {
    const object: Partial<ObjectIdentity> = record.type === 'step' ? record.object : record;
    if (record.type === 'request' && record.ownerUid !== undefined && uids.has(record.ownerUid) && record.uid !== undefined) {
      uids.add(record.uid);
      names.add(nameKey(record));
    }
    return object.uid === undefined ? names.has(nameKey(object)) : uids.has(object.uid);
  };
}

const nameKey = ({ group = '', resource = '', namespace = '', name = '' }: Partial<ObjectIdentity>): string => `${group}/${resource}/${namespace}/${name}`;

function matches(record: AuditRecord, query: AuditQuery): boolean {
  const object: Partial<ObjectIdentity> = record.type === 'step' ? record.object : record;
  if (query.uid !== undefined && object.uid !== undefined) return object.uid === query.uid;
  return (
    (query.group === undefined || (object.group ?? '') === query.group) &&
    (query.resource === undefined || object.resource === query.resource) &&
    (query.namespace === undefined || (object.namespace ?? '') === query.namespace) &&
    (query.name === undefined || object.name === query.name)
  );
}
