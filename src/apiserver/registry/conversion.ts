/**
 * Versions of one resource: objects are stored in one, and served in others through here. The built-in resources that a
 * fresh cluster serves twice are Events (core and events.k8s.io) and HorizontalPodAutoscalers (v2 and v1).
 * Follows kubernetes pkg/apis/events/v1/conversion.go.
 */
import { draft, freeze, type Draft } from '../../api/json.ts';
import type { Event, EventsV1Event, HorizontalPodAutoscaler, V2HorizontalPodAutoscaler } from '../../api/generated/types.ts';
import type { KubeObject } from '../../api/object.ts';
import { apiVersionOf, resourceAt, type ResourceFacts } from '../../api/resource.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import { autoscalerToV1, autoscalerToV2 } from './autoscaler-conversion.ts';

export interface Conversion {
  /** The version in which objects are stored. */
  readonly storage: ResourceFacts;
  toStorage(object: Draft<KubeObject>): Draft<KubeObject>;
  fromStorage(object: StoredObject): StoredObject;
  /** What a field that objects can be selected by is called in the stored version. Throws an Error for others. */
  readonly storedField?: (field: string) => string;
}

type Fields = Record<string, unknown>;

/** Field names of events.k8s.io/v1 and what core/v1 calls them. */
const EVENT_FIELDS: readonly (readonly [keyof EventsV1Event, keyof Event])[] = [
  ['regarding', 'involvedObject'],
  ['note', 'message'],
  ['reportingController', 'reportingComponent'],
  ['deprecatedSource', 'source'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
];

function renamed(object: object, names: ReadonlyMap<string, string>, apiVersion: string): Fields {
  const result: Fields = {};
  for (const [key, value] of Object.entries(object)) result[names.get(key) ?? key] = value;
  result.apiVersion = apiVersion;
  return result;
}

const toCore = new Map<string, string>(EVENT_FIELDS);
const toEvents = new Map<string, string>(EVENT_FIELDS.map(([events, core]) => [core, events]));

/** Fields by which events.k8s.io/v1 selects (AddFieldLabelConversionsForEvent). */
const EVENT_LABELS = new Set(['metadata.name', 'metadata.namespace', 'reason', 'type', 'reportingController', ...['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'].map((field) => `regarding.${field}`)]);

function coreEventField(field: string): string {
  if (!EVENT_LABELS.has(field)) throw new Error(`field label not supported: ${field}`);
  return field === 'reportingController' ? 'reportingComponent' : field.replace(/^regarding\./, 'involvedObject.');
}

function conversion(storage: ResourceFacts | undefined, to: (object: Draft<KubeObject>) => object, from: (object: StoredObject) => object, storedField?: (field: string) => string): Conversion | undefined {
  return storage && { storage, ...(storedField ? { storedField } : {}), toStorage: (object) => to(object) as Draft<KubeObject>, fromStorage: (object) => freeze(from(object)) as StoredObject };
}

const core = resourceAt('', 'v1', 'events');
const v2 = resourceAt('autoscaling', 'v2', 'horizontalpodautoscalers');
const conversions = new Map<string, Conversion | undefined>([
  ['events.k8s.io/v1/events', conversion(core, (object) => renamed(object, toCore, 'v1'), (object) => renamed(object, toEvents, 'events.k8s.io/v1'), coreEventField)],
  ['autoscaling/v1/horizontalpodautoscalers', conversion(v2, (object) => autoscalerToV2(object as Draft<HorizontalPodAutoscaler>), (object) => autoscalerToV1(draft(object) as Draft<V2HorizontalPodAutoscaler>))],
]);

/** How a resource's version is stored, where that is not as it is served. */
export function conversionOf(resource: ResourceFacts): Conversion | undefined {
  return conversions.get(`${apiVersionOf(resource)}/${resource.plural}`);
}
