/**
 * A cluster of objects in all the states that describe has words for, from the manifests in cluster/. Both programs can
 * be run against it: it answers reads and selects by labels and fields, and nothing else.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { parseFieldSelector } from '../../../src/api/fields.ts';
import { parseSelector, type Selector } from '../../../src/api/labels.ts';
import { badRequest } from '../../../src/api/status.ts';
import { apiVersionOf, resourceForKind } from '../../../src/api/resource.ts';
import { pathOf } from '../../../src/api/rest.ts';
import { formatMicroTime, formatTime } from '../../../src/api/time.ts';
import { CannedServer, type Answer } from '../../parity/canned-server.ts';

export interface Fixture {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Record<string, string> };
}

const FOLDER = join(__dirname, 'cluster');
const HOUR_MS = 3_600_000;

/**
 * "ago 10d", "ago -10h": a time before now; "ago 10d micro" as a MicroTime. Half a unit is added, so that a slow test
 * sees the same age.
 */
function ago(text: string, now: number): string {
  const [, sign, amount, unit, micro] = /^ago (-?)(\d+)([dh])( micro)?$/.exec(text) ?? [];
  const ms = (Number(amount) + 0.5) * (unit === 'd' ? 24 * HOUR_MS : HOUR_MS);
  const time = now - (sign ? -ms : ms);
  return micro ? formatMicroTime(time) : formatTime(time);
}

function load(): Fixture[] {
  const now = Date.now();
  return readdirSync(FOLDER).sort().flatMap((file) => {
    const text = readFileSync(join(FOLDER, file), 'utf8').replace(/ago -?\d+[dh]( micro)?/g, (match) => ago(match, now));
    return parseAllDocuments(text).map((document) => {
      if (document.errors.length > 0) throw new Error(`${file}: ${document.errors[0]?.message}`);
      const object = document.toJS() as Fixture;
      const { name } = object.metadata;
      return { ...object, metadata: { uid: `${object.kind.toLowerCase()}-${name}`, resourceVersion: '1', creationTimestamp: object.kind === 'Pod' ? ago('ago 10d', now) : '2025-01-02T03:04:05Z', ...object.metadata } };
    });
  });
}

/** Sixty events of few seconds, so that more has to be sorted than an insertion sort does. */
function manyEvents(): Fixture[] {
  const startMs = Date.now() - 10.5 * 24 * HOUR_MS;
  return Array.from({ length: 60 }, (_, index) => ({
    apiVersion: 'v1', kind: 'Event',
    metadata: { name: `busy.${String(index).padStart(2, '0')}`, namespace: 'default' },
    involvedObject: { kind: 'Deployment', name: 'recreate', namespace: 'default', uid: 'deployment-recreate' },
    type: 'Normal', reason: `Reason${index}`, message: `number ${index}`, source: { component: 'test' },
    firstTimestamp: formatTime(startMs), lastTimestamp: formatTime(startMs + ((index * 7) % 5) * 1000),
  }));
}

function fieldOf(object: object, path: string): string {
  let value: unknown = object;
  for (const part of path.split('.')) value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[part] : undefined;
  return typeof value === 'string' ? value : '';
}

/** All objects of the manifests. */
export const clusterObjects = (): readonly Fixture[] => [...load(), ...manyEvents()];

