/** Validation of the apps group and ReplicationController. Follows kubernetes pkg/apis/apps/validation and pkg/registry/apps/<kind>/strategy.go. */
import type { DaemonSet, Deployment, DeploymentStrategy, LabelSelector, PodTemplate, PodTemplateSpec, ReplicaSet, ReplicationController, RollingUpdateDaemonSet, RollingUpdateDeployment, StatefulSet, StatefulSetSpec } from '../../api/generated/types.ts';
import { equal } from '../../api/json.ts';
import { selectorFromMap, type Selector } from '../../api/labels.ts';
import { forbidden, invalid, notSupported, Path, required, type FieldError } from './field.ts';
import { checkDnsLabel, checkNonnegative, percentErrors } from './formats.ts';
import { goTyped } from './go-typed.ts';
import { goIntOrString, goLabelSelector, goStringMap, GoValue } from './go-value.ts';
import { checkAnnotations, checkImmutable, checkLabels, checkLabelSelector, selectorMatcher, selectorSize } from './metadata.ts';
import { checkPodAnnotations } from './pod-annotations.ts';
import { checkPodTemplate } from './pod-spec.ts';

const SPEC = Path.of('spec');
const MISMATCH_TEXT = '`selector` does not match template `labels`';

function checkPercent(value: number | string | undefined, path: Path, errors: FieldError[]): void {
  if (typeof value === 'string') for (const text of percentErrors(value)) errors.push(invalid(path, goIntOrString(value), text));
  else checkNonnegative(value, path, errors);
}

function checkNotOverAll(value: number | string | undefined, path: Path, errors: FieldError[]): void {
  if (typeof value === 'string' && /^\d+%$/.test(value) && Number.parseInt(value, 10) > 100) errors.push(invalid(path, goIntOrString(value), 'must not be greater than 100%'));
}

/** The number of a count or percentage, as far as it tells zero from more. */
const amount = (value: number | string | undefined): number => (typeof value === 'string' ? Number.parseInt(value, 10) || 0 : (value ?? 0));

function checkTemplateLabels(selector: Selector, template: PodTemplateSpec, path: Path, errors: FieldError[]): void {
  if (!selector.empty && !selector.matches(template.metadata?.labels)) errors.push(invalid(path.child('metadata', 'labels'), new GoValue(goStringMap(template.metadata?.labels)), MISMATCH_TEXT));
}

/** What a template of pods that live on must be. */
function checkLastingTemplate(template: PodTemplateSpec, kind: string, path: Path, errors: FieldError[]): void {
  if (template.spec?.restartPolicy !== 'Always') errors.push(notSupported(path.child('spec', 'restartPolicy'), template.spec?.restartPolicy ?? '', ['Always']));
  if (template.spec?.activeDeadlineSeconds !== undefined) errors.push(forbidden(path.child('spec', 'activeDeadlineSeconds'), `activeDeadlineSeconds in ${kind} is not Supported`));
}

function checkSelector(selector: LabelSelector | undefined, emptyText: string, errors: FieldError[]): void {
  const path = SPEC.child('selector');
  if (!selector) {
    errors.push(required(path));
    return;
  }
  checkLabelSelector(selector, path, errors);
  if (selectorSize(selector) === 0) errors.push(invalid(path, goLabelSelector(selector), emptyText));
}

/** Selector and template of Deployments and ReplicaSets, with the template checked for ReplicaSets' pods. */
function checkReplicaTemplate(selector: LabelSelector | undefined, template: PodTemplateSpec | undefined, errors: FieldError[]): void {
  const matches = selectorMatcher(selector);
  const path = SPEC.child('template');
  if (!matches) {
    errors.push(invalid(SPEC.child('selector'), goLabelSelector(selector), 'invalid label selector'));
    return;
  }
  const pod = template ?? {};
  checkTemplateLabels(matches, pod, path, errors);
  checkPodTemplate(pod, path, errors);
  checkLastingTemplate(pod, 'ReplicaSet', path, errors);
}

