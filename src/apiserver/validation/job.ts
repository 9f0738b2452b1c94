/** Validation of Jobs. Follows kubernetes pkg/apis/batch/validation/validation.go. */
import type { Job, JobSpec, PodTemplateSpec } from '../../api/generated/types.ts';
import { draft, equal, type Draft } from '../../api/json.ts';
import { dns1123LabelErrors, dns1123SubdomainErrors } from '../../api/names.ts';
import { invalid, notSupported, Path, required, tooLong, type FieldError } from './field.ts';
import { checkNonnegative } from './formats.ts';
import { goTyped } from './go-typed.ts';
import { goLabelSelector, goStringMap, GoValue } from './go-value.ts';
import { checkFailurePolicy, checkSuccessPolicy } from './job-policies.ts';
import { checkImmutable, checkLabelSelector, IMMUTABLE_TEXT, selectorMatcher } from './metadata.ts';
import { checkPodTemplate } from './pod-spec.ts';

const SPEC = Path.of('spec');
/** Most pods at a time, and most failed indexes, of an Indexed job. */
const MAX_INDEXED = 100_000;
/** Above MAX_INDEXED completions, with a limit for each index, both may be no more than this. */
const MAX_OF_MANY = 10_000;
const MAX_MANAGER = 63;
const LEGACY_UID = 'controller-uid';
const LEGACY_NAME = 'job-name';
const UID_LABEL = 'batch.kubernetes.io/controller-uid';
const NAME_LABEL = 'batch.kubernetes.io/job-name';

const isIndexed = (spec: JobSpec): boolean => spec.completionMode === 'Indexed';

function checkManager(manager: string | undefined, path: Path, errors: FieldError[]): void {
  if (manager === undefined) return;
  const slash = manager.indexOf('/');
  if (manager === '') errors.push(required(path));
  else if (slash <= 0 || slash === manager.length - 1) errors.push(invalid(path, manager, 'must be a domain-prefixed path (such as "acme.io/foo")'));
  else {
    const host = manager.slice(0, slash);
    const rest = manager.slice(slash + 1);
    for (const text of dns1123SubdomainErrors(host)) errors.push(invalid(path, host, text));
    if (!/^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/.test(rest)) errors.push(invalid(path, rest, "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')"));
  }
  if (Buffer.byteLength(manager) > MAX_MANAGER) errors.push(tooLong(path, MAX_MANAGER));
}

function checkIndexed(spec: JobSpec, path: Path, errors: FieldError[]): void {
  const { completions, parallelism = 0, maxFailedIndexes: failed, backoffLimitPerIndex } = spec;
  const failedPath = path.child('maxFailedIndexes');
  const parallelismPath = path.child('parallelism');
  if (completions === undefined) errors.push(required(path.child('completions'), 'when completion mode is Indexed'));
  if (parallelism > MAX_INDEXED) errors.push(invalid(parallelismPath, parallelism, `must be less than or equal to ${MAX_INDEXED} when completion mode is Indexed`));
  if (completions !== undefined && failed !== undefined && failed > completions) errors.push(invalid(failedPath, failed, 'must be less than or equal to completions'));
  if (failed !== undefined && failed > MAX_INDEXED) errors.push(invalid(failedPath, failed, `must be less than or equal to ${MAX_INDEXED}`));
  if (completions === undefined || completions <= MAX_INDEXED || backoffLimitPerIndex === undefined) return;
  const text = `must be less than or equal to ${MAX_OF_MANY} when completions are above ${MAX_INDEXED} and used with backoff limit per index`;
  if (failed === undefined) errors.push(required(failedPath, `must be specified when completions is above ${MAX_INDEXED}`));
  if (parallelism > MAX_OF_MANY) errors.push(invalid(parallelismPath, parallelism, text));
  if (failed !== undefined && failed > MAX_OF_MANY) errors.push(invalid(failedPath, failed, text));
}

