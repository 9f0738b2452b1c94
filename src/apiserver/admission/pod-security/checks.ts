/** What the levels forbid, check by check. Follows pod-security-admission policy/check_*.go of v1.33. */
import type { Container, PodSpec, SecurityContext, SELinuxOptions, Volume } from '../../../api/generated/types.ts';
import { goQuote } from '../../../api/quote.ts';
import type { LevelVersion } from './policy.ts';

export interface CheckedPod {
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: PodSpec;
}

/** What is wrong with a pod: a reason in a word or two, and more about it. */
export interface Violation {
  readonly reason: string;
  readonly detail: string;
}

type CheckPod = (pod: CheckedPod) => Violation | undefined;

interface Check {
  readonly id: string;
  readonly level: 'baseline' | 'restricted';
  /** From which minor version on which form holds, the oldest first. */
  readonly versions: readonly (readonly [number, CheckPod])[];
  /** The baseline check that this one makes needless. */
  readonly overrides?: string;
}

export const quoted = (items: readonly string[]): string => items.map((item) => `"${item}"`).join(', ');
const plural = (singular: string, count: number, many = `${singular}s`): string => (count === 1 ? singular : many);
const sorted = (items: Iterable<string>): string[] => [...new Set(items)].sort();
const containersText = (names: readonly string[]): string => `${plural('container', names.length)} ${quoted(names)}`;

function containersOf({ initContainers, containers, ephemeralContainers }: PodSpec): readonly Container[] {
  return [...(initContainers ?? []), ...(containers ?? []), ...((ephemeralContainers ?? []) as readonly Container[])];
}

const namesOf = (spec: PodSpec, isBad: (context: SecurityContext, container: Container) => boolean): string[] =>
  containersOf(spec).filter((container) => isBad(container.securityContext ?? {}, container)).map(({ name }) => name);

/** "pod and containers "a", "b"" */
const setters = (pod: boolean, containers: readonly string[]): string => [...(pod ? ['pod'] : []), ...(containers.length > 0 ? [containersText(containers)] : [])].join(' and ');

const isWindows = ({ os }: PodSpec): boolean => os?.name === 'windows';
const exceptWindows = (check: CheckPod): CheckPod => (pod) => (isWindows(pod.spec) ? undefined : check(pod));

const allowPrivilegeEscalation: CheckPod = ({ spec }) => {
  const bad = namesOf(spec, (context) => context.allowPrivilegeEscalation !== false);
  return bad.length > 0 ? { reason: 'allowPrivilegeEscalation != false', detail: `${containersText(bad)} must set securityContext.allowPrivilegeEscalation=false` } : undefined;
};

const APPARMOR_ANNOTATION = 'container.apparmor.security.beta.kubernetes.io/';

const appArmorProfile: CheckPod = ({ spec, annotations }) => {
  const isBad = (type: string | undefined): type is string => type !== undefined && type !== 'RuntimeDefault' && type !== 'Localhost';
  const podType = spec.securityContext?.appArmorProfile?.type;
  const containers = containersOf(spec).filter(({ securityContext }) => isBad(securityContext?.appArmorProfile?.type));
  const forbidden = Object.entries(annotations).filter(([key, value]) => key.startsWith(APPARMOR_ANNOTATION) && value !== '' && value !== 'runtime/default' && !value.startsWith('localhost/')).map(([key, value]) => `${key}=${goQuote(value)}`).sort();
  const types = sorted([...(isBad(podType) ? [podType] : []), ...containers.map(({ securityContext }) => securityContext?.appArmorProfile?.type ?? '')]);
  const who = [setters(isBad(podType), containers.map(({ name }) => name)), forbidden.length > 0 ? plural('annotation', forbidden.length) : ''].filter(Boolean);
  if (who.length === 0) return undefined;
  const values = [...types, ...forbidden];
  return { reason: plural('forbidden AppArmor profile', values.length), detail: `${who.join(' and ')} must not set AppArmor profile type to ${quoted(values)}` };
};

const BASELINE_CAPABILITIES = new Set(['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE', 'SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT']);