function checkRollingUpdate(update: RollingUpdateDeployment, path: Path, errors: FieldError[]): void {
  checkPercent(update.maxUnavailable, path.child('maxUnavailable'), errors);
  checkPercent(update.maxSurge, path.child('maxSurge'), errors);
  if (amount(update.maxUnavailable) === 0 && amount(update.maxSurge) === 0) errors.push(invalid(path.child('maxUnavailable'), goIntOrString(update.maxUnavailable), 'may not be 0 when `maxSurge` is 0'));
  checkNotOverAll(update.maxUnavailable, path.child('maxUnavailable'), errors);
}

function checkStrategy(strategy: DeploymentStrategy, errors: FieldError[]): void {
  const path = SPEC.child('strategy');
  if (strategy.type === 'Recreate') {
    if (strategy.rollingUpdate) errors.push(forbidden(path.child('rollingUpdate'), "may not be specified when strategy `type` is 'Recreate'"));
  } else if (strategy.type === 'RollingUpdate') {
    if (strategy.rollingUpdate) checkRollingUpdate(strategy.rollingUpdate, path.child('rollingUpdate'), errors);
    else errors.push(required(path.child('rollingUpdate'), 'this should be defaulted and never be nil'));
  } else errors.push(notSupported(path, goTyped('apps.DeploymentStrategy', strategy), ['Recreate', 'RollingUpdate']));
}

export function validateDeployment(deployment: Deployment): FieldError[] {
  const errors: FieldError[] = [];
  const spec: Partial<NonNullable<Deployment['spec']>> = deployment.spec ?? {};
  checkNonnegative(spec.replicas, SPEC.child('replicas'), errors);
  checkSelector(spec.selector, 'empty selector is invalid for deployment', errors);
  checkReplicaTemplate(spec.selector, spec.template, errors);
  checkStrategy(spec.strategy ?? {}, errors);
  checkNonnegative(spec.minReadySeconds, SPEC.child('minReadySeconds'), errors);
  checkNonnegative(spec.revisionHistoryLimit, SPEC.child('revisionHistoryLimit'), errors);
  const deadline = spec.progressDeadlineSeconds;
  if (deadline !== undefined) {
    checkNonnegative(deadline, SPEC.child('progressDeadlineSeconds'), errors);
    if (deadline <= (spec.minReadySeconds ?? 0)) errors.push(invalid(SPEC.child('progressDeadlineSeconds'), deadline, 'must be greater than minReadySeconds'));
  }
  return errors;
}

function checkSelectorKept(selector: LabelSelector | undefined, old: LabelSelector | undefined, errors: FieldError[]): void {
  checkImmutable(selector, old, SPEC.child('selector'), errors, goLabelSelector(selector));
}

export function validateDeploymentUpdate(deployment: Deployment, old: Deployment): FieldError[] {
  if (equal(deployment.spec, old.spec)) return [];
  const errors = validateDeployment(deployment);
  checkSelectorKept(deployment.spec?.selector, old.spec?.selector, errors);
  return errors;
}

export function validateReplicaSet(replicaSet: ReplicaSet): FieldError[] {
  const errors: FieldError[] = [];
  const spec: Partial<NonNullable<ReplicaSet['spec']>> = replicaSet.spec ?? {};
  checkNonnegative(spec.replicas, SPEC.child('replicas'), errors);
  checkNonnegative(spec.minReadySeconds, SPEC.child('minReadySeconds'), errors);
  checkSelector(spec.selector, 'empty selector is invalid for deployment', errors);
  checkReplicaTemplate(spec.selector, spec.template, errors);
  return errors;
}

export function validateReplicaSetUpdate(replicaSet: ReplicaSet, old: ReplicaSet): FieldError[] {
  const before = old.spec;
  const now = replicaSet.spec;
  // Scaling is what happens to ReplicaSets all day; the template was checked when it came in.
  if (equal(now?.template, before?.template) && equal(now?.selector, before?.selector)) {
    const errors: FieldError[] = [];
    checkNonnegative(now?.replicas, SPEC.child('replicas'), errors);
    checkNonnegative(now?.minReadySeconds, SPEC.child('minReadySeconds'), errors);
    return errors;
  }
  const errors = validateReplicaSet(replicaSet);
  checkSelectorKept(now?.selector, before?.selector, errors);
  return errors;
}

