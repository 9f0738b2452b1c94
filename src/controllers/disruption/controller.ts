/**
 * The disruption controller: how many pods each PodDisruptionBudget can spare, which is what evictions ask. Follows
 * kubernetes pkg/controller/disruption/disruption.go.
 */
import { disruptionAllowedConditions, isDisruptionConditionCurrent, syncFailedConditions } from '../../api/disruption.ts';
import type { Pod, PodDisruptionBudget, PodDisruptionBudgetStatus } from '../../api/generated/types.ts';
import { goSelector } from '../../api/go-selector.ts';
import { equal } from '../../api/json.ts';
import { PODDISRUPTIONBUDGETS, PODS } from '../../api/kinds.ts';
import { isTerminating, keyOf, type KubeObject, type ObjectKey, type Stored } from '../../api/object.ts';
import { isPodReady } from '../../api/pods.ts';
import { isConflict } from '../../api/status.ts';
import { parseTime } from '../../api/time.ts';
import type { ComponentFactory } from '../../client/component.ts';
import { CorrelatingRecorder } from '../../client/event-recorder.ts';
import { runWorkers, WorkQueue } from '../../client/work-queue.ts';
import { addSelectorIndex, selecting } from '../shared/owner-indexes.ts';
import { selectorOf } from '../shared/selectors.ts';
import { ExpectedPods, type Expectation } from './expected-pods.ts';
import { StaleDisruptions } from './stale-disruptions.ts';

const NAME = 'disruption-controller';
/** What its events name as their source. */
const EVENT_SOURCE = 'controllermanager';
/** An evicted pod is taken for gone this long; then it is to be marked for deletion, ms (DeletionTimeout). */
const DELETION_TIMEOUT_MS = 120_000;
const UNMANAGED = 'to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.';

export const disruptionController: ComponentFactory = (context) => {
  const { client, clock, informers, log } = context;
  const budgets = informers.of(PODDISRUPTIONBUDGETS);
  const pods = informers.of(PODS);
  const expectations = new ExpectedPods(context);
  const stale = new StaleDisruptions(context);
  const events = new CorrelatingRecorder({ client, clock, log, component: EVENT_SOURCE });
  const queue = new WorkQueue<ObjectKey>(clock);
  addSelectorIndex(budgets, selectorOf);

  const podChanged = (pod: Stored<Pod>): void => {
    const [budget, ...others] = selecting(budgets, selectorOf, pod.metadata);
    if (!budget) return;
    const { namespace, name } = pod.metadata;
    if (others.length > 0) events.event(pod, 'Warning', 'MultiplePodDisruptionBudgets', `Pod ${JSON.stringify(namespace)}/${JSON.stringify(name)} matches multiple PodDisruptionBudgets.  Chose ${JSON.stringify(budget.metadata.name)} arbitrarily.`);
    queue.add(keyOf(budget));
  };
  pods.onChange({ added: podChanged, updated: (_old, pod) => podChanged(pod), deleted: podChanged });
  budgets.onChange({ added: (budget) => queue.add(keyOf(budget)), updated: (_old, budget) => queue.add(keyOf(budget)) });

  async function reconcile(key: ObjectKey): Promise<void> {
    const budget = budgets.get(key);
    if (!budget) return;
    try {
      await sync(key, budget);
    } catch (error) {
      if (isConflict(error)) throw error;
      // Nothing may be evicted on the strength of an old count.
      const status = { ...emptyStatus, ...budget.status, disruptionsAllowed: 0 };
      await write(budget, { ...status, conditions: syncFailedConditions(status, (error as Error).message, clock.now()) }, (error as Error).message);
    }
  }

  async function sync(key: ObjectKey, budget: Stored<PodDisruptionBudget>): Promise<void> {
    const selector = selectorOf(budget);
    const chosen = pods.list(budget.metadata.namespace).filter(({ metadata }) => selector.matches(metadata.labels));
    if (chosen.length === 0) events.event(budget, 'Normal', 'NoPods', 'No matching pods found');
    const expectation = await expectations.of(budget, chosen).catch((error: Error) => {
      events.event(budget, 'Warning', 'CalculateExpectedPodCountFailed', `Failed to calculate the number of expected pods: ${error.message}`);
      throw error;
    });
    if (expectation.unmanaged) events.event(budget, 'Warning', 'UnmanagedPods', `Pods selected by this PodDisruptionBudget (selector: ${goSelector(budget.spec?.selector)}) were found ${UNMANAGED}`);
    const disrupted = disruptedPods(budget, chosen);
    const status = statusOf(budget, expectation, chosen, disrupted);
    const current = { ...emptyStatus, ...budget.status };
    if (!equal({ ...current, conditions: undefined }, { ...status, conditions: undefined }) || !isDisruptionConditionCurrent(current)) {
      await write(budget, { ...status, conditions: disruptionAllowedConditions(status, clock.now()) }, `${status.currentHealthy} pods are healthy, ${status.desiredHealthy} must be`);
    }
    // Its time is over once it has passed.
    const next = Math.min(...Object.values(disrupted).map((time) => parseTime(time) + DELETION_TIMEOUT_MS - clock.now() + 1));
    if (next < Infinity) queue.addAfter(key, next, 'background');
  }

  /** Those evicted pods of which nothing has been seen yet. */
  function disruptedPods(budget: Stored<PodDisruptionBudget>, chosen: readonly Stored<Pod>[]): Readonly<Record<string, string>> {
    const noted = budget.status?.disruptedPods ?? {};
    const result: Record<string, string> = {};
    for (const pod of chosen) {
      const time = noted[pod.metadata.name];
      if (time === undefined || isTerminating(pod as KubeObject)) continue;
      const { namespace } = budget.metadata;
      if (parseTime(time) + DELETION_TIMEOUT_MS < clock.now()) events.event(pod, 'Warning', 'NotDeleted', `Pod was expected by PDB ${namespace}/${namespace} to be deleted but it wasn't`);
      else result[pod.metadata.name] = time;
    }
    return result;
  }

  function statusOf(budget: Stored<PodDisruptionBudget>, { expectedPods, desiredHealthy }: Expectation, chosen: readonly Stored<Pod>[], disrupted: Readonly<Record<string, string>>): PodDisruptionBudgetStatus {
    const goes = ({ metadata }: Stored<Pod>): boolean => metadata.deletionTimestamp !== undefined || Object.hasOwn(disrupted, metadata.name);
    const currentHealthy = chosen.filter((pod) => !goes(pod) && isPodReady(pod)).length;
    return {
      currentHealthy, desiredHealthy, expectedPods,
      disruptionsAllowed: expectedPods <= 0 ? 0 : Math.max(0, currentHealthy - desiredHealthy),
      ...(Object.keys(disrupted).length > 0 ? { disruptedPods: disrupted } : {}),
      ...(budget.metadata.generation ? { observedGeneration: budget.metadata.generation } : {}),
      ...(budget.status?.conditions ? { conditions: budget.status.conditions } : {}),
    };
  }

  const write = async (budget: Stored<PodDisruptionBudget>, status: PodDisruptionBudgetStatus, reason: string): Promise<void> => {
    if (equal(budget.status, status)) return;
    await client.of(PODDISRUPTIONBUDGETS).updateStatus({ ...budget, status }, { reason });
  };

  return {
    name: NAME,
    run: async (signal) => {
      await Promise.all([runWorkers({ queue, workers: 1, reconcile, log, signal }), stale.run(signal)]);
    },
  };
};

const emptyStatus: PodDisruptionBudgetStatus = { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 };
