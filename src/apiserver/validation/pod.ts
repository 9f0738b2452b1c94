/** Validation of pods as they are created and changed. Follows kubernetes pkg/apis/core/validation/validation.go (ValidatePodCreate, ValidatePodUpdate). */
import type { Container, NodeAffinity, ObjectMeta, Pod, PodSpec, Toleration } from '../../api/generated/types.ts';
import { draft, equal } from '../../api/json.ts';
import { checkImageSpace } from './containers.ts';
import { forbidden, invalid, Path, required, type FieldError } from './field.ts';
import { rangeText } from './formats.ts';
import { goDiff } from './go-diff.ts';
import { goTyped } from './go-typed.ts';
import { goStringMap, GoValue } from './go-value.ts';
import { checkAnnotationUpdate, checkPodAnnotations, checkProfilesAgree } from './pod-annotations.ts';
import { checkPodSpec } from './pod-spec.ts';
import { checkTolerations } from './scheduling.ts';

const SPEC = Path.of('spec');
const ANNOTATIONS = Path.of('metadata', 'annotations');
const MAX_INT32 = 2147483647;
const UPDATABLE =
  '`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';
const NO_SPEC: PodSpec = { containers: [] };

export const specOf = (pod: Pod): PodSpec => pod.spec ?? NO_SPEC;

/** A pod without its history. */
export function checkPodItself(pod: Pod, errors: FieldError[]): void {
  const spec = specOf(pod);
  const meta: ObjectMeta = pod.metadata ?? {};
  checkPodAnnotations(meta, spec, ANNOTATIONS, errors);
  checkPodSpec(spec, meta, SPEC, errors);
  if (!spec.serviceAccountName)
    (spec.volumes ?? []).forEach((volume, i) => {
      (volume.projected?.sources ?? []).forEach((source, j) => {
        if (source.serviceAccountToken)
          errors.push(forbidden(SPEC.child('volumes').index(i).child('projected', 'sources').index(j).child('serviceAccountToken'), 'must not be specified when serviceAccountName is not set'));
      });
    });
  (spec.containers ?? []).forEach((container, i) => checkImageSpace(container, SPEC.child('containers').index(i), errors));
  (spec.initContainers ?? []).forEach((container, i) => checkImageSpace(container, SPEC.child('initContainers').index(i), errors));
}

export function validatePod(pod: Pod): FieldError[] {
  const errors: FieldError[] = [];
  const spec = specOf(pod);
  checkPodItself(pod, errors);
  if (spec.ephemeralContainers?.length) errors.push(forbidden(SPEC.child('ephemeralContainers'), 'cannot be set on create'));
  if (spec.nodeName && spec.schedulingGates?.length) errors.push(forbidden(SPEC.child('nodeName'), 'cannot be set until all schedulingGates have been cleared'));
  checkProfilesAgree(pod.metadata, spec, SPEC, errors);
  return errors;
}

/** Returns whether the lists can be compared further. */
function checkContainerUpdates(containers: readonly Container[], old: readonly Container[], path: Path, errors: FieldError[]): boolean {
  if (containers.length !== old.length) {
    errors.push(forbidden(path, 'pod updates may not add or remove containers'));
    return false;
  }
  containers.forEach((container, i) => {
    if (!container.image) errors.push(required(path.index(i).child('image')));
    checkImageSpace(container, path.index(i), errors);
  });
  return true;
}

/** A toleration may be added, and its seconds may change; nothing else. */
function checkAddedTolerations(tolerations: readonly Toleration[], old: readonly Toleration[], errors: FieldError[]): void {
  const path = SPEC.child('tolerations');
  if (equal(tolerations, old)) return;
  for (const before of old) {
    const kept = tolerations.some((now) => equal({ ...before, tolerationSeconds: undefined }, { ...now, tolerationSeconds: undefined }));
    if (!kept) return void errors.push(forbidden(path, 'existing toleration can not be modified except its tolerationSeconds'));
  }
  checkTolerations(tolerations, path, errors);
}

function checkDeadlineUpdate(now: number | undefined, before: number | undefined, errors: FieldError[]): boolean {
  const path = SPEC.child('activeDeadlineSeconds');
  if (now !== undefined) {
    if (now < 0 || now > MAX_INT32) {
      errors.push(invalid(path, now, rangeText(0, MAX_INT32)));
      return false;
    }
    if (before !== undefined && before < now) {
      errors.push(invalid(path, now, 'must be less than or equal to previous value'));
      return false;
    }
  } else if (before !== undefined) errors.push(invalid(path, null, 'must not update from a positive integer to nil value'));
  return true;
}