/** A server with the cluster, or with other objects. Resources without any objects are empty in the namespace default. */
export function describeServer(fixtures: readonly Fixture[] = clusterObjects()): CannedServer {
  const objects = fixtures.map((object) => {
    const resource = resourceForKind(object.apiVersion, object.kind);
    if (!resource) throw new Error(`no resource for ${object.kind}`);
    const { name, namespace } = object.metadata;
    const place = { ...resource, resource: resource.plural, ...(namespace ? { namespace } : {}) };
    return { object, path: pathOf({ ...place, name }), collections: [pathOf(place), pathOf({ ...resource, resource: resource.plural })], list: { apiVersion: apiVersionOf(resource), kind: `${resource.kind}List` } };
  });
  const known = new Map(objects.flatMap(({ collections, list }) => collections.map((path) => [path, list])));
  return new CannedServer((url): Answer | undefined => {
    const { pathname, searchParams } = new URL(url, 'http://x');
    const path = decodeURIComponent(pathname);
    const found = objects.find((each) => each.path === path);
    if (found) return { body: found.object };
    const list = known.get(path) ?? known.get(path.replace(/\/namespaces\/[^/]+(?=\/)/, ''));
    if (!list) return undefined;
    let labels: Selector;
    try {
      labels = parseSelector(searchParams.get('labelSelector') ?? '');
    } catch (error) {
      return { status: 400, body: badRequest((error as Error).message).status };
    }
    const fields = parseFieldSelector(searchParams.get('fieldSelector') ?? '');
    const items = objects.filter(({ object, collections }) => collections.includes(path) && labels.matches(object.metadata.labels) && fields.matches((field) => fieldOf(object, field))).map(({ object }) => object);
    const from = Number(searchParams.get('continue') ?? 0);
    const until = from + Number(searchParams.get('limit') ?? items.length);
    return { body: { ...list, metadata: { resourceVersion: '9', ...(until < items.length ? { continue: String(until) } : {}) }, items: items.slice(from, until) } };
  });
}

/** Command lines whose outputs stand in golden/, under the same name. */
export const CASES: readonly string[] = [
  'describe pod full', 'describe pods pending', 'describe pod leaving', 'describe pod leaving-soon', 'describe pod finished', 'describe pod mirror -n kube-system', 'describe pod full --show-events=false',
  'describe deploy web', 'describe deploy recreate', 'describe rs web-2', 'describe rs -l app=web', 'describe rc', 'describe sts', 'describe ds', 'describe jobs', 'describe cronjobs',
  'describe svc', 'describe endpoints', 'describe endpointslices', 'describe ingress', 'describe ingressclass', 'describe netpol', 'describe servicecidr', 'describe ipaddress',
  'describe nodes', 'describe node node-1 --chunk-size=1', 'describe lease -n kube-node-lease',
  'describe cm settings', 'describe cm binary --show-events=false', 'describe secrets', 'describe sa', 'describe pv', 'describe pvc', 'describe sc', 'describe csinodes',
  'describe ns', 'describe quota', 'describe pdb', 'describe role', 'describe clusterrole everything', 'describe rolebinding', 'describe clusterrolebinding', 'describe priorityclass', 'describe hpa', 'describe csr csr', 'describe podtemplates',
  'describe pods,ds,sts,cronjobs,jobs,svc,endpoints,endpointslices,ingress,hpa,rolebindings -n bare',
];

/** Command lines that fail, find nothing, or find by prefix. */
export const ODD_CASES: readonly string[] = [
  'describe', 'describe foo', 'describe pods nothing', 'describe pods web-', 'describe pod/web-', 'describe pods full nothing', 'describe pod/nothing pod/full', 'describe pods nothing nothing2', 'describe pods,svc web', 'describe pods,nodes node-1', 'describe pods -l job=done', 'describe pods -l app=none', 'describe pods -l app=none -A', 'describe pods -n empty', 'describe pods -A full',
  'describe pods -l x=y full', 'describe -f nothing.yaml', 'describe -f nothing.yaml pods', 'describe pods,deploy -l app=web', 'describe -l a=b', 'describe pod/full/x', 'describe pods --show-events=x', 'describe pods --foo', 'describe hpa.v1.autoscaling hpa', 'describe csr bad', 'describe csr', 'describe nodes node-9', 'describe pods -A -l app=web', 'describe pods -R x -k y', 'describe leases', 'describe svc -l nothing=here', 'describe events', 'describe secret no-base64 -n bare',
];

/** A golden file's name. */
export const fileOf = (line: string): string => join(__dirname, 'golden', `${line.replace(/^describe /, '').replace(/[^a-zA-Z0-9=.-]+/g, '-')}.txt`);

/** Times are shown in the zone of the machine; the files are in UTC. */
export function inUtc(text: string): string {
  return text
    .replace(/\b[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g, (time) => (time.includes(' 0001 ') ? time : new Date(time).toUTCString().replace('GMT', '+0000')))
    .replace(/\b(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) ([+-]\d{4}) [A-Z0-9+-]+/g, (_, date: string, clock: string, zone: string) => `${new Date(`${date}T${clock}${zone.slice(0, 3)}:${zone.slice(3)}`).toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`);
}