function checkDaemonRollingUpdate(update: RollingUpdateDaemonSet, path: Path, errors: FieldError[]): void {
  checkPercent(update.maxUnavailable, path.child('maxUnavailable'), errors);
  checkPercent(update.maxSurge, path.child('maxSurge'), errors);
  checkNotOverAll(update.maxUnavailable, path.child('maxUnavailable'), errors);
  checkNotOverAll(update.maxSurge, path.child('maxSurge'), errors);
  const unavailable = amount(update.maxUnavailable) !== 0;
  const surge = amount(update.maxSurge) !== 0;
  if (unavailable && surge) errors.push(invalid(path.child('maxSurge'), goIntOrString(update.maxSurge), 'may not be set when maxUnavailable is non-zero'));
  if (!unavailable && !surge) errors.push(required(path.child('maxUnavailable'), 'cannot be 0 when maxSurge is 0'));
}

export function validateDaemonSet(daemonSet: DaemonSet): FieldError[] {
  const errors: FieldError[] = [];
  const spec: Partial<NonNullable<DaemonSet['spec']>> = daemonSet.spec ?? {};
  const template = spec.template ?? {};
  const path = SPEC.child('template');
  checkLabelSelector(spec.selector, SPEC.child('selector'), errors);
  const selector = selectorMatcher(spec.selector);
  if (selector && !selector.matches(template.metadata?.labels)) errors.push(invalid(path.child('metadata', 'labels'), new GoValue(goStringMap(template.metadata?.labels)), MISMATCH_TEXT));
  if (spec.selector && selectorSize(spec.selector) === 0) errors.push(invalid(SPEC.child('selector'), goLabelSelector(spec.selector), 'empty selector is invalid for daemonset'));
  checkPodTemplate(template, path, errors);
  checkLastingTemplate(template, 'DaemonSet', path, errors);
  checkNonnegative(spec.minReadySeconds, SPEC.child('minReadySeconds'), errors);
  const strategy = spec.updateStrategy ?? {};
  const strategyPath = SPEC.child('updateStrategy');
  if (strategy.type === 'RollingUpdate') {
    if (strategy.rollingUpdate) checkDaemonRollingUpdate(strategy.rollingUpdate, strategyPath.child('rollingUpdate'), errors);
    else errors.push(required(strategyPath.child('rollingUpdate')));
  } else if (strategy.type !== 'OnDelete') errors.push(notSupported(strategyPath, goTyped('apps.DaemonSetUpdateStrategy', strategy), ['RollingUpdate', 'OnDelete']));
  checkNonnegative(spec.revisionHistoryLimit, SPEC.child('revisionHistoryLimit'), errors);
  return errors;
}

export function validateDaemonSetUpdate(daemonSet: DaemonSet, old: DaemonSet): FieldError[] {
  if (equal(daemonSet.spec, old.spec)) return [];
  const errors = validateDaemonSet(daemonSet);
  checkSelectorKept(daemonSet.spec?.selector, old.spec?.selector, errors);
  return errors;
}

export function validateStatefulSet(statefulSet: StatefulSet): FieldError[] {
  return statefulSetErrors(statefulSet, undefined);
}