function checkReplacement(spec: JobSpec, path: Path, errors: FieldError[]): void {
  const policy = spec.podReplacementPolicy;
  const allowed = spec.podFailurePolicy ? ['Failed'] : ['Failed', 'TerminatingOrFailed'];
  if (policy !== undefined && !allowed.includes(policy)) errors.push(notSupported(path, policy, allowed));
}

const COUNTS = ['parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit', 'ttlSecondsAfterFinished', 'backoffLimitPerIndex', 'maxFailedIndexes'] as const;

/** A Job's spec, or that of the Jobs that a CronJob makes. */
export function checkJobSpec(spec: JobSpec, path: Path, errors: FieldError[]): void {
  for (const name of COUNTS) checkNonnegative(spec[name], path.child(name), errors);
  if (spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined) errors.push(required(path.child('backoffLimitPerIndex'), 'when maxFailedIndexes is specified'));
  checkManager(spec.managedBy, path.child('managedBy'), errors);
  const mode = spec.completionMode;
  if (mode !== undefined && mode !== 'NonIndexed' && mode !== 'Indexed') errors.push(notSupported(path.child('completionMode'), mode, ['NonIndexed', 'Indexed']));
  if (isIndexed(spec)) checkIndexed(spec, path, errors);
  else if (mode === undefined || mode === 'NonIndexed')
    for (const name of ['backoffLimitPerIndex', 'maxFailedIndexes'] as const) if (spec[name] !== undefined) errors.push(invalid(path.child(name), spec[name], 'requires indexed completion mode'));
  if (spec.podFailurePolicy) checkFailurePolicy(spec, path.child('podFailurePolicy'), errors);
  if (spec.successPolicy) {
    if (isIndexed(spec)) checkSuccessPolicy(spec, path.child('successPolicy'), errors);
    else errors.push(invalid(path.child('successPolicy'), goTyped('batch.SuccessPolicy', spec.successPolicy), 'requires indexed completion mode'));
  }
  checkReplacement(spec, path.child('podReplacementPolicy'), errors);
  const template: PodTemplateSpec = spec.template ?? {};
  checkPodTemplate(template, path.child('template'), errors);
  const restart = template.spec?.restartPolicy ?? '';
  const at = path.child('template', 'spec', 'restartPolicy');
  if (restart === 'Always' || restart === '') errors.push(required(at, 'valid values: "OnFailure", "Never"'));
  else if (restart !== 'OnFailure' && restart !== 'Never') errors.push(notSupported(at, restart, ['OnFailure', 'Never']));
  else if (spec.podFailurePolicy && restart !== 'Never') errors.push(invalid(at, restart, 'only "Never" is supported when podFailurePolicy is specified'));
}

/** Jobs that let the server pick their selector have to keep it (validateGeneratedSelector). */
function checkGeneratedSelector(job: Job, errors: FieldError[]): void {
  const { spec, metadata: meta } = job;
  if (!spec || spec.manualSelector || !spec.selector || !meta?.uid) return;
  const labels = spec.template?.metadata?.labels;
  const path = SPEC.child('template', 'metadata', 'labels');
  const expected: Record<string, string> = { [LEGACY_UID]: meta.uid, [LEGACY_NAME]: meta.name ?? '', [UID_LABEL]: meta.uid, [NAME_LABEL]: meta.name ?? '' };
  for (const [key, value] of Object.entries(expected)) {
    const given = labels?.[key];
    if (given === undefined) errors.push(required(path.key(key), `must be '${value}'`));
    else if (given !== value) errors.push(invalid(path.key(key), new GoValue(goStringMap(labels)), `must be '${value}'`));
  }
  if (selectorMatcher(spec.selector)?.matches(expected) === false) errors.push(invalid(SPEC.child('selector'), goLabelSelector(spec.selector), '`selector` not auto-generated'));
}

