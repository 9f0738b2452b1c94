/** Everything that has no description of its own: its fields, one by one (kubectl pkg/describe/describe.go: genericDescriber). */
import type { KubeObject } from '../../api/object.ts';
import type { ResourceFacts } from '../../api/resource.ts';
import { goText, sortedKeys } from '../../api/go-value.ts';
import { writeEvents } from './events.ts';
import { writeIdentity } from './metadata.ts';
import type { ClusterReader } from './reader.ts';
import { page, type DescriptionWriter } from './writer.ts';

/** What stands at the top already, or nobody reads. */
const SKIPPED = new Set(['.metadata.managedFields', '.metadata.name', '.metadata.namespace', '.metadata.labels', '.metadata.annotations']);
const ACRONYMS = new Set(['API', 'URL', 'UID', 'OSB', 'GUID']);

export async function describe(reader: ClusterReader, namespace: string, name: string, resource: ResourceFacts): Promise<string> {
  const object = await reader.getAsIs<KubeObject>(resource, namespace, name);
  const events = await reader.eventsAbout({ kind: object.kind, name: object.metadata.name, namespace: object.metadata.namespace ?? '', uid: object.metadata.uid });
  return page(async (w) => {
    writeIdentity(w, object.metadata, true);
    writeFields(w, 0, object, '');
    await writeEvents(w, events, reader);
  });
}

function writeFields(w: DescriptionWriter, level: number, fields: object, path: string): void {
  for (const field of sortedKeys(fields)) {
    const here = `${path}.${field}`;
    if (SKIPPED.has(here)) continue;
    const value = (fields as Readonly<Record<string, unknown>>)[field];
    if (typeof value !== 'object' || value === null) {
      w.field(labelOf(field), goText(value, 'int64'), level);
      continue;
    }
    w.heading(labelOf(field), level);
    if (!Array.isArray(value)) writeFields(w, level + 1, value, here);
    else {
      for (const item of value as unknown[]) {
        if (typeof item === 'object' && item !== null && !Array.isArray(item)) writeFields(w, level + 1, item, here);
        else w.write(level + 1, `${goText(item, 'int64')}\n`);
      }
    }
  }
}

/** "clusterIPs" → "Cluster I Ps": words begin at capitals, and the last of several capitals belongs to the small letters after it. */
function labelOf(field: string): string {
  if (/[^\p{L}-]/u.test(field)) return field;
  const runs = field.match(/\p{Ll}+|\p{Lu}+|[^\p{Ll}\p{Lu}]+/gu) ?? [];
  for (let i = 0; i + 1 < runs.length; i++) {
    const [upper, lower] = [runs[i] as string, runs[i + 1] as string];
    if (!/^\p{Lu}/u.test(upper) || !/^\p{Ll}/u.test(lower)) continue;
    runs[i + 1] = upper.slice(-1) + lower;
    runs[i] = upper.slice(0, -1);
  }
  return runs.filter((run) => run !== '').map((run) => (ACRONYMS.has(run.toUpperCase()) ? run.toUpperCase() : run.charAt(0).toUpperCase() + run.slice(1))).join(' ');
}
