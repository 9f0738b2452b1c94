/** What a component is given, over the fake API server and a clock that stands still until a test moves it. */
import { setMaxListeners } from 'node:events';
import { Client } from '../../src/client/client.ts';
import type { ComponentContext, ComponentFactory } from '../../src/client/component.ts';
import { CorrelatingRecorder } from '../../src/client/event-recorder.ts';
import { InformerFactory } from '../../src/client/informer.ts';
import { ClusterClock } from '../../src/simulation/cluster-clock.ts';
import type { Log, Step } from '../../src/simulation/log.ts';
import { seededRandom } from '../../src/simulation/random.ts';
import { FakeApi } from './fake-api.ts';

export interface TestContextOptions {
  /** The event source's name. */
  readonly component?: string;
  /** Cluster time at the start; default 2025-01-01T00:00:00Z. */
  readonly startMs?: number;
  readonly seed?: string;
}

export interface TestContext {
  readonly api: FakeApi;
  readonly context: ComponentContext;
  readonly clock: ClusterClock;
  /** What was logged as an error. */
  readonly errors: string[];
  /** What was put into the journal. */
  readonly steps: Step[];
  /** Builds components, fills their caches and lets them run; resolves when nothing is left to do at this moment. */
  start(...factories: ComponentFactory[]): Promise<void>;
  /** Lets everything that is runnable run, without moving the clock. */
  settle(): Promise<void>;
  /** Ends the components and their watches. Call it at the end of a test that called `start`. */
  stop(): Promise<void>;
}

export function testContext(options: TestContextOptions = {}): TestContext {
  const clock = new ClusterClock({ speed: 0, startMs: options.startMs ?? Date.UTC(2025, 0, 1) });
  const api = new FakeApi(clock);
  const errors: string[] = [];
  const steps: Step[] = [];
  const log: Log = {
    info: () => undefined,
    error: (message) => void errors.push(message),
    named: () => log,
  };
  const component = options.component ?? 'test-controller';
  const client = new Client(api, { userAgent: 'kube-controller-manager', user: { username: 'system:kube-controller-manager', groups: ['system:authenticated'] } });
  const informers = new InformerFactory(client, clock, log);
  const context: ComponentContext = {
    client, informers, clock, log,
    random: seededRandom(options.seed ?? 'test'),
    journal: { step: (step) => void steps.push(step) },
    events: new CorrelatingRecorder({ client, clock, log, component }),
  };
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal);
  const running: Promise<void>[] = [];
  const settle = () => clock.activity.idle();
  return {
    api, context, clock, errors, steps, settle,
    async start(...factories) {
      const components = factories.map((make) => make(context));
      await informers.start(stopping.signal);
      for (const made of components) running.push(made.run(stopping.signal));
      await settle();
    },
    async stop() {
      stopping.abort();
      await Promise.all(running);
      await informers.stopped();
    },
  };
}
