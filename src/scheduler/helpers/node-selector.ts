/** Which nodes a pod's nodeSelector and node affinity speak of. Follows component-helpers scheduling/corev1/nodeaffinity. */
import { Selector, type Requirement, type SelectorOperator } from '../../api/labels.ts';
import type { NodeSelectorRequirement, NodeSelectorTerm, PodSpec, PreferredSchedulingTerm } from '../../api/generated/types.ts';
import type { NodeInfo } from '../cache/node-info.ts';

const OPERATORS: Readonly<Record<string, SelectorOperator>> = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: '!', Gt: 'gt', Lt: 'lt' };

interface Term {
  readonly labels: Selector | undefined;
  readonly fields: readonly NodeSelectorRequirement[];
}

/** An empty term selects nothing, and so does one that cannot be read. */
function parseTerm({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm): Term | undefined {
  if (matchExpressions.length === 0 && matchFields.length === 0) return undefined;
  const requirements: Requirement[] = [];
  for (const { key, operator, values = [] } of matchExpressions) {
    const known = OPERATORS[operator];
    if (!known) return undefined;
    requirements.push({ key, operator: known, values });
  }
  for (const { operator, values = [] } of matchFields) if ((operator !== 'In' && operator !== 'NotIn') || values.length !== 1) return undefined;
  return { labels: requirements.length > 0 ? new Selector(requirements) : undefined, fields: matchFields };
}

function matchesTerm({ labels, fields }: Term, node: NodeInfo): boolean {
  if (labels && !labels.matches(node.labels)) return false;
  return fields.every(({ key, operator, values }) => ((key === 'metadata.name' ? node.name : '') === values?.[0]) === (operator === 'In'));
}

/** What a pod requires of a node's labels and name; undefined where it requires nothing. */
export interface RequiredNodeAffinity {
  matches(node: NodeInfo): boolean;
}

export function requiredNodeAffinity(spec: PodSpec): RequiredNodeAffinity | undefined {
  const pairs = Object.entries(spec.nodeSelector ?? {});
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (pairs.length === 0 && !required) return undefined;
  const terms = required?.nodeSelectorTerms.map(parseTerm).filter((term) => term !== undefined);
  return {
    matches: (node) => pairs.every(([key, value]) => node.labels[key] === value) && (terms === undefined || terms.some((term) => matchesTerm(term, node))),
  };
}

/** The preferences of a pod; undefined where it has none. */
export interface PreferredNodeAffinity {
  /** The sum of the weights of the terms that match. */
  score(node: NodeInfo): number;
}

export function preferredNodeAffinity(preferences: readonly PreferredSchedulingTerm[] | undefined): PreferredNodeAffinity | undefined {
  if (!preferences) return undefined;
  const terms: { term: Term; weight: number }[] = [];
  for (const { preference, weight } of preferences) {
    const term = weight === 0 ? undefined : parseTerm(preference);
    if (term) terms.push({ term, weight });
  }
  return { score: (node) => terms.reduce((sum, { term, weight }) => (matchesTerm(term, node) ? sum + weight : sum), 0) };
}
