/**
 * The node lifecycle controller: notices nodes that have fallen silent, marks them and their pods, and taints them so that
 * nothing new comes and what is there is evicted. Follows kubernetes pkg/controller/nodelifecycle/node_lifecycle_controller.go;
 * in place of its five-second poll each node has a timer that a heartbeat puts off.
 */
import { draft } from '../../api/json.ts';
import type { Lease, Node, NodeCondition, Pod } from '../../api/generated/types.ts';
import { LEASES, NODES, PODS } from '../../api/kinds.ts';
import { findCondition } from '../../api/conditions.ts';
import { keyOf, objectKey, type ObjectKey, type Stored } from '../../api/object.ts';
import { isPodReady } from '../../api/pods.ts';
import { isConflict, isNotFound } from '../../api/status.ts';
import { formatTime } from '../../api/time.ts';
import type { Component, ComponentContext, ComponentFactory } from '../../client/component.ts';
import type { Informer } from '../../client/informer.ts';
import { runWorkers, WorkQueue } from '../../client/work-queue.ts';
import type { Timer } from '../../simulation/clock.ts';
import { wantedNoExecute, withNoExecuteTaint, withNoScheduleTaints } from './taints.ts';
import { Zones } from './zones.ts';

const NAME = 'node-controller';
const WORKERS = 8;
/** A node whose last sign of life is older than this is not ready, ms (--node-monitor-grace-period). */
const GRACE_MS = 40_000;
/** Asked again this often while eviction is stopped, ms. */
const STOPPED_RECHECK_MS = 5_000;
const LEASE_NAMESPACE = 'kube-node-lease';
const BY_NODE = 'node';
/** What a silent kubelet no longer vouches for. */
const VOUCHED = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];

interface Health {
  lastSeenMs: number;
  timer: Timer | undefined;
}

export const nodeLifecycleController: ComponentFactory = (context) => new NodeLifecycleController(context);

class NodeLifecycleController implements Component {
  readonly name = NAME;
  readonly #queue: WorkQueue<ObjectKey>;
  readonly #nodes: Informer<Node>;
  readonly #pods: Informer<Pod>;
  readonly #health = new Map<ObjectKey, Health>();
  readonly #zones = new Zones();

