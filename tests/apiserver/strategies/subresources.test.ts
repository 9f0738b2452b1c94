/** What subresources with strategies of their own change, and what they leave as it was. */
import type { Deployment, Pod } from '../../../src/api/generated/types.ts';
import { draft, type Draft } from '../../../src/api/json.ts';
import type { KubeObject } from '../../../src/api/object.ts';
import { resourceForKind } from '../../../src/api/resource.ts';
import type { Strategy } from '../../../src/apiserver/strategy.ts';
import { strategyFor } from '../../../src/apiserver/strategies/index.ts';
import { podEphemeralContainersStrategy, podResizeStrategy, podStrategy } from '../../../src/apiserver/strategies/pod.ts';
import { created, deployment, NOW, pod, texts } from '../validation/support.ts';

const context = (kind: string) => ({ resource: resourceForKind(kind === 'Pod' ? 'v1' : 'apps/v1', kind)!, nowMs: NOW, user: { username: 'me', groups: [] }, warn: () => undefined });

/** The pod after a change through a door of its own, and the change's faults. */
function through(strategy: Strategy<Pod>, old: Pod, change: (object: Draft<Pod>) => void): { object: Pod; faults: string[] } {
  const object = draft(old);
  change(object);
  strategy.prepareForUpdate?.(object, old, context('Pod'));
  return { object: object as Pod, faults: texts(strategy.validateUpdate?.(object as Pod, old)) };
}

const request = (cpu: string): object => ({ requests: { cpu } });
const old = created<Pod>(
  pod({ containers: [{ name: 'app', image: 'nginx', resources: request('1') }], initContainers: [{ name: 'sidecar', image: 'nginx', restartPolicy: 'Always', resources: request('1') }, { name: 'once', image: 'nginx', resources: request('1') }] }, { labels: { app: 'web' } }),
);

test('a resize changes resources of containers and sidecars, and nothing beside', () => {
  const { object, faults } = through(podResizeStrategy, old, ({ spec, metadata }) => {
    metadata!.labels = { app: 'other' };
    spec!.containers[0]!.image = 'httpd';
    for (const container of [spec!.containers[0]!, spec!.initContainers![0]!]) container.resources = request('2');
  });
  expect(faults).toEqual([]);
  expect(object.metadata?.labels).toEqual({ app: 'web' });
  expect(object.spec?.containers).toMatchObject([{ image: 'nginx', resources: request('2') }]);
  expect(object.spec?.initContainers).toMatchObject([{ resources: request('2') }, { resources: request('1') }]);
});

test('a resize is refused where it would do more', () => {
  expect(through(podResizeStrategy, old, ({ spec }) => void (spec!.initContainers![1]!.resources = request('2'))).faults).toEqual(['spec: Forbidden: resources for non-sidecar init containers are immutable']);
  expect(through(podResizeStrategy, old, ({ spec }) => void spec!.containers.push({ ...spec!.containers[0]!, name: 'more' })).faults).toContain('spec.containers: Forbidden: containers may not be added or removed on resize');
  expect(through(podResizeStrategy, old, ({ spec }) => void (spec!.containers[0]!.name = 'other')).faults).toContain('spec.containers[0].name: Forbidden: containers may not be renamed or reordered on resize');
  expect(through(podResizeStrategy, old, ({ spec }) => void (spec!.containers[0]!.resources = {})).faults).toContain('spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed');
});

test('an ephemeral container comes without changes of metadata', () => {
  const { object, faults } = through(podEphemeralContainersStrategy, old, ({ spec, metadata }) => {
    metadata!.labels = { app: 'other' };
    spec!.ephemeralContainers = [{ name: 'debug', image: 'busybox', imagePullPolicy: 'Always', terminationMessagePolicy: 'File' }];
  });
  expect(faults).toEqual([]);
  expect(object.metadata?.labels).toEqual({ app: 'web' });
});

test("a status does not change whom a pod belongs to, nor a Deployment's labels", () => {
  const change = <T extends KubeObject>(strategy: Strategy<T>, before: T, kind: string, edit: (object: Draft<KubeObject>) => void): KubeObject => {
    const object = draft(before) as Draft<T>;
    edit(object as Draft<KubeObject>);
    strategy.prepareForStatusUpdate?.(object, before, context(kind));
    return object as KubeObject;
  };
  const owner = { apiVersion: 'v1', kind: 'Pod', name: 'a', uid: 'b' };
  expect(change(podStrategy, old, 'Pod', (object) => void (object.metadata!.ownerReferences = [owner])).metadata?.ownerReferences).toBeUndefined();
  const before = created<Deployment>(deployment({}, { labels: { app: 'web' } }));
  const strategy = strategyFor(resourceForKind('apps/v1', 'Deployment')!) as unknown as Strategy<Deployment>;
  expect(change(strategy, before, 'Deployment', (object) => void (object.metadata!.labels = {})).metadata?.labels).toEqual({ app: 'web' });
});

test('the finalizers of a namespace have to be of a domain, or the one that there is', () => {
  const strategy = strategyFor(resourceForKind('v1', 'Namespace')!, 'finalize');
  const namespace = (finalizers: string[]): KubeObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a' }, spec: { finalizers } }) as KubeObject;
  expect(texts(strategy.validateStatusUpdate?.(namespace(['kubernetes', 'a.b/c']), namespace([])))).toEqual([]);
  expect(texts(strategy.validateStatusUpdate?.(namespace(['foo']), namespace([])))).toEqual(['spec.finalizers[0]: Invalid value: "foo": name is neither a standard finalizer name nor is it fully qualified']);
});
