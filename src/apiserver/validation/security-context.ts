/** Validation of security contexts. Follows kubernetes pkg/apis/core/validation/validation.go. */
import type { AppArmorProfile, PodSpec, SeccompProfile, SecurityContext, Sysctl } from '../../api/generated/types.ts';
import { duplicate, invalid, notSupported, required, tooLong, type FieldError, type Path } from './field.ts';
import { idErrors } from './formats.ts';
import { goTyped } from './go-typed.ts';
import { checkDescendingPath } from './paths.ts';
import { checkWindowsOptions } from './windows.ts';

const PROFILE_TYPES = ['Localhost', 'RuntimeDefault', 'Unconfined'];

function checkId(id: number | undefined, path: Path, errors: FieldError[]): void {
  if (id !== undefined) for (const text of idErrors(id)) errors.push(invalid(path, id, text));
}

function checkSeccomp(profile: SeccompProfile | undefined, path: Path, errors: FieldError[]): void {
  if (!profile) return;
  if (!profile.type) errors.push(required(path.child('type'), 'type is required when seccompProfile is set'));
  else if (!PROFILE_TYPES.includes(profile.type)) errors.push(notSupported(path.child('type'), profile.type, PROFILE_TYPES));
  if (profile.type === 'Localhost') {
    if (profile.localhostProfile === undefined) errors.push(required(path.child('localhostProfile'), 'must be set when seccomp type is Localhost'));
    else checkDescendingPath(profile.localhostProfile, path.child('localhostProfile'), errors);
  } else if (profile.localhostProfile !== undefined)
    errors.push(invalid(path.child('localhostProfile'), goTyped('core.SeccompProfile', profile), 'can only be set when seccomp type is Localhost'));
}

/** PATH_MAX without the zero at its end. */
const MAX_PROFILE_PATH = 4095;

export function checkAppArmor(profile: AppArmorProfile | undefined, path: Path, errors: FieldError[]): void {
  if (!profile) return;
  const local = profile.localhostProfile;
  const at = path.child('localhostProfile');
  if (profile.type === 'Localhost') {
    if (local === undefined) errors.push(required(at, 'must be set when AppArmor type is Localhost'));
    else if (local.trim() !== local) errors.push(invalid(at, local, 'must not be padded with whitespace'));
    else if (local === '') errors.push(required(at, 'must be set when AppArmor type is Localhost'));
    if (local !== undefined && Buffer.byteLength(local) > MAX_PROFILE_PATH) errors.push(tooLong(at, MAX_PROFILE_PATH));
  } else if (profile.type === 'RuntimeDefault' || profile.type === 'Unconfined') {
    if (local !== undefined) errors.push(invalid(at, local, 'can only be set when AppArmor type is Localhost'));
  } else if (!profile.type) errors.push(required(path.child('type'), 'type is required when appArmorProfile is set'));
  else errors.push(notSupported(path.child('type'), profile.type, PROFILE_TYPES));
}

/** A container's. */
export function checkSecurityContext(context: SecurityContext | undefined, hostUsers: boolean, path: Path, errors: FieldError[]): void {
  if (!context) return;
  checkId(context.runAsUser, path.child('runAsUser'), errors);
  checkId(context.runAsGroup, path.child('runAsGroup'), errors);
  if (context.procMount !== undefined) {
    if (context.procMount !== 'Default' && context.procMount !== 'Unmasked') errors.push(notSupported(path.child('procMount'), context.procMount, ['Default', 'Unmasked']));
    if (hostUsers && context.procMount === 'Unmasked') errors.push(invalid(path.child('procMount'), context.procMount, '`hostUsers` must be false to use `Unmasked`'));
  }
  checkSeccomp(context.seccompProfile, path.child('seccompProfile'), errors);
  if (context.allowPrivilegeEscalation === false) {
    if (context.privileged) errors.push(invalid(path, goTyped('core.SecurityContext', context), 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true'));
    for (const capability of context.capabilities?.add ?? [])
      if (capability === 'CAP_SYS_ADMIN') errors.push(invalid(path, goTyped('core.SecurityContext', context), 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN'));
  }
  checkWindowsOptions(context.windowsOptions, path.child('windowsOptions'), errors);
  checkAppArmor(context.appArmorProfile, path.child('appArmorProfile'), errors);
}

const SYSCTL = '([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const SYSCTL_REGEXP = new RegExp(`^${SYSCTL}$`);

function checkSysctls(sysctls: readonly Sysctl[] | undefined, spec: PodSpec, path: Path, errors: FieldError[]): void {
  const names = new Set<string>();
  (sysctls ?? []).forEach((sysctl, i) => {
    const at = path.index(i).child('name');
    const name = sysctl.name ?? '';
    if (!name) errors.push(required(at));
    else if (name.length > 253 || !SYSCTL_REGEXP.test(name)) errors.push(invalid(at, name, `must have at most 253 characters and match regex ^${SYSCTL}$`));
    else if (names.has(name)) errors.push(duplicate(at, name));
    const dotted = name.replaceAll('/', '.');
    if (spec.hostNetwork && dotted.startsWith('net.')) errors.push(invalid(at, name, "may not be specified when 'hostNetwork' is true"));
    else if (spec.hostIPC && (/^kernel\.(shm|msg)/.test(dotted) || dotted === 'kernel.sem' || dotted.startsWith('fs.mqueue.'))) errors.push(invalid(at, name, "may not be specified when 'hostIPC' is true"));
    names.add(name);
  });
}

/** The pod's. */
export function checkPodSecurityContext(spec: PodSpec, path: Path, errors: FieldError[]): void {
  const context = spec.securityContext;
  if (!context) return;
  checkId(context.fsGroup, path.child('fsGroup'), errors);
  checkId(context.runAsUser, path.child('runAsUser'), errors);
  checkId(context.runAsGroup, path.child('runAsGroup'), errors);
  (context.supplementalGroups ?? []).forEach((group, i) => checkId(group, path.child('supplementalGroups').index(i), errors));
  if (spec.shareProcessNamespace && spec.hostPID) errors.push(invalid(path.child('shareProcessNamespace'), true, 'ShareProcessNamespace and HostPID cannot both be enabled'));
  checkSysctls(context.sysctls, spec, path.child('sysctls'), errors);
  oneOf(context.fsGroupChangePolicy, ['Always', 'OnRootMismatch'], path.child('fsGroupChangePolicy'), errors);
  checkSeccomp(context.seccompProfile, path.child('seccompProfile'), errors);
  checkWindowsOptions(context.windowsOptions, path.child('windowsOptions'), errors);
  checkAppArmor(context.appArmorProfile, path.child('appArmorProfile'), errors);
  oneOf(context.supplementalGroupsPolicy, ['Merge', 'Strict'], path.child('supplementalGroupsPolicy'), errors);
  // MountOption takes a feature that v1.33 has switched off.
  oneOf(context.seLinuxChangePolicy, ['Recursive'], path.child('seLinuxChangePolicy'), errors);
}

function oneOf(value: string | undefined, allowed: readonly string[], path: Path, errors: FieldError[]): void {
  if (value !== undefined && !allowed.includes(value)) errors.push(notSupported(path, value, allowed));
}
