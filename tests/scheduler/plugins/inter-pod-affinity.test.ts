import { NAMESPACES } from '../../../src/api/kinds.ts';
import type { Affinity, PodAffinityTerm } from '../../../src/api/generated/types.ts';
import { freeze } from '../../../src/api/json.ts';
import { Harness } from '../harness.ts';
import { aPod, type PodOptions } from '../objects.ts';

const ZONE = 'topology.kubernetes.io/zone';
const HOST = 'kubernetes.io/hostname';
const term = (app: string, topologyKey: string, more: Partial<PodAffinityTerm> = {}): PodAffinityTerm => ({ labelSelector: { matchLabels: { app } }, topologyKey, ...more });
const near = (...terms: PodAffinityTerm[]): Affinity => ({ podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } });
const far = (...terms: PodAffinityTerm[]): Affinity => ({ podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } });
const withAffinity = (affinity: Affinity, more: PodOptions = {}) => aPod('p', { ...more, spec: { affinity } });
const AFFINITY = "UnschedulableAndUnresolvable: node(s) didn't match pod affinity rules";
const ANTI = "Unschedulable: node(s) didn't match pod anti-affinity rules";
const EXISTING = "Unschedulable: node(s) didn't satisfy existing pods anti-affinity rules";

function zones(): Harness {
  const harness = new Harness();
  for (const [name, zone] of [['a1', 'a'], ['a2', 'a'], ['b1', 'b']] as const) harness.node(name, { labels: { [ZONE]: zone } });
  return harness;
}

describe('required', () => {
  it('affinity: where such a pod is', () => {
    const harness = zones().pod('db', 'a1', { labels: { app: 'db' } });
    expect(harness.filter(withAffinity(near(term('db', ZONE))))).toEqual({ a1: '', a2: '', b1: AFFINITY });
    expect(harness.filter(withAffinity(near(term('db', HOST))))).toEqual({ a1: '', a2: AFFINITY, b1: AFFINITY });
    expect(harness.filter(withAffinity(near(term('cache', ZONE))))).toEqual({ a1: AFFINITY, a2: AFFINITY, b1: AFFINITY });
  });

  it('affinity to itself: the first of a group may go anywhere with the label', () => {
    const first = withAffinity(near(term('web', ZONE)), { labels: { app: 'web' } });
    expect(zones().node('bare').filter(first)).toEqual({ a1: '', a2: '', b1: '', bare: AFFINITY });
    expect(zones().pod('web-0', 'b1', { labels: { app: 'web' } }).filter(first)).toEqual({ a1: AFFINITY, a2: AFFINITY, b1: '' });
  });

  it('anti-affinity: where no such pod is', () => {
    const harness = zones().pod('web-0', 'a1', { labels: { app: 'web' } });
    expect(harness.filter(withAffinity(far(term('web', HOST))))).toEqual({ a1: ANTI, a2: '', b1: '' });
    expect(harness.filter(withAffinity(far(term('web', ZONE))))).toEqual({ a1: ANTI, a2: ANTI, b1: '' });
  });

  it('anti-affinity of the pods that are there', () => {
    const harness = zones().pod('shy', 'a1', { labels: { app: 'shy' }, spec: { affinity: far(term('web', ZONE)) } });
    expect(harness.filter(aPod('p', { labels: { app: 'web' } }))).toEqual({ a1: EXISTING, a2: EXISTING, b1: '' });
    expect(harness.filter(aPod('p', { labels: { app: 'db' } }))).toEqual({ a1: '', a2: '', b1: '' });
    harness.cache.removePod('uid-shy');
    expect(harness.filter(aPod('p', { labels: { app: 'web' } })).a1).toBe('');
  });

  it('speaks of the own namespace, named ones, or those with certain labels', () => {
    const namespace = (name: string, labels: Record<string, string>) => freeze({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, uid: name, resourceVersion: '1', creationTimestamp: '', labels } });
    const harness = zones().known(NAMESPACES, namespace('default', {}), namespace('other', { team: 'x' })).pod('db', 'a1', { namespace: 'other', labels: { app: 'db' } });
    const fits = (more: Partial<PodAffinityTerm>) => harness.filter(withAffinity(near(term('db', HOST, more)))).a1 === '';
    expect(fits({})).toBe(false);
    expect(fits({ namespaces: ['other'] })).toBe(true);
    expect(fits({ namespaceSelector: { matchLabels: { team: 'x' } } })).toBe(true);
    expect(fits({ namespaceSelector: { matchLabels: { team: 'y' } } })).toBe(false);
    expect(fits({ namespaceSelector: {} })).toBe(true);
  });
});

describe('preferred', () => {
  const preferring = (podAffinityTerm: PodAffinityTerm, weight: number) => ({ preferredDuringSchedulingIgnoredDuringExecution: [{ podAffinityTerm, weight }] });

  it('scores topologies by what is there', () => {
    const harness = zones().pod('db', 'a1', { labels: { app: 'db' } });
    expect(harness.scores(withAffinity({ podAffinity: preferring(term('db', ZONE), 5) })).InterPodAffinity).toEqual({ a1: 200, a2: 200, b1: 0 });
    expect(harness.scores(withAffinity({ podAntiAffinity: preferring(term('db', HOST), 5) })).InterPodAffinity).toEqual({ a1: 0, a2: 200, b1: 200 });
    expect(harness.scores(withAffinity({ podAffinity: preferring(term('db', ZONE), 4), podAntiAffinity: preferring(term('db', HOST), 3) })).InterPodAffinity).toEqual({ a1: 50, a2: 200, b1: 0 });
  });

  it('counts the wishes of the pods that are there', () => {
    const harness = zones().pod('fan', 'b1', { spec: { affinity: near(term('web', HOST)) } }).pod('foe', 'a2', { spec: { affinity: { podAntiAffinity: preferring(term('web', HOST), 1) } } });
    // b1 +1, a2 -1, a1 0
    expect(harness.scores(aPod('p', { labels: { app: 'web' } })).InterPodAffinity).toEqual({ a1: 100, a2: 0, b1: 200 });
    expect(harness.scores(aPod('p', { labels: { app: 'db' } }))).not.toHaveProperty('InterPodAffinity');
  });
});
