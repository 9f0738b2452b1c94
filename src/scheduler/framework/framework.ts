/** Runs the plugins of each extension point in their order. Follows kubernetes pkg/scheduler/framework/runtime/framework.go. */
import type { Clock } from '../../simulation/clock.ts';
import type { NodeInfo } from '../cache/node-info.ts';
import type { PodInfo } from '../cache/pod-info.ts';
import type { CycleState } from './cycle-state.ts';
import type { ClusterEvent } from './events.ts';
import type { Handle, Plugin, PluginEntry, PostFilterResult, QueuedPod } from './plugin.ts';
import { failure, isRejected, unresolvable, unschedulable, type NodeStatuses, type Status } from './status.ts';
import { WaitingPods } from './waiting-pods.ts';

/** A plugin at one extension point; what it does not implement is not called. */
type With<Point extends keyof Plugin> = Plugin & Required<Pick<Plugin, Point>>;

/** A node's scores: the sum, and each scoring plugin's share after weighting. */
export interface Scores {
  readonly totals: readonly number[];
  readonly byPlugin: readonly { readonly plugin: string; readonly weight: number; readonly scores: readonly number[] }[];
}

export interface PreFilterOutcome {
  readonly status?: Status;
  readonly nodeNames?: ReadonlySet<string>;
  /** The plugins that have narrowed the nodes down. */
  readonly plugins: readonly string[];
}

export class Framework {
  readonly #plugins: readonly Plugin[];
  readonly #byName: ReadonlyMap<string, Plugin>;
  readonly #weights: ReadonlyMap<string, number>;
  readonly #preEnqueue: readonly With<'preEnqueue'>[];
  readonly #preFilter: readonly With<'preFilter'>[];
  readonly #addPod: readonly With<'addPod'>[];
  readonly #removePod: readonly With<'removePod'>[];
  readonly #filter: readonly With<'filter'>[];
  readonly #postFilter: readonly With<'postFilter'>[];
  readonly #preScore: readonly With<'preScore'>[];
  readonly #score: readonly With<'score'>[];
  readonly #reserve: readonly With<'reserve'>[];
  readonly #unreserve: readonly With<'unreserve'>[];
  readonly #permit: readonly With<'permit'>[];
  readonly #preBind: readonly With<'preBind'>[];
  readonly #bind: readonly With<'bind'>[];
  readonly #postBind: readonly With<'postBind'>[];
  readonly #sort: With<'less'> | undefined;
  readonly waitingPods: WaitingPods;
  readonly #nominated: (nodeName: string) => readonly PodInfo[];

  constructor(entries: readonly PluginEntry[], handle: Omit<Handle, 'runFiltersWithNominatedPods' | 'runAddPod' | 'runRemovePod'>, clock: Clock) {
    const lent: Handle = {
      ...handle,
      nominatedPods: (nodeName) => handle.nominatedPods(nodeName),
      activate: (pod) => handle.activate(pod),
      track: (work) => handle.track(work),
      runFiltersWithNominatedPods: (state, pod, node) => this.runFiltersWithNominatedPods(state, pod, node),
      runAddPod: (state, pod, added, node) => this.runAddPod(state, pod, added, node),
      runRemovePod: (state, pod, removed, node) => this.runRemovePod(state, pod, removed, node),
    };
    this.#nominated = lent.nominatedPods;
    const made = entries.map(({ make, weight }) => ({ plugin: make(lent), weight }));
    this.#plugins = made.map(({ plugin }) => plugin);
    this.#byName = new Map(this.#plugins.map((plugin) => [plugin.name, plugin]));
    this.#weights = new Map(made.map(({ plugin, weight }) => [plugin.name, weight]));
    this.#preEnqueue = this.#at('preEnqueue');
    this.#preFilter = this.#at('preFilter');
    this.#addPod = this.#at('addPod');
    this.#removePod = this.#at('removePod');
    this.#filter = this.#at('filter');
    this.#postFilter = this.#at('postFilter');
    this.#preScore = this.#at('preScore');
    this.#score = this.#at('score');
    this.#reserve = this.#at('reserve');
    this.#unreserve = this.#at('unreserve');
    this.#permit = this.#at('permit');
    this.#preBind = this.#at('preBind');
    this.#bind = this.#at('bind');
    this.#postBind = this.#at('postBind');
    this.#sort = this.#at('less')[0];
    this.waitingPods = new WaitingPods(clock);
  }

