/**
 * A version of a key as the store keeps it: what was written in this process is a plain KeyValue; what came from a file
 * stays in the file's bytes until somebody asks, so that opening costs no more than an index.
 */
import type { KeyValue, LeaseId, Revision } from './store.ts';
import { readText, type FileText } from './stored-text.ts';

export class FileVersion implements FileText {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  readonly quoted: boolean;

  constructor(
    readonly key: string,
    text: FileText,
    readonly createRevision: Revision,
    readonly modRevision: Revision,
    readonly version: number,
    readonly lease: LeaseId | undefined,
  ) {
    // Copied, since an object less per key is felt when ten thousand are opened.
    this.bytes = text.bytes;
    this.start = text.start;
    this.end = text.end;
    this.quoted = text.quoted;
  }
}

export type Version = KeyValue | FileVersion;

/** What callers get. Decoded each time: who asks keeps the parsed object anyway, and two copies would cost memory. */
export function keyValue(version: Version): KeyValue {
  if (!(version instanceof FileVersion)) return version;
  const { key, createRevision, modRevision, lease } = version;
  return { key, value: readText(version), createRevision, modRevision, version: version.version, lease } as KeyValue;
}

/** Deletions are kept as versions 0, until they are compacted. */
export function isTombstone(version: Version): boolean {
  return version.version === 0;
}

/** The version that a put at `revision` makes of what the key held. */
export function putVersion(
  previous: Version | undefined,
  key: string,
  value: string | FileText,
  revision: Revision,
  lease: LeaseId | undefined,
): Version {
  const createRevision = previous?.createRevision ?? revision;
  const version = (previous?.version ?? 0) + 1;
  if (typeof value !== 'string') return new FileVersion(key, value, createRevision, revision, version, lease);
  return { key, value, createRevision, modRevision: revision, version, lease } as KeyValue;
}

export function tombstone(key: string, revision: Revision): KeyValue {
  return { key, value: '', createRevision: 0 as Revision, modRevision: revision, version: 0 };
}
