/** A framework over a cache that a test fills by hand: what the plugins say, without a loop. */
import type { KubeObject, Stored } from '../../src/api/object.ts';
import type { Pod } from '../../src/api/generated/types.ts';
import type { Resource } from '../../src/api/kinds.ts';
import { Cache } from '../../src/scheduler/cache/cache.ts';
import { PodInfo } from '../../src/scheduler/cache/pod-info.ts';
import { CycleState } from '../../src/scheduler/framework/cycle-state.ts';
import { Framework, type Scores } from '../../src/scheduler/framework/framework.ts';
import type { PluginEntry } from '../../src/scheduler/framework/plugin.ts';
import { Nominator } from '../../src/scheduler/queue/nominator.ts';
import { DEFAULT_PLUGINS } from '../../src/scheduler/registry.ts';
import { testContext } from '../support/fake-api.ts';
import { aNode, aPod, type NodeOptions, type PodOptions } from './objects.ts';

export class Harness {
  readonly cache = new Cache();
  readonly nominator = new Nominator();
  readonly test = testContext();
  readonly framework: Framework;
  readonly work: Promise<void>[] = [];
  readonly activated: string[] = [];

  constructor(plugins: readonly PluginEntry[] = DEFAULT_PLUGINS) {
    const { client, clock, informers, log, random, events } = this.test.context;
    this.framework = new Framework(plugins, {
      client, clock, informers, log, random, events, cache: this.cache,
      nominatedPods: (node) => this.nominator.on(node),
      activate: ({ name }) => void this.activated.push(name),
      track: (work) => void this.work.push(work),
      signal: new AbortController().signal,
    }, clock);
  }

  node(name: string, options: NodeOptions = {}): this {
    this.cache.setNode(aNode(name, options));
    return this;
  }

  /** A pod on a node. */
  pod(name: string, node: string, options: PodOptions = {}): this {
    this.cache.setPod(aPod(name, { ...options, node }));
    return this;
  }

  /** Puts objects into a cache that plugins read. */
  known<T extends KubeObject>(resource: Resource<T>, ...objects: Stored<T>[]): this {
    this.test.context.informers.of(resource).replace(objects);
    return this;
  }

  /** What keeps the pod off each node; '' where it fits. A PreFilter rejection counts for all nodes. */
  filter(pod: Stored<Pod>): Record<string, string> {
    const { state, info, status } = this.#begin(pod);
    return Object.fromEntries(this.cache.nodes().map((node) => {
      const said = status ?? this.framework.runFiltersWithNominatedPods(state, info, node);
      return [node.name, said ? `${said.code}: ${said.reasons.join(', ')}` : ''];
    }));
  }

  /** Each plugin's score of each node, weighted; plugins that skip the pod are left out. */
  scores(pod: Stored<Pod>): Record<string, Record<string, number>> {
    const { state, info } = this.#begin(pod);
    const nodes = this.cache.nodes();
    this.framework.runPreScore(state, info, nodes);
    const scores: Scores = this.framework.runScore(state, info, nodes);
    return Object.fromEntries(scores.byPlugin.map((plugin) => [plugin.plugin, Object.fromEntries(nodes.map(({ name }, i) => [name, plugin.scores[i] as number]))]));
  }

  #begin(pod: Stored<Pod>) {
    const state = new CycleState();
    const info = new PodInfo(pod);
    const { status } = this.framework.runPreFilter(state, info);
    return { state, info, status };
  }
}