const capabilitiesBaseline: CheckPod = ({ spec }) => {
  const added = (context: SecurityContext): string[] => (context.capabilities?.add ?? []).filter((name) => !BASELINE_CAPABILITIES.has(name));
  const bad = namesOf(spec, (context) => added(context).length > 0);
  if (bad.length === 0) return undefined;
  const names = sorted(containersOf(spec).flatMap(({ securityContext }) => added(securityContext ?? {})));
  return { reason: 'non-default capabilities', detail: `${containersText(bad)} must not include ${quoted(names)} in securityContext.capabilities.add` };
};

const capabilitiesRestricted: CheckPod = ({ spec }) => {
  const added = (context: SecurityContext): string[] => (context.capabilities?.add ?? []).filter((name) => name !== 'NET_BIND_SERVICE');
  const missing = namesOf(spec, (context) => !context.capabilities?.drop?.includes('ALL'));
  const adding = namesOf(spec, (context) => added(context).length > 0);
  const details: string[] = [];
  if (missing.length > 0) details.push(`${containersText(missing)} must set securityContext.capabilities.drop=["ALL"]`);
  if (adding.length > 0) details.push(`${containersText(adding)} must not include ${quoted(sorted(containersOf(spec).flatMap(({ securityContext }) => added(securityContext ?? {}))))} in securityContext.capabilities.add`);
  return details.length > 0 ? { reason: 'unrestricted capabilities', detail: details.join('; ') } : undefined;
};

const hostNamespaces: CheckPod = ({ spec }) => {
  const used = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((field) => spec[field]).map((field) => `${field}=true`);
  return used.length > 0 ? { reason: 'host namespaces', detail: used.join(', ') } : undefined;
};

const hostPathVolumes: CheckPod = ({ spec }) => {
  const bad = (spec.volumes ?? []).filter(({ hostPath }) => hostPath).map(({ name }) => name);
  return bad.length > 0 ? { reason: 'hostPath volumes', detail: `${plural('volume', bad.length)} ${quoted(bad)}` } : undefined;
};

const hostPorts: CheckPod = ({ spec }) => {
  const portsOf = ({ ports }: Container): string[] => (ports ?? []).flatMap(({ hostPort }) => (hostPort ? [String(hostPort)] : []));
  const bad = containersOf(spec).filter((container) => portsOf(container).length > 0);
  if (bad.length === 0) return undefined;
  const ports = sorted(bad.flatMap(portsOf));
  return { reason: 'hostPort', detail: `${containersText(bad.map(({ name }) => name))} ${plural('uses', bad.length, 'use')} ${plural('hostPort', ports.length)} ${ports.join(', ')}` };
};

const privileged: CheckPod = ({ spec }) => {
  const bad = namesOf(spec, (context) => context.privileged === true);
  return bad.length > 0 ? { reason: 'privileged', detail: `${containersText(bad)} must not set securityContext.privileged=true` } : undefined;
};

const procMount: CheckPod = ({ spec }) => {
  const isBad = (type: string | undefined): type is string => type !== undefined && type !== 'Default';
  const bad = namesOf(spec, (context) => isBad(context.procMount));
  if (bad.length === 0) return undefined;
  return { reason: 'procMount', detail: `${containersText(bad)} must not set securityContext.procMount to ${quoted(sorted(containersOf(spec).map(({ securityContext }) => securityContext?.procMount).filter(isBad)))}` };
};

