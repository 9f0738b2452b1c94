/** A pod's (anti-)affinity terms, parsed. Follows kubernetes pkg/scheduler/framework/types.go: AffinityTerm. */
import { selectorFromLabelSelector, type Labels, type Selector } from '../../api/labels.ts';
import type { Pod, PodAffinityTerm, WeightedPodAffinityTerm } from '../../api/generated/types.ts';

export interface AffinityTerm {
  /** The same for terms that say the same. */
  readonly id: string;
  readonly namespaces: readonly string[];
  readonly namespaceSelector: Selector;
  readonly selector: Selector;
  readonly topologyKey: string;
  /** Of preferred terms; 0 for required ones. */
  readonly weight: number;
}

export interface AffinityTerms {
  readonly requiredAffinity: readonly AffinityTerm[];
  readonly requiredAntiAffinity: readonly AffinityTerm[];
  readonly preferredAffinity: readonly AffinityTerm[];
  readonly preferredAntiAffinity: readonly AffinityTerm[];
}

const NO_TERMS: AffinityTerms = { requiredAffinity: [], requiredAntiAffinity: [], preferredAffinity: [], preferredAntiAffinity: [] };

export function affinityTermsOf(pod: Pod): AffinityTerms {
  const affinity = pod.spec?.affinity;
  if (!affinity?.podAffinity && !affinity?.podAntiAffinity) return NO_TERMS;
  const required = (terms: readonly PodAffinityTerm[] | undefined) => (terms ?? []).map((term) => parse(pod, term, 0));
  const preferred = (terms: readonly WeightedPodAffinityTerm[] | undefined) => (terms ?? []).map(({ podAffinityTerm, weight }) => parse(pod, podAffinityTerm, weight));
  return {
    requiredAffinity: required(affinity.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    requiredAntiAffinity: required(affinity.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    preferredAffinity: preferred(affinity.podAffinity?.preferredDuringSchedulingIgnoredDuringExecution),
    preferredAntiAffinity: preferred(affinity.podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution),
  };
}

/** A term that names no namespace means the pod's own. */
function parse(pod: Pod, term: PodAffinityTerm, weight: number): AffinityTerm {
  const named = term.namespaces ?? [];
  const namespaces = named.length === 0 && term.namespaceSelector === undefined ? [pod.metadata?.namespace ?? ''] : named;
  const namespaceSelector = selectorFromLabelSelector(term.namespaceSelector);
  const selector = selectorFromLabelSelector(term.labelSelector);
  const text = (parsed: Selector) => (parsed.nothing ? '!' : parsed.toString());
  const id = [namespaces.join(','), text(namespaceSelector), text(selector), term.topologyKey, weight].join('|');
  return { id, namespaces, namespaceSelector, selector, topologyKey: term.topologyKey, weight };
}

/** Whether a pod is one that the term speaks of. */
export function termMatches(term: AffinityTerm, pod: Pod, namespaceLabels: (namespace: string) => Labels): boolean {
  const namespace = pod.metadata?.namespace ?? '';
  if (!term.namespaces.includes(namespace) && !(!term.namespaceSelector.nothing && term.namespaceSelector.matches(namespaceLabels(namespace)))) return false;
  return term.selector.matches(pod.metadata?.labels);
}
