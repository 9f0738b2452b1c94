import fc from '../../support/property.ts';
import { freeze } from '../../../src/api/json.ts';
import { applyStrategicMergePatch, createThreeWayMergePatch, createTwoWayMergePatch, schemaForKind, type PatchSchema } from '../../../src/api/patch/index.ts';

const POD = schemaForKind('v1', 'Pod') as PatchSchema;
const DEPLOYMENT = schemaForKind('apps/v1', 'Deployment') as PatchSchema;

const names = fc.constantFrom('a', 'b', 'c', 'd');
const labels = fc.dictionary(names, fc.constantFrom('1', '2'), { maxKeys: 3, noNullPrototype: true });
const port = fc.record({ containerPort: fc.integer({ min: 1, max: 4 }), name: names });
const container = fc.record({
  name: names, image: fc.constantFrom('x', 'y'),
  args: fc.array(names, { maxLength: 2 }),
  ports: fc.uniqueArray(port, { selector: (each) => each.containerPort, maxLength: 3 }),
  env: fc.uniqueArray(fc.record({ name: names, value: names }), { selector: (each) => each.name, maxLength: 3 }),
}, { requiredKeys: ['name', 'image'], noNullPrototype: true });
const volume = fc.oneof(
  fc.record({ name: names, emptyDir: fc.constant({}) }, { noNullPrototype: true }),
  fc.record({ name: names, hostPath: fc.record({ path: names }) }, { noNullPrototype: true }),
);
const pod = fc.record({
  metadata: fc.record({ labels, finalizers: fc.uniqueArray(names, { maxLength: 3 }) }, { requiredKeys: [], noNullPrototype: true }),
  spec: fc.record({
    containers: fc.uniqueArray(container, { selector: (each) => each.name, minLength: 1, maxLength: 3 }),
    volumes: fc.uniqueArray(volume, { selector: (each) => each.name, maxLength: 3 }),
    nodeName: names,
  }, { requiredKeys: ['containers'], noNullPrototype: true }),
}, { noNullPrototype: true });

/**
 * Takes out what decoding drops: empty lists and maps (a patch cannot tell them from absent ones), and the directives
 * and nulls of an element that the live object has lost, which upstream appends as they are.
 */
function compact(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(compact);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key, child]) => child !== null && key !== '$retainKeys' && (!['labels', 'finalizers', 'args', 'ports', 'env', 'volumes'].includes(key) || Object.keys(child as object).length > 0));
  return Object.fromEntries(entries.map(([key, child]) => [key, compact(child)]));
}

describe('two-way patch', () => {
  // Finalizers as a set: upstream misses a change that does no more than sort them.
  const asSet = (value: unknown) => JSON.parse(JSON.stringify(value), (key, child: unknown) => (key === 'finalizers' ? [...(child as string[])].sort() : child)) as unknown;

  test('turns one pod into the other', () => {
    fc.assert(fc.property(pod, pod, (original, modified) => {
      const patch = createTwoWayMergePatch(freeze(original), freeze(modified), POD);
      expect(asSet(compact(applyStrategicMergePatch(original, patch, POD)))).toEqual(asSet(compact(modified)));
    }), { numRuns: 300 });
  });

  test('of equal pods is empty, sorted sets given', () => {
    fc.assert(fc.property(pod, (each) => {
      const sorted = { ...each, metadata: { ...each.metadata, ...(each.metadata.finalizers ? { finalizers: [...each.metadata.finalizers].sort() } : {}) } };
      expect(createTwoWayMergePatch(sorted, structuredClone(sorted), POD)).toEqual({});
    }));
  });

  test('is a minimal patch with element order', () => {
    const original = { spec: { containers: [{ name: 'a', image: 'x' }, { name: 'b', image: 'y' }] } };
    const modified = { spec: { containers: [{ name: 'b', image: 'z' }] } };
    expect(createTwoWayMergePatch(original, modified, POD)).toEqual({
      spec: { containers: [{ name: 'b', image: 'z' }, { name: 'a', $patch: 'delete' }], '$setElementOrder/containers': [{ name: 'b' }] },
    });
  });
});

describe('three-way patch', () => {
  test('an image change in a deployment', () => {
    const manifest = (image: string) => ({ spec: { replicas: 3, template: { spec: { containers: [{ name: 'nginx', image }] } } } });
    const live = { ...manifest('nginx:1'), status: { replicas: 3 } };
    const current = { ...live, spec: { ...live.spec, template: { spec: { containers: [{ name: 'nginx', image: 'nginx:1', imagePullPolicy: 'IfNotPresent' }], restartPolicy: 'Always' } } } };
    expect(createThreeWayMergePatch(manifest('nginx:1'), manifest('nginx:2'), current, DEPLOYMENT)).toEqual({
      spec: { template: { spec: { '$setElementOrder/containers': [{ name: 'nginx' }], containers: [{ name: 'nginx', image: 'nginx:2' }] } } },
    });
  });

  test('deletes what was applied before and is gone, keeps what others set', () => {
    const patch = createThreeWayMergePatch({ metadata: { labels: { a: '1', b: '2' } } }, { metadata: { labels: { a: '1' } } }, { metadata: { labels: { a: '1', b: '2', theirs: '3' } } }, POD);
    expect(patch).toEqual({ metadata: { labels: { b: null } } });
  });

  test('a changed volume source names the keys to retain', () => {
    const pods = (volume: object) => ({ spec: { volumes: [{ name: 'v', ...volume }] } });
    expect(createThreeWayMergePatch(pods({ emptyDir: {} }), pods({ hostPath: { path: '/x' } }), pods({ emptyDir: {} }), POD)).toEqual({
      spec: { volumes: [{ $retainKeys: ['hostPath', 'name'], name: 'v', hostPath: { path: '/x' }, emptyDir: null }], '$setElementOrder/volumes': [{ name: 'v' }] },
    });
  });

  test('everything in the manifest is in the result; applying twice changes nothing more', () => {
    fc.assert(fc.property(pod, pod, pod, (original, modified, current) => {
      const result = applyStrategicMergePatch(current, createThreeWayMergePatch(freeze(original), freeze(modified), freeze(current), POD), POD);
      expectContains(compact(result), compact(modified));
      const again = applyStrategicMergePatch(result, createThreeWayMergePatch(modified, modified, result, POD), POD);
      expect(compact(again)).toEqual(compact(result));
    }), { numRuns: 300 });
  });
});

function expectContains(whole: unknown, part: unknown): void {
  if (Array.isArray(part)) {
    const list = whole as unknown[];
    for (const item of part) {
      const key = typeof item === 'object' && item !== null ? ('containerPort' in item ? 'containerPort' : 'name') : undefined;
      if (key === undefined) expect(list).toContainEqual(item);
      else expectContains(list.find((other) => (other as Record<string, unknown>)[key] === (item as Record<string, unknown>)[key]), item);
    }
  } else if (typeof part === 'object' && part !== null) {
    expect(whole).toBeDefined();
    for (const [key, value] of Object.entries(part)) expectContains((whole as Record<string, unknown>)[key], value);
  } else expect(whole).toBe(part);
}
