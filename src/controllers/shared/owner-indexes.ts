/**
 * Indexes by which a controller finds what it owns, and what it might adopt, without looking at anything else in the
 * cluster. Upstream lists the namespace instead; the answers are the same.
 */
import type { Selector } from '../../api/labels.ts';
import { controllerOf, type KubeObject, type Stored } from '../../api/object.ts';
import type { Informer, Lister } from '../../client/informer.ts';

/** Objects by the uid of their managing controller. */
export const CONTROLLER_UID = 'controller-uid';
/** Objects without a managing controller, by "namespace" and by "namespace/label=value" for each of their labels. */
const ORPHANS = 'orphans';

/** Adds the indexes that `ownedBy` and `orphansFor` read. */
export function addOwnerIndexes<T extends KubeObject>(informer: Informer<T>): void {
  informer.addIndex(CONTROLLER_UID, (object) => controllerOf(object as KubeObject)?.uid);
  informer.addIndex(ORPHANS, (object) => {
    if (controllerOf(object as KubeObject)) return undefined;
    const { namespace = '', labels = {} } = object.metadata;
    return [namespace, ...Object.entries(labels).map(([key, value]) => `${namespace}/${key}=${value}`)];
  });
}

/** The objects whose managing controller has this uid. */
export function ownedBy<T extends KubeObject>(lister: Lister<T>, uid: string): readonly Stored<T>[] {
  return lister.byIndex(CONTROLLER_UID, uid);
}

/** The objects of a namespace that have no managing controller and that the selector may match (a superset of those it does). */
export function orphansFor<T extends KubeObject>(lister: Lister<T>, namespace: string, selector: Selector): readonly Stored<T>[] {
  const pair = pairOf(selector);
  return lister.byIndex(ORPHANS, pair === undefined ? namespace : `${namespace}/${pair}`);
}

/** The "label=value" that narrows a selector's objects most: pod-template-hash where it is asked for; undefined where no label has a fixed value. */
function pairOf(selector: Selector): string | undefined {
  const fixed = selector.requirements.filter(({ operator, values }) => (operator === '=' || operator === '==' || operator === 'in') && values.length === 1);
  const best = fixed.find(({ key }) => key === 'pod-template-hash') ?? fixed[0];
  return best && `${best.key}=${best.values[0]}`;
}

const SELECTS = 'selects';

/** Adds the index that `selecting` reads: objects by the label that their selector asks for. */
export function addSelectorIndex<T extends KubeObject>(informer: Informer<T>, selectorOf: (object: Stored<T>) => Selector): void {
  informer.addIndex(SELECTS, (object) => {
    const selector = selectorOf(object);
    return selector.nothing ? undefined : `${object.metadata.namespace ?? ''}/${pairOf(selector) ?? ''}`;
  });
}

/** The objects of a namespace whose selector matches these labels (e.g. the ReplicaSets that might want an orphaned pod). */
export function selecting<T extends KubeObject>(
  lister: Lister<T>,
  selectorOf: (object: Stored<T>) => Selector,
  { namespace = '', labels = {} }: { readonly namespace?: string; readonly labels?: Readonly<Record<string, string>> },
): Stored<T>[] {
  const pairs = ['', ...Object.entries(labels).map(([key, value]) => `${key}=${value}`)];
  return pairs.flatMap((pair) => lister.byIndex(SELECTS, `${namespace}/${pair}`)).filter((object) => selectorOf(object).matches(labels));
}
