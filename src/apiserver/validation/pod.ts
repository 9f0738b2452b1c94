/** Validation of pods as they are created, changed, bound and reported on. Follows kubernetes pkg/apis/core/validation/validation.go (ValidatePodCreate, ValidatePodUpdate, …). */
import type { Container, ContainerStatus, NodeAffinity, ObjectMeta, Pod, PodSpec, Toleration } from '../../api/generated/types.ts';
import { draft, equal } from '../../api/json.ts';
import { dns1123SubdomainErrors } from '../../api/names.ts';
import { qosClass } from '../../api/pods.ts';
import { checkImageSpace } from './containers.ts';
import { forbidden, invalid, notSupported, Path, required, type FieldError } from './field.ts';
import { checkIp, checkQualifiedName, rangeText } from './formats.ts';
import { goDiff } from './go-diff.ts';
import { goStringMap, GoValue } from './go-value.ts';
import { IMMUTABLE_TEXT } from './metadata.ts';
import { checkPodAnnotations, checkPodSpec } from './pod-spec.ts';
import { quantityOf } from './resources.ts';
import { checkTolerations } from './scheduling.ts';

const SPEC = Path.of('spec');
const STATUS = Path.of('status');
const ANNOTATIONS = Path.of('metadata', 'annotations');
const MAX_INT32 = 2147483647;
const MIRROR = 'kubernetes.io/config.mirror';
const UPDATABLE =
  '`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';
const NO_SPEC: PodSpec = { containers: [] };

const specOf = (pod: Pod): PodSpec => pod.spec ?? NO_SPEC;

function checkPodItself(pod: Pod, errors: FieldError[]): void {
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
  checkAnnotationUpdate(pod, old, errors);
  // Most updates touch metadata only: an unchanged spec was valid before and is allowed to stay.
  if (equal(spec, oldSpec)) {
    checkPodAnnotations(pod.metadata, spec, ANNOTATIONS, errors);
    return errors;
  }
  checkPodItself(pod, errors);
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
  if (!equal(munged, oldSpec)) errors.push(forbidden(SPEC, `pod updates may not change fields other than ${UPDATABLE}\n${goDiff('core.PodSpec', oldSpec, munged)}`));
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
  if (oldTerms.length > 0 && oldTerms.length !== terms.length) errors.push(invalid(path, terms, 'no additions/deletions to non-empty NodeSelectorTerms list are allowed'));
  else
    oldTerms.forEach((term, i) => {
      const next = terms[i] ?? {};
      const onlyAdds = (kept: readonly unknown[] = [], all: readonly unknown[] = []): boolean => equal(all.slice(0, kept.length), kept);
      const wasEmpty = !term.matchExpressions?.length && !term.matchFields?.length;
      const isEmpty = !next.matchExpressions?.length && !next.matchFields?.length;
      if ((wasEmpty && !isEmpty) || !onlyAdds(term.matchExpressions, next.matchExpressions) || !onlyAdds(term.matchFields, next.matchFields))
        errors.push(invalid(path.index(i), next, 'only additions are allowed (no mutations or deletions)'));
    });
  const affinity = { ...munged.affinity };
  if (before) affinity.nodeAffinity = draft(before);
  else delete affinity.nodeAffinity;
  if (!old.affinity && Object.keys(affinity).length === 0) delete munged.affinity;
  else munged.affinity = affinity;
}

function checkAnnotationUpdate(pod: Pod, old: Pod, errors: FieldError[]): void {
  const now = pod.metadata?.annotations?.[MIRROR];
  const before = old.metadata?.annotations?.[MIRROR];
  if (now === before) return;
  errors.push(forbidden(ANNOTATIONS.key(MIRROR), before === undefined ? 'may not add mirror pod annotation' : 'may not remove or update mirror pod annotation'));
}

/** The subresource through which ephemeral containers are added. */
export function validateEphemeralContainersUpdate(pod: Pod, old: Pod): FieldError[] {
  const errors: FieldError[] = [];
  checkPodItself(pod, errors);
  checkAnnotationUpdate(pod, old, errors);
  if (old.metadata?.annotations?.[MIRROR] !== undefined) return [forbidden('', 'static pods do not support ephemeral containers')];
  const path = SPEC.child('ephemeralContainers');
  const now = new Map((specOf(pod).ephemeralContainers ?? []).map((container) => [container.name, container]));
  for (const before of specOf(old).ephemeralContainers ?? []) {
    const kept = now.get(before.name);
    if (!kept) errors.push(forbidden(path, `existing ephemeral containers "${before.name}" may not be removed\n`));
    else if (!equal(kept, before)) errors.push(forbidden(path, `existing ephemeral containers "${before.name}" may not be changed\n${goDiff('core.EphemeralContainer', before, kept)}`));
  }
  return errors;
}