const RESTRICTED_VOLUMES: readonly (keyof Volume)[] = ['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'image', 'persistentVolumeClaim', 'projected', 'secret'];

const restrictedVolumes: CheckPod = ({ spec }) => {
  const bad = (spec.volumes ?? []).filter((volume) => !RESTRICTED_VOLUMES.some((type) => volume[type] !== undefined));
  if (bad.length === 0) return undefined;
  const types = sorted(bad.map((volume) => Object.keys(volume).find((key) => key !== 'name') ?? 'unknown'));
  return { reason: 'restricted volume types', detail: `${plural('volume', bad.length)} ${quoted(bad.map(({ name }) => name))} ${plural('uses', bad.length, 'use')} ${plural('restricted volume type', types.length)} ${quoted(types)}` };
};

const runAsNonRoot: CheckPod = ({ spec }) => {
  const pod = spec.securityContext?.runAsNonRoot;
  const explicit = namesOf(spec, (context) => context.runAsNonRoot === false);
  const reason = 'runAsNonRoot != true';
  if (pod === false || explicit.length > 0) return { reason, detail: `${setters(pod === false, explicit)} must not set securityContext.runAsNonRoot=false` };
  const implicit = pod ? [] : namesOf(spec, (context) => context.runAsNonRoot === undefined);
  return implicit.length > 0 ? { reason, detail: `pod or ${containersText(implicit)} must set securityContext.runAsNonRoot=true` } : undefined;
};

const runAsUser: CheckPod = ({ spec }) => {
  const pod = spec.securityContext?.runAsUser === 0;
  const bad = namesOf(spec, (context) => context.runAsUser === 0);
  return pod || bad.length > 0 ? { reason: 'runAsUser=0', detail: `${setters(pod, bad)} must not set runAsUser=0` } : undefined;
};

const seLinuxOptions = (...allowed: readonly string[]): CheckPod => ({ spec }) => {
  const badType = ({ type = '' }: SELinuxOptions): boolean => type !== '' && !allowed.includes(type);
  const isBad = (options: SELinuxOptions | undefined): options is SELinuxOptions => options !== undefined && (badType(options) || Boolean(options.user) || Boolean(options.role));
  const pod = spec.securityContext?.seLinuxOptions;
  const bad = namesOf(spec, (context) => isBad(context.seLinuxOptions));
  if (!isBad(pod) && bad.length === 0) return undefined;
  const options = [pod, ...containersOf(spec).map(({ securityContext }) => securityContext?.seLinuxOptions)].filter(isBad);
  const types = sorted(options.filter(badType).map(({ type = '' }) => type));
  const data = [
    ...(types.length > 0 ? [`${plural('type', types.length)} ${quoted(types)}`] : []),
    ...(options.some(({ user }) => user) ? ['user may not be set'] : []),
    ...(options.some(({ role }) => role) ? ['role may not be set'] : []),
  ];
  return { reason: 'seLinuxOptions', detail: `${setters(isBad(pod), bad)} set forbidden securityContext.seLinuxOptions: ${data.join('; ')}` };
};

const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod';
const SECCOMP_CONTAINER = 'container.seccomp.security.alpha.kubernetes.io/';

/** Before there was a field for it, annotations said which profile. */
const seccompAnnotations: CheckPod = ({ spec, annotations }) => {
  const isBad = (value: string | undefined): boolean => value !== undefined && value !== 'runtime/default' && value !== 'docker/default' && !value.startsWith('localhost/');
  const keys = [SECCOMP_POD, ...containersOf(spec).map(({ name }) => SECCOMP_CONTAINER + name)];
  const forbidden = sorted(keys.filter((key) => isBad(annotations[key])).map((key) => `${key}=${goQuote(annotations[key] ?? '')}`));
  return forbidden.length > 0 ? { reason: 'seccompProfile', detail: `forbidden ${plural('annotation', forbidden.length)} ${forbidden.join(', ')}` } : undefined;
};

const badSeccomp = (type: string | undefined): type is string => type !== undefined && type !== 'Localhost' && type !== 'RuntimeDefault';

const seccompBaseline: CheckPod = ({ spec }) => {
  const pod = spec.securityContext?.seccompProfile?.type;
  const bad = namesOf(spec, (context) => badSeccomp(context.seccompProfile?.type));
  if (!badSeccomp(pod) && bad.length === 0) return undefined;
  const values = sorted([pod, ...containersOf(spec).map(({ securityContext }) => securityContext?.seccompProfile?.type)].filter(badSeccomp));
  return { reason: 'seccompProfile', detail: `${setters(badSeccomp(pod), bad)} must not set securityContext.seccompProfile.type to ${quoted(values)}` };
};

const seccompRestricted: CheckPod = (pod) => {
  const explicit = seccompBaseline(pod);
  if (explicit || pod.spec.securityContext?.seccompProfile) return explicit;
  const implicit = namesOf(pod.spec, (context) => context.seccompProfile === undefined);
  return implicit.length > 0 ? { reason: 'seccompProfile', detail: `pod or ${containersText(implicit)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"` } : undefined;
};

const SYSCTLS = ['kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.tcp_syncookies', 'net.ipv4.ping_group_range', 'net.ipv4.ip_unprivileged_port_start'];
const SYSCTLS_27 = [...SYSCTLS, 'net.ipv4.ip_local_reserved_ports'];
const SYSCTLS_29 = [...SYSCTLS_27, 'net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_fin_timeout', 'net.ipv4.tcp_keepalive_intvl', 'net.ipv4.tcp_keepalive_probes'];
const SYSCTLS_32 = [...SYSCTLS_29, 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem'];

const sysctls = (allowed: readonly string[]): CheckPod => ({ spec }) => {
  const forbidden = (spec.securityContext?.sysctls ?? []).map(({ name }) => name).filter((name) => !allowed.includes(name));
  return forbidden.length > 0 ? { reason: 'forbidden sysctls', detail: forbidden.join(', ') } : undefined;
};

const windowsHostProcess: CheckPod = ({ spec }) => {
  const pod = spec.securityContext?.windowsOptions?.hostProcess === true;
  const bad = namesOf(spec, (context) => context.windowsOptions?.hostProcess === true);
  return pod || bad.length > 0 ? { reason: 'hostProcess', detail: `${setters(pod, bad)} must not set securityContext.windowsOptions.hostProcess=true` } : undefined;
};

/** Baseline before restricted, each by its id: the order in which violations are told. */
const CHECKS: readonly Check[] = [
  { id: 'appArmorProfile', level: 'baseline', versions: [[0, appArmorProfile]] },
  { id: 'capabilities_baseline', level: 'baseline', versions: [[0, capabilitiesBaseline]] },
  { id: 'hostNamespaces', level: 'baseline', versions: [[0, hostNamespaces]] },
  { id: 'hostPathVolumes', level: 'baseline', versions: [[0, hostPathVolumes]] },
  { id: 'hostPorts', level: 'baseline', versions: [[0, hostPorts]] },
  { id: 'privileged', level: 'baseline', versions: [[0, privileged]] },
  { id: 'procMount', level: 'baseline', versions: [[0, procMount]] },
  { id: 'seLinuxOptions', level: 'baseline', versions: [[0, seLinuxOptions('container_t', 'container_init_t', 'container_kvm_t')], [31, seLinuxOptions('container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t')]] },
  { id: 'seccompProfile_baseline', level: 'baseline', versions: [[0, seccompAnnotations], [19, seccompBaseline]] },
  { id: 'sysctls', level: 'baseline', versions: [[0, sysctls(SYSCTLS)], [27, sysctls(SYSCTLS_27)], [29, sysctls(SYSCTLS_29)], [32, sysctls(SYSCTLS_32)]] },
  { id: 'windowsHostProcess', level: 'baseline', versions: [[0, windowsHostProcess]] },
  { id: 'allowPrivilegeEscalation', level: 'restricted', versions: [[8, allowPrivilegeEscalation], [25, exceptWindows(allowPrivilegeEscalation)]] },
  { id: 'capabilities_restricted', level: 'restricted', overrides: 'capabilities_baseline', versions: [[22, capabilitiesRestricted], [25, exceptWindows(capabilitiesRestricted)]] },
  { id: 'restrictedVolumes', level: 'restricted', overrides: 'hostPathVolumes', versions: [[0, restrictedVolumes]] },
  { id: 'runAsNonRoot', level: 'restricted', versions: [[0, runAsNonRoot]] },
  { id: 'runAsUser', level: 'restricted', versions: [[23, runAsUser]] },
  { id: 'seccompProfile_restricted', level: 'restricted', overrides: 'seccompProfile_baseline', versions: [[19, seccompRestricted], [25, exceptWindows(seccompRestricted)]] },
];

/** What of a pod a level forbids. */
export function violations({ level, minor }: LevelVersion, pod: CheckedPod): Violation[] {
  if (level === 'privileged') return [];
  const inForce = CHECKS.flatMap((check) => {
    const form = level === 'restricted' || check.level === 'baseline' ? check.versions.findLast(([from]) => from <= minor)?.[1] : undefined;
    return form ? [{ ...check, form }] : [];
  });
  const overridden = new Set(inForce.map(({ overrides }) => overrides));
  return inForce.filter(({ id }) => !overridden.has(id)).flatMap(({ form }) => form(pod) ?? []);
}

/** "hostPort (container "a" uses hostPort 80), privileged (…)" */
export const describeViolations = (found: readonly Violation[]): string => found.map(({ reason, detail }) => (detail ? `${reason} (${detail})` : reason)).join(', ');
