/** Labels of nodes that have better names by now. Follows kubernetes pkg/api/node/util.go. */
import type { NodeSelectorTerm } from '../../api/generated/types.ts';
import { labelValueErrors } from '../../api/names.ts';
import type { Path } from '../validation/field.ts';

const DEPRECATED: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
  'app.kubernetes.io/created-by': 'deprecated since v1.9',
  'scheduler.alpha.kubernetes.io/preferAvoidPods': 'deprecated since v1.22; use Taints and Tolerations instead',
  'node-role.kubernetes.io/master': 'use "node-role.kubernetes.io/control-plane" instead',
};

/** What to say of a label that has had its time; undefined for others. */
export const nodeLabelWarning = (key: string): string | undefined => (Object.hasOwn(DEPRECATED, key) ? DEPRECATED[key] : undefined);

/** `checksValues`: where wrong values are let through. */
export function nodeTermWarnings(term: NodeSelectorTerm, checksValues: boolean, path: Path): string[] {
  const warnings: string[] = [];
  (term.matchExpressions ?? []).forEach(({ key, values = [] }, i) => {
    const at = path.child('matchExpressions').index(i);
    const text = nodeLabelWarning(key);
    if (text !== undefined) warnings.push(`${at.child('key')}: ${key} is ${text}`);
    if (!checksValues) return;
    values.forEach((value, j) => {
      for (const fault of labelValueErrors(value)) warnings.push(`${at.child('values').index(j)}: ${value} is invalid, ${fault}`);
    });
  });
  return warnings;
}