/** The subresource through which containers get more or less CPU and memory. */
export function validatePodResize(pod: Pod, old: Pod): FieldError[] {
  const errors: FieldError[] = [];
  checkPodItself(pod, errors);
  if (old.metadata?.annotations?.[MIRROR] !== undefined) return [forbidden('', 'static pods cannot be resized')];
  if (specOf(old).os?.name === 'windows') return [forbidden('', 'windows pods cannot be resized')];
  if (qosClass(pod) !== (old.status?.qosClass ?? qosClass(old))) errors.push(invalid(SPEC, pod.status?.qosClass ?? '', 'Pod QOS Class may not change as a result of resizing'));
  const containers = specOf(pod).containers ?? [];
  const oldContainers = specOf(old).containers ?? [];
  const munged = draft(specOf(pod));
  oldContainers.forEach((before, i) => {
    const now = containers[i];
    const target = munged.containers[i];
    if (!now || !target) return;
    const path = SPEC.child('containers').index(i).child('resources');
    for (const list of ['requests', 'limits'] as const)
      for (const name of Object.keys(before.resources?.[list] ?? {}))
        if (now.resources?.[list]?.[name] === undefined) errors.push(forbidden(path.child(list), `resource ${list} cannot be removed`));
    const memoryPolicy = now.resizePolicy?.find((policy) => policy.resourceName === 'memory')?.restartPolicy ?? 'NotRequired';
    const limit = now.resources?.limits?.memory;
    const oldLimit = before.resources?.limits?.memory;
    if (memoryPolicy === 'NotRequired' && limit !== undefined) {
      if (oldLimit === undefined) errors.push(forbidden(path.child('limits').key('memory'), 'memory limits cannot be added unless resizePolicy is RestartContainer'));
      else if (quantityOf(limit).compare(quantityOf(oldLimit)) < 0) errors.push(forbidden(path.child('limits').key('memory'), 'memory limits cannot be decreased unless resizePolicy is RestartContainer'));
    }
    for (const list of ['requests', 'limits'] as const) {
      const amounts = target.resources?.[list];
      for (const name of ['cpu', 'memory']) {
        const oldAmount = before.resources?.[list]?.[name];
        if (amounts && oldAmount !== undefined) amounts[name] = oldAmount;
        else if (amounts) delete amounts[name];
      }
      if (amounts && Object.keys(amounts).length === 0 && target.resources) delete target.resources[list];
    }
  });
  if (errors.length === 0 && !equal(munged, specOf(old))) errors.push(forbidden(SPEC, 'only cpu and memory resources are mutable'));
  return errors;
}

function checkStateTransitions(now: readonly ContainerStatus[] | undefined, before: readonly ContainerStatus[] | undefined, name: string, restartPolicy: string, sidecars: ReadonlySet<string>, errors: FieldError[]): void {
  if (restartPolicy === 'Always' || !before?.length) return;
  before.forEach((old, i) => {
    const terminated = old.state?.terminated;
    if (!terminated || sidecars.has(old.name)) return;
    if (terminated.exitCode !== 0 && restartPolicy === 'OnFailure') return;
    for (const status of now ?? []) if (status.name === old.name && !status.state?.terminated) errors.push(forbidden(STATUS.child(name).index(i).child('state'), 'may not be transitioned to non-terminated state'));
  });
}

const SYSTEM_CONDITIONS: ReadonlySet<string> = new Set(['PodScheduled', 'Ready', 'Initialized']);
const NONE: ReadonlySet<string> = new Set();

export function validatePodStatusUpdate(pod: Pod, old: Pod): FieldError[] {
  const errors: FieldError[] = [];
  const status = pod.status ?? {};
  const oldStatus = old.status ?? {};
  checkAnnotationUpdate(pod, old, errors);
  (status.conditions ?? []).forEach((condition, i) => {
    if (!SYSTEM_CONDITIONS.has(condition.type)) checkQualifiedName(condition.type, Path.of('metadata', 'conditions').index(i).child('Type'), errors);
  });
  if (specOf(pod).nodeName !== specOf(old).nodeName) errors.push(forbidden(STATUS.child('nodeName'), 'may not be changed directly'));
  const nominated = status.nominatedNodeName;
  if (nominated && nominated !== oldStatus.nominatedNodeName) for (const text of dns1123SubdomainErrors(nominated)) errors.push(invalid(STATUS.child('nominatedNodeName'), nominated, text));
  if ((status.qosClass ?? '') !== (oldStatus.qosClass ?? '')) errors.push(invalid(STATUS.child('qosClass'), status.qosClass ?? '', IMMUTABLE_TEXT));
  const spec = specOf(old);
  const sidecars = spec.initContainers?.length ? new Set(spec.initContainers.filter((container) => container.restartPolicy === 'Always').map((container) => container.name)) : NONE;
  const policy = spec.restartPolicy ?? '';
  checkStateTransitions(status.containerStatuses, oldStatus.containerStatuses, 'containerStatuses', policy, NONE, errors);
  checkStateTransitions(status.initContainerStatuses, oldStatus.initContainerStatuses, 'initContainerStatuses', policy, sidecars, errors);
  checkStateTransitions(status.ephemeralContainerStatuses, oldStatus.ephemeralContainerStatuses, 'ephemeralContainerStatuses', 'Never', NONE, errors);
  if (!equal(status.podIPs, oldStatus.podIPs)) (status.podIPs ?? []).forEach((ip, i) => checkIp(ip.ip, STATUS.child('podIPs').index(i), errors));
  if (status.hostIPs?.length && status.hostIP !== status.hostIPs[0]?.ip) errors.push(invalid(STATUS.child('hostIPs').index(0).child('ip'), status.hostIPs[0]?.ip ?? '', 'must be equal to `hostIP`'));
  return errors;
}

/** The body of pods/binding. */
export function validateBinding(binding: { readonly target?: { readonly kind?: string; readonly name?: string } }): FieldError[] {
  const errors: FieldError[] = [];
  const { kind = '', name = '' } = binding.target ?? {};
  if (kind !== '' && kind !== 'Node') errors.push(notSupported(Path.of('target', 'kind'), kind, ['Node', '<empty>']));
  if (name === '') errors.push(required(Path.of('target', 'name')));
  return errors;
}
