/** Validation of what Windows containers have, and of pods that name their operating system. Follows kubernetes pkg/apis/core/validation/validation.go. */
import type { PodSpec, WindowsSecurityContextOptions } from '../../api/generated/types.ts';
import { dns1123SubdomainErrors } from '../../api/names.ts';
import { forbidden, invalid, notSupported, required, type FieldError, type Path } from './field.ts';
import { podContainers } from './pod-containers.ts';

const MAX_CREDENTIALS = 64 * 1024;
const NETBIOS = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/;
const DNS_LABEL = '[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?';
const DNS_DOMAIN = new RegExp(`^${DNS_LABEL}(?:\\.${DNS_LABEL})*$`);

/** "user" or "domain\user". */
function userNameErrors(name: string): string[] {
  if (name === '') return ['runAsUserName cannot be an empty string'];
  if (/[\x00-\x1f\x7f]/.test(name)) return ['runAsUserName cannot contain control characters'];
  const parts = name.split('\\');
  if (parts.length > 2) return ['runAsUserName cannot contain more than one backslash'];
  const user = parts.at(-1) ?? '';
  const domain = parts.length === 2 ? (parts[0] ?? '') : undefined;
  const errors: string[] = [];
  if (domain !== undefined && domain.length >= 256) errors.push("runAsUserName's Domain length must be under 256 characters");
  if (domain !== undefined && !NETBIOS.test(domain) && !DNS_DOMAIN.test(domain)) errors.push("runAsUserName's Domain doesn't match the NetBios nor the DNS format");
  if (user === '') errors.push("runAsUserName's User cannot be empty");
  else if (user.length > 104) errors.push("runAsUserName's User length must not be longer than 104 characters");
  if (/^[. ]+$/.test(user)) errors.push("runAsUserName's User cannot contain only periods or spaces");
  if (/["/\\:;|=,+*?<>@[\]]/.test(user)) errors.push('runAsUserName\'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]');
  return errors;
}

export function checkWindowsOptions(options: WindowsSecurityContextOptions | undefined, path: Path, errors: FieldError[]): void {
  if (!options) return;
  const { gmsaCredentialSpecName: name, gmsaCredentialSpec: spec, runAsUserName: user } = options;
  if (name !== undefined) for (const text of dns1123SubdomainErrors(name)) errors.push(invalid(path.child('gmsaCredentialSpecName'), name, text));
  if (spec === '') errors.push(invalid(path.child('gmsaCredentialSpec'), spec, 'gmsaCredentialSpec cannot be an empty string'));
  else if (spec !== undefined && spec.length > MAX_CREDENTIALS) errors.push(invalid(path.child('gmsaCredentialSpec'), spec, 'gmsaCredentialSpec size must be under 64 KiB'));
  if (user !== undefined) for (const text of userNameErrors(user)) errors.push(invalid(path.child('runAsUserName'), user, text));
}

/** Either all containers of a pod run as processes of the host, or none (validateWindowsHostProcessPod). */
export function checkHostProcess(spec: PodSpec, path: Path, errors: FieldError[]): void {
  const whole = spec.securityContext?.windowsOptions?.hostProcess;
  let all = 0;
  let host = 0;
  for (const [container, at] of podContainers(spec, path)) {
    all++;
    const own = container.securityContext?.windowsOptions?.hostProcess;
    if (whole !== undefined && own !== undefined && whole !== own)
      errors.push(invalid(at.child('securityContext', 'windowsOptions', 'hostProcess'), own, `pod hostProcess value must be identical if both are specified, was ${whole}`));
    if (own ?? whole) host++;
  }
  if (host === 0) return;
  if (host !== all) errors.push(invalid(path, '', 'If pod contains any hostProcess containers then all containers must be HostProcess containers'));
  if (!spec.hostNetwork) errors.push(invalid(path.child('hostNetwork'), false, 'hostNetwork must be true if pod contains any hostProcess containers'));
}

const WINDOWS_TEXT = 'cannot be set for a windows pod';
const LINUX_TEXT = 'windows options cannot be set for a linux pod';
/** What Windows lacks, of the pod: in its security context, unless it stands in the spec itself. */
const LINUX_ONLY = ['appArmorProfile', 'seLinuxOptions', 'hostUsers', 'hostPID', 'hostIPC', 'seccompProfile', 'fsGroup', 'fsGroupChangePolicy', 'sysctls', 'shareProcessNamespace', 'runAsUser', 'runAsGroup', 'supplementalGroups', 'supplementalGroupsPolicy', 'seLinuxChangePolicy'] as const;
const OF_SPEC: ReadonlySet<string> = new Set(['hostUsers', 'hostPID', 'hostIPC', 'shareProcessNamespace']);
/** And of containers. */
const LINUX_ONLY_CONTAINER = ['appArmorProfile', 'seLinuxOptions', 'seccompProfile', 'capabilities', 'readOnlyRootFilesystem', 'privileged', 'allowPrivilegeEscalation', 'procMount', 'runAsUser', 'runAsGroup'] as const;

/** Fields that only one operating system has (validateOS, validateLinux, validateWindows). */
export function checkOs(spec: PodSpec, path: Path, errors: FieldError[]): void {
  const os = spec.os;
  if (!os) return;
  if (!os.name) errors.push(required(path.child('os', 'name'), 'cannot be empty'));
  else if (os.name === 'linux') {
    if (spec.securityContext?.windowsOptions) errors.push(forbidden(path.child('securityContext', 'windowsOptions'), LINUX_TEXT));
    for (const [container, at] of podContainers(spec, path)) if (container.securityContext?.windowsOptions) errors.push(forbidden(at.child('securityContext', 'windowsOptions'), LINUX_TEXT));
  } else if (os.name === 'windows') {
    for (const name of LINUX_ONLY) {
      const value: unknown = OF_SPEC.has(name) ? spec[name as 'hostPID'] : spec.securityContext?.[name as 'sysctls'];
      const isSet = name === 'hostPID' || name === 'hostIPC' ? Boolean(value) : name === 'sysctls' ? (value as readonly unknown[] | undefined)?.length : value !== undefined;
      if (isSet) errors.push(forbidden(OF_SPEC.has(name) ? path.child(name) : path.child('securityContext', name), WINDOWS_TEXT));
    }
    for (const [container, at] of podContainers(spec, path))
      for (const name of LINUX_ONLY_CONTAINER) if (container.securityContext?.[name] !== undefined) errors.push(forbidden(at.child('securityContext', name), WINDOWS_TEXT));
  } else errors.push(notSupported(path.child('os'), os.name, ['linux', 'windows']));
}
