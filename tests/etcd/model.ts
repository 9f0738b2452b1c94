/** What a store should do, as simply as it can be said; and random changes to try it with. */
import fc from '../support/property.ts';
import type { KeyValue, Operation, Revision } from '../../src/etcd/store.ts';
import { put, remove } from './support.ts';

/** The store as an array of states, one per revision. */
export class Model {
  readonly states: ReadonlyMap<string, KeyValue>[];
  compactRevision = 0;

  /** @param base the revision at which there is nothing yet */
  constructor(base = 1) {
    this.states = Array.from({ length: base + 1 }, () => new Map());
  }

  get revision(): number {
    return this.states.length - 1;
  }
  get current(): ReadonlyMap<string, KeyValue> {
    return this.states[this.revision] as ReadonlyMap<string, KeyValue>;
  }
  write(changes: readonly Change[]): void {
    const effective = changes.filter((change) => change.value !== undefined || this.current.has(change.key));
    if (effective.length === 0) return;
    const next = new Map(this.current);
    const modRevision = (this.revision + 1) as Revision;
    for (const { key, value } of effective) {
      const before = this.current.get(key);
      if (value === undefined) next.delete(key);
      else next.set(key, { key, value, createRevision: before?.createRevision ?? modRevision, modRevision, version: (before?.version ?? 0) + 1 });
    }
    this.states.push(next);
  }
  range(prefix: string, revision = this.revision): KeyValue[] {
    return [...(this.states[revision] ?? new Map<string, KeyValue>()).values()].filter((kv) => kv.key.startsWith(prefix)).sort((a, b) => (a.key < b.key ? -1 : 1));
  }
  /** What a watch from `from` on tells, as a Recorder notes it. */
  events(prefix: string, from: number): string[] {
    const told: string[] = [];
    for (let revision = from; revision <= this.revision; revision++) {
      const [before, after] = [this.range(prefix, revision - 1), this.range(prefix, revision)];
      const was = new Map(before.map((kv) => [kv.key, kv]));
      const now = new Map(after.map((kv) => [kv.key, kv]));
      for (const key of [...new Set([...was.keys(), ...now.keys()])].sort()) {
        const [old, next] = [was.get(key), now.get(key)];
        const tail = old ? ` (was ${old.value}@${old.modRevision})` : '';
        if (!next) told.push(`${revision} delete ${key}${tail}`);
        else if (next.modRevision === revision) told.push(`${revision} put ${key}=${next.value}${tail}`);
      }
    }
    return told;
  }
  /** Forgets what came after a revision: it was never acknowledged. */
  cutTo(revision: number): void {
    this.states.length = revision + 1;
  }
}

export interface Change {
  readonly key: string;
  readonly value: string | undefined;
}
const key = fc.constantFrom('/registry/pods/default/a', '/registry/pods/default/b', '/registry/pods/kube-system/a', '/registry/nodes/ü 1', '/registry/pods/"x"\\', '/other');
const value = fc.oneof(
  { weight: 5, arbitrary: fc.jsonValue().map((json) => JSON.stringify({ json })) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  { weight: 1, arbitrary: fc.constantFrom('{"a":\n1}', '{\ud800}', '{€}', '{', '', '{}') },
);
const change = fc.record({ key, value: fc.option(value, { nil: undefined, freq: 3 }) });
export const changes = fc.uniqueArray(change, { minLength: 1, maxLength: 3, selector: (one) => one.key });
export const operations = (list: readonly Change[]): Operation[] => list.map((one) => (one.value === undefined ? remove(one.key) : put(one.key, one.value)));

