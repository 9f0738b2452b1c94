/** The pods that belong with a pod, by the Services and the controller that select it. Follows plugins/helper/spread.go: DefaultSelector. */
import { REPLICASETS, REPLICATIONCONTROLLERS, SERVICES, STATEFULSETS } from '../../api/kinds.ts';
import { Selector, selectorFromLabelSelector, selectorFromMap, type Requirement } from '../../api/labels.ts';
import { controllerOf, objectKey } from '../../api/object.ts';
import type { Pod, ReplicaSet, ReplicationController, Service, StatefulSet } from '../../api/generated/types.ts';
import type { Lister, InformerFactory } from '../../client/informer.ts';

export class DefaultSelectors {
  readonly #services: Lister<Service>;
  readonly #replicationControllers: Lister<ReplicationController>;
  readonly #replicaSets: Lister<ReplicaSet>;
  readonly #statefulSets: Lister<StatefulSet>;

  constructor(informers: InformerFactory) {
    this.#services = informers.of(SERVICES);
    this.#replicationControllers = informers.of(REPLICATIONCONTROLLERS);
    this.#replicaSets = informers.of(REPLICASETS);
    this.#statefulSets = informers.of(STATEFULSETS);
  }

  /** Selects nothing in particular (is empty) where neither a Service nor a known controller speaks of the pod. */
  of(pod: Pod): Selector {
    const namespace = pod.metadata?.namespace ?? '';
    let pairs: Record<string, string> = {};
    for (const service of this.#services.byIndex('namespace', namespace)) {
      const selector = service.spec?.selector;
      if (selector && Object.keys(selector).length > 0 && selectorFromMap(selector).matches(pod.metadata?.labels)) pairs = { ...pairs, ...selector };
    }
    const owner = controllerOf(pod);
    const key = objectKey(namespace, owner?.name ?? '');
    let more: readonly Requirement[] = [];
    switch (owner && `${owner.apiVersion}/${owner.kind}`) {
      case 'v1/ReplicationController':
        pairs = { ...pairs, ...this.#replicationControllers.get(key)?.spec?.selector };
        break;
      case 'apps/v1/ReplicaSet':
        more = requirementsOf(this.#replicaSets.get(key)?.spec?.selector);
        break;
      case 'apps/v1/StatefulSet':
        more = requirementsOf(this.#statefulSets.get(key)?.spec?.selector);
        break;
      default:
        break;
    }
    return new Selector([...selectorFromMap(pairs).requirements, ...more]);
  }
}

function requirementsOf(selector: Parameters<typeof selectorFromLabelSelector>[0]): readonly Requirement[] {
  return selectorFromLabelSelector(selector).requirements;
}
