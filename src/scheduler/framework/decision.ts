/** How a node was chosen, kept with the binding request for `trace`. */
import type { JsonObject } from '../../api/json.ts';
import { StateKey } from './cycle-state.ts';

export interface Decision {
  /** One line. */
  readonly reason: string;
  readonly detail: JsonObject;
}

export const DECISION: StateKey<Decision> = new StateKey('Decision');
