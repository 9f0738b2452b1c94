/** The kubelet of one node: registers it, keeps its heartbeat, and has a worker for each of its pods. */
import type { Lease, Node, Pod, Service } from '../api/generated/types.ts';
import { LEASES, NODES, PODS, SERVICES } from '../api/kinds.ts';
import { objectKey, type Stored } from '../api/object.ts';
import { isAlreadyExists, isConflict, isNotFound } from '../api/status.ts';
import { formatMicroTime, parseTime } from '../api/time.ts';
import type { ComponentContext } from '../client/component.ts';
import type { Client, ResourceClient } from '../client/client.ts';
import { CorrelatingRecorder, type EventType } from '../client/event-recorder.ts';
import type { Clock, Timer } from '../simulation/clock.ts';
import type { Log } from '../simulation/log.ts';
import type { Random } from '../simulation/random.ts';
import { NodeUsage } from './admission.ts';
import { HostLocalNetwork } from './cni/pod-network.ts';
import type { ContainerRecord } from './cri/runtime.ts';
import type { ProcessNetwork } from './cri/process/machine.ts';
import { SimulatedRuntime } from './cri/simulated-runtime.ts';
import { isPoweredOff, newNode, nodeAddress, nodeStatus, type MachineFacts } from './node-status.ts';
import type { PodHost } from './pod-host.ts';
import { PodWorker, type Beginning } from './pod-worker.ts';
import type { Ticker } from './probes/ticker.ts';
import type { References } from './references.ts';

/** nodeLeaseDurationSeconds, and how often it is renewed (a quarter), ms. */
const LEASE_SECONDS = 40;
const RENEW_MS = 10_000;
/** A changed status is told this soon, an unchanged one this often, ms (nodeStatusUpdateFrequency, nodeStatusReportFrequency). */
const STATUS_CHANGED_MS = 10_000;
const STATUS_REPORT_MS = 300_000;

/** What the kubelets of a process share. */
export interface KubeletShared {
  readonly context: ComponentContext;
  readonly references: References;
  readonly ticker: Ticker;
  readonly realistic: boolean;
  /** What processes reach beyond their own pod. */
  readonly network: (namespace: string) => ProcessNetwork;
}

export class Kubelet implements PodHost {
  readonly hostIp: string;
  readonly realistic: boolean;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly ticker: Ticker;
  readonly references: References;
  readonly network = new HostLocalNetwork();
  readonly runtime: SimulatedRuntime;
  readonly client: Client;
  readonly pods: ResourceClient<Pod>;
  usage = new NodeUsage();
  readonly #workers = new Map<string, PodWorker>();
  readonly #context: ComponentContext;
  #recorder: CorrelatingRecorder | undefined;
  #registered: Stored<Node> | undefined;
  #bootId = '';
  /** When the kubelet was started, ms since the epoch. */
  startedAtMs = 0;
  /** What was last told of whether pods may be scheduled here. */
  #unschedulable = false;
  /** On, and registered with the API server. */
  #running = false;
  #lease: Stored<Lease> | undefined;
  #statusTimer: Timer | undefined;
  #statusSoon = false;
  #beating = false;
  /** The power is cut. */
  #off = false;
  /** Counts the starts: what was begun before a power cut ends there. */
  #era = 0;

