/** describe of objects in states that nobody thought of: those of the describe tests with fields taken out, emptied, or of another value. */
import fc from '../../support/property.ts';
import { resourceForKind } from '../../../src/api/resource.ts';
import { clusterObjects, type Fixture } from '../../kubectl/describe/cluster.ts';
import type { Line } from './arbitraries.ts';

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Which of the fields changes, counted through the object, and into what; "keep" makes it longer instead. */
interface Change {
  readonly at: number;
  readonly into: 'gone' | 'empty' | 'none' | 'twice' | 'other';
}

const EMPTY: Readonly<Record<string, Json>> = { string: '', number: 0, boolean: false };

/** Walks the object and changes the field of that number, among those below spec, status and the like. */
function changed(object: Json, { at, into }: Change): Json {
  let count = 0;
  const walk = (value: Json): Json | undefined => {
    const here = count++ === at;
    if (here && into === 'gone') return undefined;
    if (Array.isArray(value)) {
      const items = (value as readonly Json[]).flatMap((item) => walk(item) ?? []);
      return !here ? items : into === 'twice' ? [...items, ...items] : [];
    }
    if (typeof value === 'object' && value !== null) {
      const fields = Object.entries(value).flatMap(([key, field]) => {
        const next = walk(field);
        return next === undefined ? [] : [[key, next] as const];
      });
      return here && into !== 'twice' ? {} : Object.fromEntries(fields);
    }
    if (!here) return value;
    if (into === 'other') return typeof value === 'string' ? (/^\d/.test(value) ? value : 'some-other') : typeof value === 'number' ? value + 1 : typeof value === 'boolean' ? !value : value;
    return into === 'none' ? null : (EMPTY[typeof value] ?? value);
  };
  return walk(object) ?? {};
}

function mutated(object: Fixture, changes: readonly Change[]): Fixture {
  const { apiVersion, kind, metadata, ...rest } = object as Fixture & Readonly<Record<string, Json>>;
  const size = (value: Json): number => 1 + (typeof value === 'object' && value !== null ? Object.values(value).reduce<number>((sum, each) => sum + size(each as Json), 0) : 0);
  const all = size(rest as Json);
  return { apiVersion, kind, metadata, ...(changes.reduce<Json>((value, change) => changed(value, { ...change, at: 1 + (change.at % Math.max(1, all)) }), rest as Json) as object) };
}

const objects = clusterObjects().filter(({ kind }) => kind !== 'Event');
const change = fc.record({ at: fc.nat(400), into: fc.constantFrom<Change['into']>('gone', 'gone', 'empty', 'none', 'twice', 'other') });

/** One object is described, the others are around it. */
export const described: fc.Arbitrary<Line> = fc.tuple(fc.constantFrom(...objects), fc.array(change, { minLength: 1, maxLength: 6 })).map(([object, changes]) => {
  const { apiVersion, kind, metadata } = object;
  const resource = resourceForKind(apiVersion, kind);
  const around = clusterObjects().filter((each) => !(each.kind === kind && each.metadata.name === metadata.name));
  return { args: ['describe', resource?.plural ?? kind, metadata.name, ...(metadata.namespace ? ['-n', metadata.namespace] : [])], input: '', objects: [mutated(object, changes)], around };
});