export function validatePodUpdate(pod: Pod, old: Pod): FieldError[] {
  const errors: FieldError[] = [];
  const spec = specOf(pod);
  const oldSpec = specOf(old);
  const isChanged = !equal(spec, oldSpec);
  // Most updates touch metadata only: an unchanged spec was valid before and is allowed to stay.
  if (isChanged) checkPodItself(pod, errors);
  else checkPodAnnotations(pod.metadata, spec, ANNOTATIONS, errors);
  checkAnnotationUpdate(pod.metadata ?? {}, old.metadata ?? {}, ANNOTATIONS, errors);
  if (!isChanged) return errors;
  if (!checkContainerUpdates(spec.containers ?? [], oldSpec.containers ?? [], SPEC.child('containers'), errors)) return errors;
  if (!checkContainerUpdates(spec.initContainers ?? [], oldSpec.initContainers ?? [], SPEC.child('initContainers'), errors)) return errors;
  if (!checkDeadlineUpdate(spec.activeDeadlineSeconds, oldSpec.activeDeadlineSeconds, errors)) return errors;
  checkAddedTolerations(spec.tolerations ?? [], oldSpec.tolerations ?? [], errors);
  const oldGates = new Set((oldSpec.schedulingGates ?? []).map((gate) => gate.name));
  (spec.schedulingGates ?? []).forEach((gate, i) => {
    if (!oldGates.has(gate.name)) errors.push(forbidden(SPEC.child('schedulingGates').index(i).child('name'), `only deletion is allowed, but found new scheduling gate '${gate.name}'`));
  });
  const munged = draft(spec);
  (munged.containers ?? []).forEach((container, i) => setOrDelete(container, 'image', oldSpec.containers[i]?.image));
  (munged.initContainers ?? []).forEach((container, i) => setOrDelete(container, 'image', oldSpec.initContainers?.[i]?.image));
  setOrDelete(munged, 'activeDeadlineSeconds', oldSpec.activeDeadlineSeconds);
  setOrDelete(munged, 'schedulingGates', draft(oldSpec.schedulingGates));
  setOrDelete(munged, 'tolerations', draft(oldSpec.tolerations));
  if ((oldSpec.terminationGracePeriodSeconds ?? 0) < 0 && munged.terminationGracePeriodSeconds === 1) setOrDelete(munged, 'terminationGracePeriodSeconds', oldSpec.terminationGracePeriodSeconds);
  if (oldGates.size > 0) {
    checkGatedSelector(spec, oldSpec, errors);
    setOrDelete(munged, 'nodeSelector', draft(oldSpec.nodeSelector));
    mungeNodeAffinity(munged, spec, oldSpec, errors);
  }
  const diff = equal(munged, oldSpec) ? '' : goDiff('core.PodSpec', oldSpec, munged);
  if (diff) errors.push(forbidden(SPEC, `pod updates may not change fields other than ${UPDATABLE}\n${diff}`));
  return errors;
}

function setOrDelete<T extends object, K extends keyof T>(object: T, key: K, value: T[K] | undefined): void {
  if (value === undefined) delete object[key];
  else object[key] = value;
}

function checkGatedSelector(spec: PodSpec, old: PodSpec, errors: FieldError[]): void {
  for (const [key, value] of Object.entries(old.nodeSelector ?? {})) {
    if (spec.nodeSelector?.[key] === value) continue;
    errors.push(invalid(SPEC.child('nodeSelector'), new GoValue(goStringMap(spec.nodeSelector)), 'only additions to spec.nodeSelector are allowed (no mutations or deletions)'));
    return;
  }
}

const REQUIRED_AFFINITY = 'requiredDuringSchedulingIgnoredDuringExecution';

/** Pods behind a gate may narrow their node affinity; here it is checked and taken out of the comparison. */
function mungeNodeAffinity(munged: { affinity?: { nodeAffinity?: object } }, spec: PodSpec, old: PodSpec, errors: FieldError[]): void {
  const now: NodeAffinity | undefined = spec.affinity?.nodeAffinity;
  const before: NodeAffinity | undefined = old.affinity?.nodeAffinity;
  if (equal(now, before)) return;
  const oldTerms = before?.[REQUIRED_AFFINITY]?.nodeSelectorTerms ?? [];
  const terms = now?.[REQUIRED_AFFINITY]?.nodeSelectorTerms ?? [];
  const path = SPEC.child('affinity', 'nodeAffinity', REQUIRED_AFFINITY, 'nodeSelectorTerms');
  if (oldTerms.length > 0 && oldTerms.length !== terms.length) errors.push(invalid(path, goTyped('[]core.NodeSelectorTerm', now?.[REQUIRED_AFFINITY]?.nodeSelectorTerms ?? []), 'no additions/deletions to non-empty NodeSelectorTerms list are allowed'));
  else
    oldTerms.forEach((term, i) => {
      const next = terms[i] ?? {};
      const onlyAdds = (kept: readonly unknown[] = [], all: readonly unknown[] = []): boolean => equal(all.slice(0, kept.length), kept);
      const wasEmpty = !term.matchExpressions?.length && !term.matchFields?.length;
      const isEmpty = !next.matchExpressions?.length && !next.matchFields?.length;
      if ((wasEmpty && !isEmpty) || !onlyAdds(term.matchExpressions, next.matchExpressions) || !onlyAdds(term.matchFields, next.matchFields))
        errors.push(invalid(path.index(i), goTyped('core.NodeSelectorTerm', next), 'only additions are allowed (no mutations or deletions)'));
    });
  const affinity = { ...munged.affinity };
  if (before) affinity.nodeAffinity = draft(before);
  else delete affinity.nodeAffinity;
  if (!old.affinity && Object.keys(affinity).length === 0) delete munged.affinity;
  else munged.affinity = affinity;
}