function statefulSetErrors(statefulSet: StatefulSet, old: StatefulSet | undefined): FieldError[] {
  const errors: FieldError[] = [];
  const spec: Partial<StatefulSetSpec> = statefulSet.spec ?? {};
  const policy = spec.podManagementPolicy;
  if (!policy) errors.push(required(SPEC.child('podManagementPolicy')));
  else if (policy !== 'OrderedReady' && policy !== 'Parallel') errors.push(invalid(SPEC.child('podManagementPolicy'), policy, "must be 'OrderedReady' or 'Parallel'"));
  const strategy = spec.updateStrategy ?? {};
  const strategyPath = SPEC.child('updateStrategy');
  if (!strategy.type) errors.push(required(strategyPath));
  else if (strategy.type === 'OnDelete') {
    if (strategy.rollingUpdate)
      errors.push(invalid(strategyPath.child('rollingUpdate'), goTyped('apps.RollingUpdateStatefulSetStrategy', strategy.rollingUpdate), "only allowed for updateStrategy 'RollingUpdate'"));
  } else if (strategy.type === 'RollingUpdate') checkNonnegative(strategy.rollingUpdate?.partition, strategyPath.child('rollingUpdate', 'partition'), errors);
  else errors.push(invalid(strategyPath, goTyped('apps.StatefulSetUpdateStrategy', strategy), "must be 'RollingUpdate' or 'OnDelete'"));
  const retention = spec.persistentVolumeClaimRetentionPolicy;
  for (const name of ['whenDeleted', 'whenScaled'] as const) {
    const value = retention?.[name];
    if (value !== undefined && value !== 'Retain' && value !== 'Delete') errors.push(notSupported(SPEC.child('persistentVolumeClaimRetentionPolicy', name), value, ['Retain', 'Delete']));
  }
  checkNonnegative(spec.replicas, SPEC.child('replicas'), errors);
  checkNonnegative(spec.minReadySeconds, SPEC.child('minReadySeconds'), errors);
  checkNonnegative(spec.ordinals?.start, SPEC.child('ordinals', 'start'), errors);
  // On an update the name is what it was: it cannot change.
  if (!old && spec.serviceName) checkDnsLabel(spec.serviceName, SPEC.child('serviceName'), errors);
  checkSelector(spec.selector, 'empty selector is invalid for statefulset', errors);
  const selector = selectorMatcher(spec.selector);
  const template = spec.template ?? {};
  const path = SPEC.child('template');
  if (!selector) errors.push(invalid(SPEC.child('selector'), goLabelSelector(spec.selector)));
  else {
    checkTemplateLabels(selector, template, path, errors);
    // The containers are not checked, as upstream: their mounts may name claims that each pod gets.
    checkLabels(template.metadata?.labels, path.child('labels'), errors);
    checkAnnotations(template.metadata?.annotations, path.child('annotations'), errors);
    checkPodAnnotations(template.metadata, template.spec ?? { containers: [] }, path.child('annotations'), errors);
  }
  checkLastingTemplate(template, 'StatefulSet', path, errors);
  return errors;
}

const MUTABLE_STATEFULSET_FIELDS = ['replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy', 'minReadySeconds'] as const;
const STATEFULSET_TEXT =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

export function validateStatefulSetUpdate(statefulSet: StatefulSet, old: StatefulSet): FieldError[] {
  if (equal(statefulSet.spec, old.spec)) return [];
  const errors = statefulSetErrors(statefulSet, old);
  const now: Record<string, unknown> = { ...statefulSet.spec };
  const before: Record<string, unknown> = { ...old.spec };
  for (const field of MUTABLE_STATEFULSET_FIELDS) {
    delete now[field];
    delete before[field];
  }
  if (!equal(now, before)) errors.push(forbidden(SPEC, STATEFULSET_TEXT));
  return errors;
}

export function validateReplicationController(controller: ReplicationController): FieldError[] {
  const errors: FieldError[] = [];
  const spec: Partial<NonNullable<ReplicationController['spec']>> = controller.spec ?? {};
  const path = SPEC.child('template');
  checkNonnegative(spec.minReadySeconds, SPEC.child('minReadySeconds'), errors);
  if (Object.keys(spec.selector ?? {}).length === 0) errors.push(required(SPEC.child('selector')));
  checkNonnegative(spec.replicas, SPEC.child('replicas'), errors);
  if (!spec.template) {
    errors.push(required(path));
    return errors;
  }
  checkTemplateLabels(selectorFromMap(spec.selector ?? {}), spec.template, path, errors);
  checkPodTemplate(spec.template, path, errors);
  checkLastingTemplate(spec.template, 'ReplicationController', path, errors);
  return errors;
}

export function validatePodTemplateObject(podTemplate: PodTemplate): FieldError[] {
  const errors: FieldError[] = [];
  checkPodTemplate(podTemplate.template ?? {}, Path.of('template'), errors);
  return errors;
}
