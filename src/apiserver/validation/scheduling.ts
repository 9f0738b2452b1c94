/** Validation of what decides where pods go: affinity, tolerations, spread constraints, gates, taints. Follows kubernetes pkg/apis/core/validation/validation.go. */
import type { Affinity, LabelSelector, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, PodAffinityTerm, PodSchedulingGate, Taint, Toleration, TopologySpreadConstraint, WeightedPodAffinityTerm } from '../../api/generated/types.ts';
import { dns1123LabelErrors, dns1123SubdomainErrors, labelKeyErrors, labelValueErrors } from '../../api/names.ts';
import { duplicate, forbidden, invalid, notSupported, required, type FieldError, type Path } from './field.ts';
import { checkLabelValue, checkQualifiedName } from './formats.ts';
import { goTyped } from './go-typed.ts';
import { checkLabelSelector } from './metadata.ts';

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';
const MAX_WEIGHT_TEXT = 'must be in the range 1-100';

export function checkTolerations(tolerations: readonly Toleration[] | undefined, path: Path, errors: FieldError[]): void {
  (tolerations ?? []).forEach((toleration, i) => {
    const at = path.index(i);
    const { key = '', operator = '', value = '', effect = '' } = toleration;
    if (key) checkQualifiedName(key, at.child('key'), errors);
    if (!key && operator !== 'Exists') errors.push(invalid(at.child('operator'), operator, 'operator must be Exists when `key` is empty, which means "match all values and all keys"'));
    if (toleration.tolerationSeconds !== undefined && effect !== 'NoExecute') errors.push(invalid(at.child('effect'), effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"));
    if (operator === 'Equal' || operator === '') {
      const texts = labelValueErrors(value);
      if (texts.length) errors.push(invalid(at.child('operator'), value, texts.join(';')));
    } else if (operator === 'Exists') {
      if (value) errors.push(invalid(at.child('operator'), value, "value must be empty when `operator` is 'Exists'"));
    } else errors.push(notSupported(at.child('operator'), operator, ['Equal', 'Exists']));
    if (effect && !EFFECTS.includes(effect)) errors.push(notSupported(at.child('effect'), effect, EFFECTS));
  });
}

/** A node's. */
export function checkTaints(taints: readonly Taint[] | undefined, path: Path, errors: FieldError[]): void {
  const seen = new Set<string>();
  (taints ?? []).forEach((taint, i) => {
    const at = path.index(i);
    checkQualifiedName(taint.key ?? '', at.child('key'), errors);
    const texts = labelValueErrors(taint.value ?? '');
    if (texts.length) errors.push(invalid(at.child('value'), taint.value, texts.join(';')));
    if (!taint.effect) errors.push(required(at.child('effect')));
    else if (!EFFECTS.includes(taint.effect)) errors.push(notSupported(at.child('effect'), taint.effect, EFFECTS));
    const key = `${taint.key}:${taint.effect}`;
    if (seen.has(key)) {
      const detail = 'taints must be unique by key and effect pair';
      const shown = goTyped('core.Taint', taint)?.text ?? '';
      errors.push({ type: 'FieldValueDuplicate', field: at.toString(), badValue: taint, detail, message: `Duplicate value: ${shown}: ${detail}` });
    } else seen.add(key);
  });
}

function checkNodeRequirement(requirement: NodeSelectorRequirement, checkValues: boolean, path: Path, errors: FieldError[]): void {
  const count = requirement.values?.length ?? 0;
  switch (requirement.operator) {
    case 'In':
    case 'NotIn':
      if (count === 0) errors.push(required(path.child('values'), "must be specified when `operator` is 'In' or 'NotIn'"));
      break;
    case 'Exists':
    case 'DoesNotExist':
      if (count > 0) errors.push(forbidden(path.child('values'), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
      break;
    case 'Gt':
    case 'Lt':
      if (count !== 1) errors.push(required(path.child('values'), "must be specified single value when `operator` is 'Lt' or 'Gt'"));
      break;
    default:
      errors.push(invalid(path.child('operator'), requirement.operator ?? '', 'not a valid selector operator'));
  }
  checkQualifiedName(requirement.key ?? '', path.child('key'), errors);
  if (checkValues) (requirement.values ?? []).forEach((value, i) => checkLabelValue(value, path.child('values').index(i), errors));
}

function checkFieldRequirement(requirement: NodeSelectorRequirement, path: Path, errors: FieldError[]): void {
  if (requirement.operator === 'In' || requirement.operator === 'NotIn') {
    if (requirement.values?.length !== 1) errors.push(required(path.child('values'), "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"));
  } else errors.push(invalid(path.child('operator'), requirement.operator ?? '', 'not a valid selector operator'));
  if (requirement.key !== 'metadata.name') errors.push(invalid(path.child('key'), requirement.key ?? '', 'not a valid field selector key'));
  else
    (requirement.values ?? []).forEach((value, i) => {
      for (const text of dns1123SubdomainErrors(value)) errors.push(invalid(path.child('values').index(i), value, text));
    });
}

function checkNodeTerm(term: NodeSelectorTerm, checkValues: boolean, path: Path, errors: FieldError[]): void {
  (term.matchExpressions ?? []).forEach((requirement, i) => checkNodeRequirement(requirement, checkValues, path.child('matchExpressions').index(i), errors));
  (term.matchFields ?? []).forEach((requirement, i) => checkFieldRequirement(requirement, path.child('matchFields').index(i), errors));
}

export function checkNodeSelector(selector: NodeSelector, path: Path, errors: FieldError[]): void {
  const terms = selector.nodeSelectorTerms ?? [];
  if (!terms.length) errors.push(required(path.child('nodeSelectorTerms'), 'must have at least one node selector term'));
  terms.forEach((term, i) => checkNodeTerm(term, true, path.child('nodeSelectorTerms').index(i), errors));
}

function checkLabelKeys(keys: readonly string[] | undefined, selector: LabelSelector | undefined, path: Path, errors: FieldError[]): void {
  if (!keys?.length) return;
  if (!selector) errors.push(forbidden(path, 'must not be specified when labelSelector is not set'));
  else keys.forEach((key, i) => checkQualifiedName(key, path.index(i), errors));
}

function checkPodTerm(term: PodAffinityTerm, path: Path, errors: FieldError[]): void {
  checkLabelSelector(term.labelSelector, path.child('labelSelector'), errors);
  checkLabelSelector(term.namespaceSelector, path.child('namespaceSelector'), errors);
  for (const name of term.namespaces ?? []) for (const text of dns1123LabelErrors(name)) errors.push(invalid(path.child('namespace'), name, text));
  checkLabelKeys(term.matchLabelKeys, term.labelSelector, path.child('matchLabelKeys'), errors);
  checkLabelKeys(term.mismatchLabelKeys, term.labelSelector, path.child('mismatchLabelKeys'), errors);
  // What matchLabelKeys added to the selector must not have stood there before.
  const selected = new Set(Object.keys(term.labelSelector?.matchLabels ?? {}));
  for (const { key } of term.labelSelector?.matchExpressions ?? []) {
    const i = term.matchLabelKeys?.indexOf(key) ?? -1;
    if (i >= 0 && selected.has(key)) errors.push(invalid(path.index(i), key, 'exists in both matchLabelKeys and labelSelector'));
    selected.add(key);
  }
  (term.matchLabelKeys ?? []).forEach((key, i) => {
    if (term.mismatchLabelKeys?.includes(key)) errors.push(invalid(path.child('matchLabelKeys').index(i), key, 'exists in both matchLabelKeys and mismatchLabelKeys'));
  });
  if (!term.topologyKey) errors.push(required(path.child('topologyKey'), 'can not be empty'));
  checkQualifiedName(term.topologyKey ?? '', path.child('topologyKey'), errors);
}

function checkPodAffinity(affinity: { readonly [REQUIRED]?: readonly PodAffinityTerm[]; readonly [PREFERRED]?: readonly WeightedPodAffinityTerm[] }, path: Path, errors: FieldError[]): void {
  (affinity[REQUIRED] ?? []).forEach((term, i) => checkPodTerm(term, path.child(REQUIRED).index(i), errors));
  (affinity[PREFERRED] ?? []).forEach((weighted, i) => {
    const at = path.child(PREFERRED).index(i);
    if (!(weighted.weight > 0 && weighted.weight <= 100)) errors.push(invalid(at.child('weight'), weighted.weight ?? 0, MAX_WEIGHT_TEXT));
    checkPodTerm(weighted.podAffinityTerm ?? { topologyKey: '' }, at.child('podAffinityTerm'), errors);
  });
}

export function checkAffinity(affinity: Affinity | undefined, path: Path, errors: FieldError[]): void {
  if (!affinity) return;
  const node = affinity.nodeAffinity;
  if (node) {
    const at = path.child('nodeAffinity');
    if (node[REQUIRED]) checkNodeSelector(node[REQUIRED], at.child(REQUIRED), errors);
    (node[PREFERRED] ?? []).forEach((term, i) => {
      const termPath = at.child(PREFERRED).index(i);
      if (!(term.weight > 0 && term.weight <= 100)) errors.push(invalid(termPath.child('weight'), term.weight ?? 0, MAX_WEIGHT_TEXT));
      checkNodeTerm(term.preference ?? {}, false, termPath.child('preference'), errors);
    });
  }
  if (affinity.podAffinity) checkPodAffinity(affinity.podAffinity, path.child('podAffinity'), errors);
  if (affinity.podAntiAffinity) checkPodAffinity(affinity.podAntiAffinity, path.child('podAntiAffinity'), errors);
}

const ACTIONS = ['DoNotSchedule', 'ScheduleAnyway'];

export function checkSpreadConstraints(constraints: readonly TopologySpreadConstraint[] | undefined, path: Path, errors: FieldError[]): void {
  (constraints ?? []).forEach((constraint, i, all) => {
    const at = path.index(i);
    const { maxSkew = 0, topologyKey = '', whenUnsatisfiable = '', minDomains, labelSelector } = constraint;
    if (maxSkew <= 0) errors.push(invalid(at.child('maxSkew'), maxSkew, 'must be greater than zero'));
    if (!topologyKey) errors.push(required(at.child('topologyKey'), 'can not be empty'));
    if (!ACTIONS.includes(whenUnsatisfiable)) errors.push(notSupported(at.child('whenUnsatisfiable'), whenUnsatisfiable, ACTIONS));
    if (all.slice(i + 1).some((other) => other.topologyKey === topologyKey && other.whenUnsatisfiable === whenUnsatisfiable))
      errors.push(duplicate(at.child('{topologyKey, whenUnsatisfiable}'), `{${topologyKey}, ${whenUnsatisfiable}}`));
    if (minDomains !== undefined) {
      if (minDomains <= 0) errors.push(invalid(at.child('minDomains'), minDomains, 'must be greater than zero'));
      if (whenUnsatisfiable !== 'DoNotSchedule') errors.push(invalid(at.child('minDomains'), minDomains, `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`));
    }
    for (const name of ['nodeAffinityPolicy', 'nodeTaintsPolicy'] as const) {
      const policy = constraint[name];
      if (policy !== undefined && policy !== 'Honor' && policy !== 'Ignore') errors.push(notSupported(at.child(name), policy, ['Honor', 'Ignore']));
    }
    if (constraint.matchLabelKeys?.length) {
      const keysPath = at.child('matchLabelKeys');
      if (!labelSelector) errors.push(forbidden(keysPath, 'must not be specified when labelSelector is not set'));
      const used = new Set([...Object.keys(labelSelector?.matchLabels ?? {}), ...(labelSelector?.matchExpressions ?? []).map((expression) => expression.key)]);
      constraint.matchLabelKeys.forEach((key, j) => {
        for (const text of labelKeyErrors(key)) errors.push(invalid(keysPath.index(j), key, text));
        if (used.has(key)) errors.push(invalid(keysPath.index(j), key, 'exists in both matchLabelKeys and labelSelector'));
      });
    }
    checkLabelSelector(labelSelector, at.child('labelSelector'), errors);
  });
}

export function checkSchedulingGates(gates: readonly PodSchedulingGate[] | undefined, path: Path, errors: FieldError[]): void {
  const seen = new Set<string>();
  (gates ?? []).forEach((gate, i) => {
    checkQualifiedName(gate.name ?? '', path.index(i), errors);
    if (seen.has(gate.name)) errors.push(duplicate(path.index(i), gate.name));
    seen.add(gate.name);
  });
}
