/** What annotations of pods may say, and how it has to agree with the fields that came after them. Follows kubernetes pkg/apis/core/validation/validation.go (ValidatePodSpecificAnnotations). */
import type { ObjectMeta, PodSpec, SeccompProfile, AppArmorProfile } from '../../api/generated/types.ts';
import { goQuote } from '../../api/quote.ts';
import { forbidden, invalid, type FieldError, type Path } from './field.ts';
import { checkDescendingPath } from './paths.ts';
import { podContainers } from './pod-containers.ts';

export const MIRROR = 'kubernetes.io/config.mirror';
const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';
const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod';
const SECCOMP_CONTAINER = 'container.seccomp.security.alpha.kubernetes.io/';
export const APP_ARMOR = 'container.apparmor.security.beta.kubernetes.io/';
const LOCALHOST = 'localhost/';

const isInt32 = (text: string): boolean => /^(0|-?[1-9][0-9]*)$/.test(text) && Number(text) >= -2147483648 && Number(text) <= 2147483647;

function checkSeccompText(text: string, path: Path, errors: FieldError[]): void {
  if (text === 'runtime/default' || text === 'docker/default' || text === 'unconfined') return;
  if (text.startsWith(LOCALHOST)) checkDescendingPath(text.slice(LOCALHOST.length), path, errors);
  else errors.push(invalid(path, text, 'must be a valid seccomp profile'));
}

export function checkPodAnnotations(meta: ObjectMeta | undefined, spec: PodSpec, path: Path, errors: FieldError[]): void {
  const annotations = meta?.annotations;
  if (!annotations) return;
  const mirror = annotations[MIRROR];
  if (mirror !== undefined && !spec.nodeName) errors.push(invalid(path.key(MIRROR), mirror, 'must set spec.nodeName if mirror pod annotation is set'));
  const cost = annotations[DELETION_COST];
  if (cost !== undefined && !isInt32(cost)) errors.push(invalid(path.key(DELETION_COST), cost, 'must be a 32bit integer'));
  const keys = Object.keys(annotations);
  for (const key of keys) if (key === SECCOMP_POD || key.startsWith(SECCOMP_CONTAINER)) checkSeccompText(annotations[key] ?? '', path.child(key), errors);
  for (const key of keys) {
    if (!key.startsWith(APP_ARMOR)) continue;
    const name = key.slice(APP_ARMOR.length);
    const profile = annotations[key] ?? '';
    if (![...podContainers(spec, path)].some(([container]) => container.name === name)) errors.push(invalid(path.key(key), name, 'container not found'));
    if (profile !== '' && profile !== 'runtime/default' && profile !== 'unconfined' && !profile.startsWith(LOCALHOST)) errors.push(invalid(path.key(key), profile, `invalid AppArmor profile name: ${goQuote(profile)}`));
  }
}

function checkMatch(annotation: string, profile: SeccompProfile | AppArmorProfile, what: readonly [string, string], path: Path, errors: FieldError[]): void {
  const typed = (): void => void errors.push(forbidden(path.child('type'), `${what[0]} type in annotation and field must match`));
  if (profile.type === 'Unconfined') {
    if (annotation !== 'unconfined') typed();
  } else if (profile.type === 'RuntimeDefault') {
    if (annotation !== 'runtime/default' && !(what[0] === 'seccomp' && annotation === 'docker/default')) typed();
  } else if (profile.type === 'Localhost') {
    if (!annotation.startsWith(LOCALHOST)) typed();
    else if (annotation.slice(LOCALHOST.length) !== profile.localhostProfile) errors.push(forbidden(path.child('localhostProfile'), `${what[1]} profile in annotation and field must match`));
  }
}

/** Annotations and fields about seccomp and AppArmor say the same. */
export function checkProfilesAgree(meta: ObjectMeta | undefined, spec: PodSpec, path: Path, errors: FieldError[]): void {
  const annotations = meta?.annotations;
  if (!annotations) return;
  const own = annotations[SECCOMP_POD];
  if (own !== undefined && spec.securityContext?.seccompProfile) checkMatch(own, spec.securityContext.seccompProfile, ['seccomp', 'seccomp'], path.child('securityContext', 'seccompProfile'), errors);
  for (const [container, at] of podContainers(spec, path)) {
    const text = annotations[SECCOMP_CONTAINER + container.name];
    const profile = container.securityContext?.seccompProfile;
    if (text !== undefined && profile) checkMatch(text, profile, ['seccomp', 'seccomp'], at.child('securityContext', 'seccompProfile'), errors);
  }
  if (spec.os?.name === 'windows') return;
  for (const [container, at] of podContainers(spec, path)) {
    const text = annotations[APP_ARMOR + container.name];
    const profile = container.securityContext?.appArmorProfile ?? spec.securityContext?.appArmorProfile;
    if (text !== undefined && profile) checkMatch(text, profile, ['apparmor', 'apparmor'], at.child('securityContext', 'appArmorProfile'), errors);
  }
}

/** Of some annotations neither the value nor their being there changes (ValidatePodSpecificAnnotationUpdates). */
export function checkAnnotationUpdate(now: ObjectMeta, old: ObjectMeta, path: Path, errors: FieldError[]): void {
  const before = old.annotations ?? {};
  const after = now.annotations ?? {};
  for (const key of Object.keys(before)) {
    if (after[key] === before[key]) continue;
    if (key.startsWith(APP_ARMOR)) errors.push(forbidden(path.key(key), 'may not remove or update AppArmor annotations'));
    if (key === MIRROR) errors.push(forbidden(path.key(key), 'may not remove or update mirror pod annotation'));
  }
  for (const key of Object.keys(after)) {
    if (Object.hasOwn(before, key)) continue;
    if (key.startsWith(APP_ARMOR)) errors.push(forbidden(path.key(key), 'may not add AppArmor annotations'));
    if (key === MIRROR) errors.push(forbidden(path.key(key), 'may not add mirror pod annotation'));
  }
}