  #at<Point extends keyof Plugin>(point: Point): With<Point>[] {
    return this.#plugins.filter((plugin): plugin is With<Point> => plugin[point] !== undefined);
  }

  less(a: QueuedPod, b: QueuedPod): boolean {
    return this.#sort ? this.#sort.less(a, b) : a.sequence < b.sequence;
  }

  /** The first plugin that does not let the pod into the queue. */
  runPreEnqueue(pod: PodInfo): Status | undefined {
    for (const plugin of this.#preEnqueue) {
      const status = plugin.preEnqueue(pod);
      if (status) return { ...status, plugin: plugin.name };
    }
    return undefined;
  }

  /** Whether an event may help a pod that these plugins have rejected. */
  isWorthRequeuing(event: ClusterEvent, pod: PodInfo, rejectedBy: ReadonlySet<string>): boolean {
    for (const name of rejectedBy) if (this.#byName.get(name)?.isWorthRequeuing?.(event, pod)) return true;
    return false;
  }

  runPreFilter(state: CycleState, pod: PodInfo): PreFilterOutcome {
    let nodeNames: ReadonlySet<string> | undefined;
    const narrowing: string[] = [];
    for (const plugin of this.#preFilter) {
      const result = plugin.preFilter(state, pod);
      if (result?.status?.code === 'Skip') state.skipFilter.add(plugin.name);
      else if (result?.status) return { status: { ...result.status, plugin: plugin.name }, plugins: narrowing };
      if (!result?.nodeNames) continue;
      narrowing.push(plugin.name);
      const names: ReadonlySet<string> = result.nodeNames;
      nodeNames = nodeNames ? new Set([...nodeNames].filter((name) => names.has(name))) : names;
      if (nodeNames.size === 0) {
        const message = narrowing.length === 1 ? `node(s) didn't satisfy plugin ${narrowing[0]}` : `node(s) didn't satisfy plugin(s) [${[...narrowing].sort().join(' ')}] simultaneously`;
        return { status: unresolvable(message), nodeNames, plugins: narrowing };
      }
    }
    return { ...(nodeNames ? { nodeNames } : {}), plugins: narrowing };
  }

  runAddPod(state: CycleState, pod: PodInfo, added: PodInfo, node: NodeInfo): void {
    for (const plugin of this.#addPod) if (!state.skipFilter.has(plugin.name)) plugin.addPod(state, pod, added, node);
  }

  runRemovePod(state: CycleState, pod: PodInfo, removed: PodInfo, node: NodeInfo): void {
    for (const plugin of this.#removePod) if (!state.skipFilter.has(plugin.name)) plugin.removePod(state, pod, removed, node);
  }

  /** The first rejection; the plugins after it are not asked. */
  runFilters(state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined {
    for (const plugin of this.#filter) {
      if (state.skipFilter.has(plugin.name)) continue;
      const status = plugin.filter(state, pod, node);
      if (status) return { ...status, plugin: plugin.name };
    }
    return undefined;
  }

  /**
   * A node with nominated pods must fit with them there, and without: they may never arrive, and the pod may need what
   * they would bring (runtime: RunFilterPluginsWithNominatedPods).
   */
  runFiltersWithNominatedPods(state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined {
    const nominated = this.#nominated(node.name);
    const expected = nominated.length === 0 ? nominated : nominated.filter((other) => other.priority >= pod.priority && other.uid !== pod.uid);
    if (expected.length > 0) {
      const withThem = node.clone();
      const stateWithThem = state.clone();
      for (const other of expected) {
        withThem.addPod(other);
        this.runAddPod(stateWithThem, pod, other, withThem);
      }
      const status = this.runFilters(stateWithThem, pod, withThem);
      if (status) return status;
    }
    return this.runFilters(state, pod, node);
  }

  get hasPostFilter(): boolean {
    return this.#postFilter.length > 0;
  }

  runPostFilter(state: CycleState, pod: PodInfo, statuses: NodeStatuses): PostFilterResult {
    let nomination: PostFilterResult = {};
    const reasons: string[] = [];
    for (const plugin of this.#postFilter) {
      const result = plugin.postFilter(state, pod, statuses);
      if (!result.status || result.status.code === 'UnschedulableAndUnresolvable' || !isRejected(result.status)) return result;
      if (result.nominatedNodeName !== undefined) nomination = { nominatedNodeName: result.nominatedNodeName };
      reasons.push(...result.status.reasons);
    }
    return { ...nomination, status: unschedulable(...reasons) };
  }

  runPreScore(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): Status | undefined {
    for (const plugin of this.#preScore) {
      const status = plugin.preScore(state, pod, nodes);
      if (status?.code === 'Skip') state.skipScore.add(plugin.name);
      else if (status) return { ...status, plugin: plugin.name };
    }
    return undefined;
  }

  runScore(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): Scores {
    const totals = new Array<number>(nodes.length).fill(0);
    const byPlugin: { plugin: string; weight: number; scores: number[] }[] = [];
    for (const plugin of this.#score) {
      if (state.skipScore.has(plugin.name)) continue;
      const scores = nodes.map((node) => plugin.score(state, pod, node));
      plugin.normalizeScore?.(state, pod, scores, nodes);
      const weight = this.#weights.get(plugin.name) ?? 1;
      for (let i = 0; i < scores.length; i++) {
        scores[i] = (scores[i] as number) * weight;
        totals[i] = (totals[i] as number) + (scores[i] as number);
      }
      byPlugin.push({ plugin: plugin.name, weight, scores });
    }
    return { totals, byPlugin };
  }

  runReserve(state: CycleState, pod: PodInfo, nodeName: string): Status | undefined {
    for (const plugin of this.#reserve) {
      const status = plugin.reserve(state, pod, nodeName);
      if (status) return { ...status, plugin: plugin.name };
    }
    return undefined;
  }

  /** In reverse, as each may build on what the ones before it have reserved. */
  runUnreserve(state: CycleState, pod: PodInfo, nodeName: string): void {
    for (const plugin of [...this.#unreserve].reverse()) plugin.unreserve(state, pod, nodeName);
  }

  /** Starts holding the pod where a plugin says Wait; see `waitOnPermit`. */
  runPermit(state: CycleState, pod: PodInfo, nodeName: string): Status | undefined {
    const timeouts = new Map<string, number>();
    for (const plugin of this.#permit) {
      const result = plugin.permit(state, pod, nodeName);
      if (result?.status?.code === 'Wait') timeouts.set(plugin.name, result.timeoutMs ?? Infinity);
      else if (result?.status) return { ...result.status, plugin: plugin.name };
    }
    if (timeouts.size > 0) this.waitingPods.hold(pod.uid, timeouts);
    return undefined;
  }

  waitOnPermit(pod: PodInfo): Promise<Status | undefined> {
    return this.waitingPods.wait(pod.uid);
  }

  async runPreBind(state: CycleState, pod: PodInfo, nodeName: string): Promise<Status | undefined> {
    for (const plugin of this.#preBind) {
      const status = await plugin.preBind(state, pod, nodeName);
      if (status) return isRejected(status) ? { ...status, plugin: plugin.name } : failure(`running PreBind plugin "${plugin.name}": ${status.reasons.join(', ')}`);
    }
    return undefined;
  }

  async runBind(state: CycleState, pod: PodInfo, nodeName: string): Promise<Status | undefined> {
    for (const plugin of this.#bind) {
      const status = await plugin.bind(state, pod, nodeName);
      if (status?.code === 'Skip') continue;
      if (status) return isRejected(status) ? { ...status, plugin: plugin.name } : failure(`running Bind plugin "${plugin.name}": ${status.reasons.join(', ')}`);
      return undefined;
    }
    return failure('no Bind plugin has taken the pod');
  }

  runPostBind(state: CycleState, pod: PodInfo, nodeName: string): void {
    for (const plugin of this.#postBind) plugin.postBind(state, pod, nodeName);
  }
}
