/** Objects in the form that was asked for: as they are, as rows of a Table, or their metadata alone. */
import { decodeObject } from '../api/decode/decoder.ts';
import { structOf } from '../api/decode/table.ts';
import type { KubeObject } from '../api/object.ts';
import type { ApiRequest, WatchEvent } from '../api/request.ts';
import { goQuote } from '../api/quote.ts';
import type { ResourceFacts } from '../api/resource.ts';
import { badRequest } from '../api/status.ts';
import { withNulls } from '../api/null-fields.ts';
import { partialMetadata, printerFor, toTable } from './tables/index.ts';

interface ListObject extends KubeObject {
  readonly items?: readonly KubeObject[];
}

const SCALE: ResourceFacts = { group: 'autoscaling', version: 'v1', plural: 'scales', singular: 'scale', kind: 'Scale', model: '', servedByDefault: false, namespaced: true, verbs: [], shortNames: [], categories: [], subresources: {} };

/** Which part of each object goes with its row (query parameter includeObject). */
function rowObject(request: ApiRequest, resource: ResourceFacts): ((object: KubeObject) => unknown) | undefined {
  const asked = request.options?.query?.includeObject;
  if (asked !== undefined && asked !== 'Object' && asked !== 'Metadata' && asked !== 'None') {
    throw badRequest(`Unable to convert to Table as requested: includeObject: Invalid value: ${goQuote(String(asked))}: must be 'Metadata', 'Object', 'None', or empty`);
  }
  return asked === 'Object' ? (object) => (request.nulls ? withNulls(resource, object) : object) : asked === 'None' ? () => undefined : undefined;
}

/** The answer's object as the request wants it. Statuses stay as they are. */
export function represent(request: ApiRequest, resource: ResourceFacts, object: KubeObject, nowMs: number, printer = printerFor(resource)): KubeObject {
  const { representation } = request;
  if (object.kind === 'Status') return object;
  if (representation === undefined || representation === 'object') return request.nulls ? withNulls(resource, object) : object;
  // What a scale subresource answers with is no object of the resource.
  if (object.kind === 'Scale' && resource.kind !== 'Scale') return represent(request, SCALE, object, nowMs);
  const { items, metadata } = object as ListObject;
  if (representation === 'table') {
    const listMeta = items ? (metadata ?? {}) : { resourceVersion: metadata?.resourceVersion ?? '' };
    return toTable(printer, items ?? [object], listMeta, { nowMs }, rowObject(request, resource)) as unknown as KubeObject;
  }
  if (!items) return partialMetadata(object) as KubeObject;
  return { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata, items: items.map(partialMetadata) } as KubeObject;
}

/** What is only a version is a whole struct upstream: all that is always written is there. */
function asStruct({ model }: ResourceFacts, object: KubeObject): KubeObject {
  const struct = structOf(model);
  return struct ? ({ ...decodeObject(struct, object as unknown as Readonly<Record<string, unknown>>, 'json').value, kind: object.kind, apiVersion: object.apiVersion } as KubeObject) : object;
}

/** The same for an event of a watch; only the first Table of a watch carries the columns. */
export function representEvents(request: ApiRequest, resource: ResourceFacts, now: () => number, onEvent: (event: WatchEvent) => void, printer = printerFor(resource)): (event: WatchEvent) => void {
  if ((request.representation === undefined || request.representation === 'object') && !request.nulls) return onEvent;
  // What cannot be asked for is refused before the watch begins.
  if (request.representation === 'table') rowObject(request, resource);
  let first = true;
  return (event) => {
    if (event.type === 'ERROR') return onEvent(event);
    const object = represent(request, resource, event.type === 'BOOKMARK' ? asStruct(resource, event.object) : event.object, now(), printer) as KubeObject & { columnDefinitions?: unknown };
    const later = request.representation === 'table' && !first ? ({ ...object, columnDefinitions: null } as KubeObject) : object;
    first = false;
    onEvent({ type: event.type, object: later });
  };
}