  constructor(
    readonly nodeName: string,
    private readonly index: number,
    shared: KubeletShared,
  ) {
    const { context } = shared;
    this.#context = context;
    this.hostIp = nodeAddress(index);
    this.realistic = shared.realistic;
    this.clock = context.clock;
    this.random = context.random;
    this.log = context.log;
    this.ticker = shared.ticker;
    this.references = shared.references;
    this.client = context.client.as({ userAgent: 'kubelet', user: { username: `system:node:${nodeName}`, groups: ['system:nodes', 'system:authenticated'] } });
    this.pods = this.client.of(PODS);
    this.runtime = new SimulatedRuntime({ clock: context.clock, random: context.random, realistic: shared.realistic, network: shared.network, onExit: (container, podUid) => this.#exited(container, podUid) });
  }

  get running(): boolean {
    return this.#running;
  }

  worker(uid: string): PodWorker | undefined {
    return this.#workers.get(uid);
  }

  workers(): IterableIterator<PodWorker> {
    return this.#workers.values();
  }

  /** The daemon starts: registers the node and takes over the pods that are bound to it. */
  async start(): Promise<void> {
    const node = this.#context.informers.of(NODES).get(objectKey('', this.nodeName));
    if (isPoweredOff(node)) this.#off = true;
    else await this.#boot(node, false);
  }

  /** The Node object has changed: its podCIDR may be there now, its power may be cut or back. */
  nodeChanged(node: Stored<Node>): void {
    const off = isPoweredOff(node);
    if (off && this.#running) this.#powerOff();
    else if (!off && this.#off) void this.#boot(node, true);
    if (!off) this.#takeNetwork(node);
  }

  /** Stops without a trace: the containers go on, as they do without their kubelet. */
  stop(): void {
    this.#era++;
    this.#running = false;
    this.#statusTimer?.cancel();
    this.runtime.powerOff();
  }

  /** A pod of this node is new or has changed. */
  podChanged(pod: Stored<Pod>): void {
    if (!this.#running) return;
    const { uid } = pod.metadata;
    const worker = this.#workers.get(uid);
    if (worker) worker.update(pod);
    else this.#makeWorker(pod, false).sync();
  }

  podDeleted(pod: Stored<Pod>): void {
    const worker = this.#workers.get(pod.metadata.uid);
    if (!worker) return;
    worker.abandon();
    this.#workers.delete(pod.metadata.uid);
  }

  node(): Stored<Node> | undefined {
    return this.#context.informers.of(NODES).get(objectKey('', this.nodeName)) ?? this.#registered;
  }

  services(namespace: string): readonly Stored<Service>[] {
    return this.#context.informers.of(SERVICES).list(namespace);
  }

  event(pod: Stored<Pod>, type: EventType, reason: string, message: string, fieldPath?: string): void {
    this.#events().event(pod, type, reason, message, fieldPath);
  }

  step(pod: Stored<Pod>, action: string, reason: string): void {
    const { namespace, name, uid } = pod.metadata;
    this.#context.journal.step({ component: `kubelet/${this.nodeName}`, object: { resource: 'pods', ...(namespace ? { namespace } : {}), name, uid }, action, reason });
  }

  imagesChanged(): void {
    this.#statusIn(STATUS_CHANGED_MS);
  }

  #events(): CorrelatingRecorder {
    this.#recorder ??= new CorrelatingRecorder({ client: this.client, clock: this.clock, log: this.log, component: 'kubelet', host: this.nodeName });
    return this.#recorder;
  }

  #nodeEvent(type: EventType, reason: string, message: string): void {
    // The kubelet knows its node by name alone: the name stands for the uid.
    this.#events().event({ kind: 'Node', metadata: { name: this.nodeName, uid: this.nodeName } }, type, reason, message);
  }

  #facts(): MachineFacts {
    return { nodeName: this.nodeName, ip: this.hostIp, bootId: this.#bootId, random: this.random, images: this.runtime.listImages(), nowMs: this.clock.now() };
  }

  async #boot(known: Stored<Node> | undefined, rebooted: boolean): Promise<void> {
    const era = ++this.#era;
    this.#off = false;
    this.startedAtMs = this.clock.now();
    const bootId = this.random.stream(`boot ${this.nodeName} ${rebooted ? this.clock.now() : ''}`).uuid();
    this.#bootId = rebooted ? bootId : (known?.status?.nodeInfo?.bootID ?? bootId);
    const wasReady = known?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
    // A kubelet that finds its node as it left it goes on without a word.
    const quiet = wasReady && !rebooted;
    if (!quiet) this.#nodeEvent('Normal', 'Starting', 'Starting kubelet.');
    this.runtime.restoreImages(rebooted || !quiet ? [] : (known?.status?.images ?? []).flatMap(({ names = [] }) => names));
    try {
      this.#registered = quiet && known && this.#isRecent(known) ? known : await this.#register(known);
    } catch (error) {
      this.log.error(`cannot register node ${this.nodeName}: ${(error as Error).message}`);
      if (era === this.#era) this.clock.setTimer(5000, () => {
        if (era === this.#era) void this.#boot(this.node(), rebooted);
      });
      return;
    }
    if (era !== this.#era) return;
    if (!quiet) this.#tellStart(rebooted, wasReady);
    this.#unschedulable = quiet && this.#registered.spec?.unschedulable === true;
    this.#running = true;
    this.#takeNetwork(this.#registered);
    for (const pod of this.#context.informers.of(PODS).byIndex('node', this.nodeName)) this.#makeWorker(pod, rebooted);
    // Pods that have an address are known now; the others get theirs beside them.
    for (const worker of [...this.#workers.values()]) worker.sync();
    this.#statusIn(STATUS_REPORT_MS);
    await this.#renew();
    if (!this.#beating) {
      this.#beating = true;
      // Nodes are spread over the seconds, a hundred to each, so that a large cluster's heartbeats don't come all at once.
      this.ticker.once(this.clock.now() + RENEW_MS - (this.clock.now() % 1000) + (Math.floor(this.index / 100) % 10) * 1000, this, 'background');
    }
  }

  /** Whether the status was reported within the last five minutes. */
  #isRecent(node: Stored<Node>): boolean {
    const heartbeat = parseTime(node.status?.conditions?.find(({ type }) => type === 'Ready')?.lastHeartbeatTime);
    return heartbeat !== undefined && this.clock.now() - heartbeat < STATUS_REPORT_MS;
  }

  #tellStart(rebooted: boolean, wasReady: boolean): void {
    for (const reason of ['NodeHasSufficientMemory', 'NodeHasNoDiskPressure', 'NodeHasSufficientPID']) this.#nodeEvent('Normal', reason, `Node ${this.nodeName} status is now: ${reason}`);
    if (rebooted) this.#nodeEvent('Warning', 'Rebooted', `Node ${this.nodeName} has been rebooted, boot id: ${this.#bootId}`);
    this.#nodeEvent('Normal', 'NodeAllocatableEnforced', 'Updated Node Allocatable limit across pods');
    if (!wasReady) this.#nodeEvent('Normal', 'NodeReady', `Node ${this.nodeName} status is now: NodeReady`);
  }

  /** A node that was cordoned or uncordoned hears of it with its next look at itself (recordNodeSchedulableEvent). */
  #tellSchedulable(): void {
    const unschedulable = this.node()?.spec?.unschedulable === true;
    if (unschedulable === this.#unschedulable) return;
    this.#unschedulable = unschedulable;
    const reason = unschedulable ? 'NodeNotSchedulable' : 'NodeSchedulable';
    this.#nodeEvent('Normal', reason, `Node ${this.nodeName} status is now: ${reason}`);
  }

  async #register(known: Stored<Node> | undefined): Promise<Stored<Node>> {
    const nodes = this.client.of(NODES);
    let node = known;
    if (!node) {
      try {
        node = await nodes.create(newNode(this.#facts()), { reason: 'the kubelet registers its node' });
        if (node.status?.conditions?.some(({ type }) => type === 'Ready')) return node;
      } catch (error) {
        if (!isAlreadyExists(error)) throw error;
        node = await nodes.get(undefined, this.nodeName);
      }
    }
    return nodes.patch(undefined, this.nodeName, { status: nodeStatus(this.#facts(), node.status) }, 'strategic', { subresource: 'status', reason: 'the kubelet has started' });
  }

  #takeNetwork(node: Stored<Node>): void {
    if (this.network.ready || !node.spec?.podCIDR) return;
    this.network.configure(node.spec.podCIDR);
    for (const worker of this.#workers.values()) worker.sync();
  }

  #makeWorker(pod: Stored<Pod>, rebooted: boolean): PodWorker {
    const known = this.#workers.get(pod.metadata.uid);
    if (known) return known;
    const { initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {};
    const ran = [...initContainerStatuses, ...containerStatuses].some(({ containerID }) => containerID !== undefined && containerID !== '');
    const beginning: Beginning = ran ? (rebooted ? 'rebooted' : 'found') : pod.status?.startTime === undefined || rebooted ? 'new' : 'waiting';
    const worker = new PodWorker(this, pod, beginning);
    this.#workers.set(pod.metadata.uid, worker);
    return worker;
  }

  #exited(container: ContainerRecord, podUid: string): void {
    this.#workers.get(podUid)?.containerExited(container);
  }

  /** The power is gone: no heartbeats, no status, no containers. What the API says of the pods stays as it was. */
  #powerOff(): void {
    this.#era++;
    this.#running = false;
    this.#off = true;
    this.#statusTimer?.cancel();
    for (const worker of this.#workers.values()) worker.abandon();
    this.#workers.clear();
    this.runtime.powerOff();
    this.network.reset();
    this.usage = new NodeUsage();
  }

  /** The heartbeat. */
  tick(): void {
    if (this.#running) {
      void this.#renew();
      this.#tellSchedulable();
    }
    this.ticker.again(RENEW_MS, this, 'background');
  }

  async #renew(): Promise<void> {
    const leases = this.client.of(LEASES);
    const renewTime = formatMicroTime(this.clock.now());
    try {
      if (this.#lease) {
        this.#lease = await leases.update({ ...this.#lease, spec: { ...this.#lease.spec, renewTime } });
        return;
      }
      const owner = this.node();
      const lease: Lease = {
        apiVersion: 'coordination.k8s.io/v1', kind: 'Lease',
        metadata: { name: this.nodeName, namespace: 'kube-node-lease', ...(owner ? { ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: this.nodeName, uid: owner.metadata.uid }] } : {}) },
        spec: { holderIdentity: this.nodeName, leaseDurationSeconds: LEASE_SECONDS, renewTime },
      };
      try {
        this.#lease = await leases.create(lease);
      } catch (error) {
        if (!isAlreadyExists(error)) throw error;
        const found = await leases.get('kube-node-lease', this.nodeName);
        // Renewed a moment ago by a kubelet before this one.
        const renewed = parseTime(found.spec?.renewTime);
        if (renewed !== undefined && this.clock.now() - renewed < RENEW_MS && this.clock.now() >= renewed) {
          this.#lease = found;
          return;
        }
        this.#lease = await leases.update({ ...found, spec: { ...found.spec, holderIdentity: this.nodeName, leaseDurationSeconds: LEASE_SECONDS, renewTime } });
      }
    } catch (error) {
      // Someone else wrote or removed it: the next beat begins anew.
      this.#lease = undefined;
      if (!isConflict(error) && !isNotFound(error) && this.#running) this.log.error(`cannot renew the lease of node ${this.nodeName}: ${(error as Error).message}`);
    }
  }

  /** Reports the node's status after a time; an earlier report stays. */
  #statusIn(delayMs: number): void {
    if (this.#statusTimer && delayMs !== STATUS_REPORT_MS && this.#statusSoon) return;
    this.#statusTimer?.cancel();
    this.#statusSoon = delayMs !== STATUS_REPORT_MS;
    this.#statusTimer = this.clock.setTimer(delayMs - (this.clock.now() % 1000), () => void this.#report(), 'background');
  }

  async #report(): Promise<void> {
    if (!this.#running) return;
    try {
      await this.client.of(NODES).patch(undefined, this.nodeName, { status: nodeStatus(this.#facts(), this.node()?.status) }, 'strategic', { subresource: 'status' });
    } catch (error) {
      if (!isNotFound(error) && this.#running) this.log.error(`cannot report the status of node ${this.nodeName}: ${(error as Error).message}`);
    }
    if (this.#running) this.#statusIn(STATUS_REPORT_MS);
  }
}