export function validateJob(job: Job): FieldError[] {
  const errors: FieldError[] = [];
  const spec: JobSpec = job.spec ?? { template: {} };
  checkGeneratedSelector(job, errors);
  checkJobSpec(spec, SPEC, errors);
  if (!spec.selector) errors.push(required(SPEC.child('selector')));
  else {
    checkLabelSelector(spec.selector, SPEC.child('selector'), errors);
    if (selectorMatcher(spec.selector)?.matches(spec.template?.metadata?.labels) === false)
      errors.push(invalid(SPEC.child('template', 'metadata', 'labels'), new GoValue(goStringMap(spec.template?.metadata?.labels)), '`selector` does not match template `labels`'));
  }
  // Pods of an Indexed job have their index in their hostname.
  if (isIndexed(spec) && spec.completions !== undefined && spec.completions > 0) {
    const name = job.metadata?.name ?? '';
    const longest = `${name}-${spec.completions - 1}`;
    if (dns1123LabelErrors(longest).length) errors.push(invalid('metadata.name', name, `will not able to create pod with invalid DNS label: ${longest}`));
  }
  return errors;
}

export function validateJobUpdate(job: Job, old: Job): FieldError[] {
  const now = job.spec;
  const before = old.spec;
  if (!now || !before || equal(now, before)) return [];
  const errors = validateJob(job);
  checkCompletions(now, before, errors);
  checkImmutable(now.selector, before.selector, SPEC.child('selector'), errors, goLabelSelector(now.selector));
  checkTemplateUpdate(job, old, errors);
  for (const name of ['completionMode', 'podFailurePolicy', 'backoffLimitPerIndex', 'managedBy', 'successPolicy'] as const) {
    const shown = now[name] === undefined ? null : typeof now[name] === 'object' ? goTyped(name === 'successPolicy' ? 'batch.SuccessPolicy' : 'batch.PodFailurePolicy', now[name]) : now[name];
    checkImmutable(now[name], before[name], SPEC.child(name), errors, shown);
  }
  return errors;
}

/** An Indexed job may change its size when both numbers change alike. */
function checkCompletions(now: JobSpec, before: JobSpec, errors: FieldError[]): void {
  const path = SPEC.child('completions');
  if (!isIndexed(now)) return checkImmutable(now.completions, before.completions, path, errors, now.completions ?? null);
  if (now.completions !== undefined && now.completions !== before.completions && now.completions !== now.parallelism)
    errors.push(invalid(path, now.completions, 'can only be modified in tandem with spec.parallelism'));
}

/** A job that was suspended and never started may still be told where its pods go. */
function checkTemplateUpdate(job: Job, old: Job, errors: FieldError[]): void {
  const template = job.spec?.template ?? {};
  let before: Draft<PodTemplateSpec> = draft(old.spec?.template ?? {});
  if (old.spec?.suspend && old.status?.startTime === undefined) before = withDirectives(before, template);
  if (!equal(template, before)) errors.push(invalid(SPEC.child('template'), goTyped('core.PodTemplateSpec', template), IMMUTABLE_TEXT));
}

function withDirectives(before: Draft<PodTemplateSpec>, now: PodTemplateSpec): Draft<PodTemplateSpec> {
  const spec = before.spec as Record<string, unknown> | undefined;
  const meta = before.metadata as Record<string, unknown> | undefined;
  const take = (into: Record<string, unknown> | undefined, from: object | undefined, field: string): void => {
    const value = (from as Record<string, unknown> | undefined)?.[field];
    if (into && value === undefined) delete into[field];
    else if (into) into[field] = value;
  };
  for (const field of ['nodeSelector', 'tolerations', 'schedulingGates']) take(spec, now.spec, field);
  for (const field of ['labels', 'annotations']) take(meta, now.metadata, field);
  // Of the affinity only the part about nodes.
  const affinity: Record<string, unknown> = { ...(before.spec?.affinity ?? {}) };
  take(affinity, now.spec?.affinity, 'nodeAffinity');
  if (spec && now.spec?.affinity === undefined && Object.keys(affinity).length === 0) delete spec.affinity;
  else if (spec && (before.spec?.affinity || now.spec?.affinity)) spec.affinity = affinity;
  return before;
}
