/** A fleet over the fake API, and pods to put on it. */
import type { Event, Node, Pod, PodSpec } from '../../src/api/generated/types.ts';
import { EVENTS, NODES, PODS } from '../../src/api/kinds.ts';
import type { Stored } from '../../src/api/object.ts';
import { nodeFleet, type Fleet, type FleetOptions } from '../../src/kubelet/fleet.ts';
import { testContext, type TestContext } from '../support/fake-api.ts';

export interface Cluster extends TestContext {
  readonly fleet: Fleet;
  pod(name?: string): Promise<Stored<Pod>>;
  node(name?: string): Promise<Stored<Node>>;
  /** "reason: message" of the events on an object, in order. */
  events(name: string): Promise<string[]>;
  create(spec: Partial<PodSpec>, name?: string): Promise<Stored<Pod>>;
  readonly pods: ReturnType<TestContext['context']['client']['of']>;
}

/** Starts a fleet whose nodes have their podCIDR, unless `network` is false. */
export async function cluster(options: Partial<FleetOptions> = {}, network = true): Promise<Cluster> {
  const test = testContext({ component: 'kubelet' });
  const { client } = test.context;
  let fleet: Fleet | undefined;
  const make = nodeFleet({ nodes: 1, timing: 'fast', ...options });
  await test.start((context) => (fleet = make(context)));
  for (const { metadata, spec } of (await client.of(NODES).list()).items) {
    if (network && !spec?.podCIDR) await client.of(NODES).patch(undefined, metadata.name, { spec: { podCIDR: `10.244.${Number(metadata.name.split('-')[1])}.0/24` } }, 'merge');
  }
  await test.settle();
  return {
    ...test, fleet: fleet as Fleet, pods: client.of(PODS) as Cluster['pods'],
    pod: (name = 'web') => client.of(PODS).get('default', name),
    node: (name = 'node-1') => client.of(NODES).get(undefined, name),
    async events(name) {
      const { items } = await client.of(EVENTS).list();
      return items.filter((event: Event) => event.involvedObject.name === name).map((event: Event) => `${event.reason}: ${event.message}${(event.count ?? 1) > 1 ? ` (x${event.count})` : ''}`);
    },
    async create(spec, name = 'web') {
      const pod = await client.of(PODS).create({
        apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' },
        spec: { nodeName: 'node-1', restartPolicy: 'Always', terminationGracePeriodSeconds: 30, containers: [{ name: 'nginx', image: 'nginx', imagePullPolicy: 'Always' }], ...spec },
      });
      await test.settle();
      return pod;
    },
  };
}

/** The log of a container as `kubectl logs` gets it. */
export async function logs(test: Cluster, pod: Stored<Pod>, container: string, more: { previous?: boolean; tailLines?: number; timestamps?: boolean } = {}): Promise<string> {
  let text = '';
  await test.fleet.dial(pod.spec?.nodeName ?? '')?.containerLogs({ namespace: pod.metadata.namespace ?? '', pod: pod.metadata.name, uid: pod.metadata.uid, container, follow: false, previous: false, timestamps: false, ...more }, (part) => (text += part));
  return text;
}
