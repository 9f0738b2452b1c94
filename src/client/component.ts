/** What every component of the cluster is given, and what it must offer. */
import type { Clock } from '../simulation/clock.ts';
import type { Journal, Log } from '../simulation/log.ts';
import type { Random } from '../simulation/random.ts';
import type { Client } from './client.ts';
import type { EventRecorder } from './event-recorder.ts';
import type { InformerFactory } from './informer.ts';

export interface ComponentContext {
  /** Carries the component's own identity (user agent and user). */
  readonly client: Client;
  /** Shared caches of list + watch; a component asks for the resources that it needs before `run`. */
  readonly informers: InformerFactory;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly journal: Journal;
  /** Records events under the component's name. */
  readonly events: EventRecorder;
}

/** A controller, the scheduler, a kubelet: holds no truth, can be stopped and started at any moment. */
export interface Component {
  readonly name: string;
  /** Called once the caches it asked for are full. Resolves when `signal` has aborted and all its work has stopped. */
  run(signal: AbortSignal): Promise<void>;
}

/** Builds a component; asks for its informers synchronously. */
export type ComponentFactory = (context: ComponentContext) => Component;