  constructor(private readonly context: ComponentContext) {
    const { clock, events, informers } = context;
    this.#queue = new WorkQueue(clock);
    this.#nodes = informers.of(NODES);
    this.#pods = informers.of(PODS);
    this.#pods.addIndex(BY_NODE, (pod) => pod.spec?.nodeName);
    this.#nodes.onChange({
      added: (node) => {
        // Those of the first list are known from before: a cluster is one, however many processes run it in turn.
        if (this.#nodes.synced) events.event(node, 'Normal', 'RegisteredNode', `Node ${node.metadata.name} event: Registered Node ${node.metadata.name} in Controller`);
        this.#seen(keyOf(node));
        this.#changed(node);
      },
      updated: (old, node) => {
        if (heartbeatOf(old) !== heartbeatOf(node)) this.#seen(keyOf(node));
        this.#changed(node);
      },
      deleted: (node) => {
        events.event(node, 'Normal', 'RemovingNode', `Node ${node.metadata.name} event: Removing Node ${node.metadata.name} from Controller`);
        this.#zones.remove(node.metadata.name);
        this.#health.get(keyOf(node))?.timer?.cancel();
        this.#health.delete(keyOf(node));
      },
    });
    informers.of(LEASES).onChange({
      added: (lease) => this.#leaseSeen(lease),
      updated: (old, lease) => {
        if (old.spec?.renewTime !== lease.spec?.renewTime) this.#leaseSeen(lease);
      },
    });
  }

  async run(signal: AbortSignal): Promise<void> {
    await runWorkers({ queue: this.#queue, workers: WORKERS, reconcile: (key) => this.#reconcile(key), log: this.context.log, signal });
    for (const { timer } of this.#health.values()) timer?.cancel();
  }

  #leaseSeen(lease: Stored<Lease>): void {
    if (lease.metadata.namespace === LEASE_NAMESPACE) this.#seen(objectKey(undefined, lease.metadata.name));
  }

  /** A sign of life. The timer is left where it is: when it fires, it looks how long ago the last sign was. */
  #seen(key: ObjectKey): void {
    const { clock } = this.context;
    const health = this.#health.get(key);
    if (health) {
      const overdue = health.timer === undefined;
      health.lastSeenMs = clock.now();
      if (overdue) this.#watch(key, health);
    } else {
      const fresh: Health = { lastSeenMs: clock.now(), timer: undefined };
      this.#health.set(key, fresh);
      this.#watch(key, fresh);
    }
  }

  #watch(key: ObjectKey, health: Health): void {
    const { clock } = this.context;
    health.timer = clock.setTimer(health.lastSeenMs + GRACE_MS - clock.now(), () => {
      health.timer = undefined;
      if (clock.now() < health.lastSeenMs + GRACE_MS) this.#watch(key, health);
      else this.#queue.add(key);
    }, 'background');
  }

  #changed(node: Stored<Node>): void {
    this.#zones.set(node, wantedNoExecute(node) === undefined);
    this.#queue.add(keyOf(node));
  }

  async #reconcile(key: ObjectKey): Promise<void> {
    const node = this.#nodes.get(key);
    if (!node) return;
    try {
      const current = (await this.#markSilent(key, node)) ?? node;
      await this.#markPods(current);
      await this.#taint(key, current);
    } catch (error) {
      if (isConflict(error)) this.#queue.add(key);
      else if (!isNotFound(error)) throw error;
    }
  }

  /** tryUpdateNodeHealth: all that the kubelet vouched for becomes unknown. */
  async #markSilent(key: ObjectKey, node: Stored<Node>): Promise<Stored<Node> | undefined> {
    const { client, clock, events } = this.context;
    const health = this.#health.get(key);
    const now = clock.now();
    if (!health || now < health.lastSeenMs + GRACE_MS || findCondition(node.status?.conditions, 'Ready')?.status === 'Unknown') return undefined;
    const next = draft(node);
    const conditions: NodeCondition[] = [];
    const time = formatTime(now);
    for (const type of VOUCHED) {
      const known = findCondition(node.status?.conditions, type);
      if (!known) {
        conditions.push({ type, status: 'Unknown', reason: 'NodeStatusNeverUpdated', message: 'Kubelet never posted node status.', lastHeartbeatTime: node.metadata.creationTimestamp, lastTransitionTime: time });
      } else if (known.status !== 'Unknown') {
        conditions.push({ ...known, status: 'Unknown', reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.', lastTransitionTime: time });
      } else conditions.push(known);
    }
    const others = (node.status?.conditions ?? []).filter(({ type }) => !VOUCHED.includes(type));
    next.status = { ...next.status, conditions: draft([...(node.status?.conditions ?? []).flatMap(({ type }) => conditions.filter((c) => c.type === type)), ...conditions.filter((c) => !findCondition(node.status?.conditions, c.type)), ...others]) };
    const wasReady = findCondition(node.status?.conditions, 'Ready')?.status === 'True';
    const updated = await client.of(NODES).updateStatus(next, { reason: `no heartbeat for ${GRACE_MS / 1000} seconds` });
    if (wasReady) events.event(node, 'Normal', 'NodeNotReady', `Node ${node.metadata.name} status is now: NodeNotReady`);
    return updated;
  }

  /** MarkPodsNotReady: what runs on a node that is not ready serves nobody. */
  async #markPods(node: Stored<Node>): Promise<void> {
    if (wantedNoExecute(node) === undefined) return;
    const { client, clock, events } = this.context;
    await Promise.all(
      this.#pods.byIndex(BY_NODE, node.metadata.name).filter(isPodReady).map(async (pod) => {
        const condition = { type: 'Ready', status: 'False', lastTransitionTime: formatTime(clock.now()) };
        try {
          await client.of(PODS).patch(pod.metadata.namespace, pod.metadata.name, { metadata: { uid: pod.metadata.uid }, status: { conditions: [condition] } }, 'strategic', { subresource: 'status', reason: `its node ${node.metadata.name} is not ready` });
          events.event(pod, 'Warning', 'NodeNotReady', 'Node is not ready');
        } catch (error) {
          if (!isNotFound(error)) throw error;
        }
      }),
    );
  }

  async #taint(key: ObjectKey, node: Stored<Node>): Promise<void> {
    const { clock } = this.context;
    const time = formatTime(clock.now());
    let current = node;
    const noSchedule = withNoScheduleTaints(current, time);
    if (noSchedule) current = await this.#setTaints(current, noSchedule, 'its conditions say where new pods must not go');
    const wanted = wantedNoExecute(current);
    const noExecute = withNoExecuteTaint(current, this.#zones.allDown ? undefined : wanted, time);
    if (!noExecute) return;
    if (wanted !== undefined && !this.#zones.allDown) {
      const wait = this.#zones.waitMs(current.metadata.name, clock.now());
      if (wait > 0) return this.#queue.addAfter(key, Math.min(wait, STOPPED_RECHECK_MS), 'background');
    }
    await this.#setTaints(current, noExecute, wanted === undefined ? 'it is ready again' : `it is not ready: pods that do not tolerate ${wanted} must leave`);
  }

  #setTaints(node: Stored<Node>, taints: readonly NonNullable<NonNullable<Node['spec']>['taints']>[number][], reason: string): Promise<Stored<Node>> {
    const next = draft(node);
    next.spec = { ...next.spec, taints: draft(taints) };
    if (taints.length === 0) delete next.spec.taints;
    return this.context.client.of(NODES).update(next, { reason });
  }
}

/** The kubelet's own sign of life in the node's status. */
function heartbeatOf(node: Node): string | undefined {
  return findCondition(node.status?.conditions, 'Ready')?.lastHeartbeatTime;
}
