/** What of a pod is allowed but worth a word. Follows kubernetes pkg/api/pod/warnings.go. */
import type { Container, ContainerPort, ObjectMeta, PodAffinity, PodAffinityTerm, PodAntiAffinity, PodSpec, PodTemplateSpec } from '../../api/generated/types.ts';
import { goQuote } from '../../api/quote.ts';
import { Path } from '../validation/field.ts';
import { ipWarnings } from '../validation/ip.ts';
import { APP_ARMOR } from '../validation/pod-annotations.ts';
import { podContainers } from '../validation/pod-containers.ts';
import { nodeLabelWarning, nodeTermWarnings } from './node-warnings.ts';
import { pathWarnings } from './path-warnings.ts';
import { claimSpecWarnings, fractionWarnings } from './warnings.ts';

const ROOT = Path.of('');
const BYTES = ['memory', 'ephemeral-storage'];
const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod';
const SECCOMP_CONTAINER = 'container.seccomp.security.alpha.kubernetes.io/';
const SECCOMP_TEXT = 'non-functional in v1.27+; use the "seccompProfile" field instead';

const DEPRECATED_ANNOTATIONS: readonly (readonly [string, string])[] = [
  ['scheduler.alpha.kubernetes.io/critical-pod', 'non-functional in v1.16+; use the "priorityClassName" field instead'],
  ['security.alpha.kubernetes.io/sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
  ['security.alpha.kubernetes.io/unsafe-sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
];
/** Kinds of volumes that are on their way out, and what they are called then. */
export const DEPRECATED_VOLUMES = [
  ['photonPersistentDisk', 'photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['gitRepo', 'gitRepo', 'deprecated in v1.11, and disabled by default in v1.33+'],
  ['scaleIO', 'scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['flocker', 'flocker', 'deprecated in v1.22, non-functional in v1.25+'],
  ['storageos', 'storageOS', 'deprecated in v1.22, non-functional in v1.25+'],
  ['quobyte', 'quobyte', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['cephfs', 'cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['rbd', 'rbd', 'deprecated in v1.28, non-functional in v1.31+'],
] as const;

/** Of a template, at its path. */
export function templateWarnings(template: PodTemplateSpec | undefined, path: Path): string[] {
  return template?.spec ? podWarnings(template.spec, template.metadata ?? {}, path) : [];
}

/** Of a pod's spec and metadata; `path` is where the template stands, nothing for a pod. */
export function podWarnings(spec: PodSpec, meta: ObjectMeta, path: Path = ROOT): string[] {
  const warnings: string[] = [];
  const at = path.child('spec');
  schedulingWarnings(spec, at, warnings);
  for (const [key, text] of DEPRECATED_ANNOTATIONS) if (meta.annotations?.[key] !== undefined) warnings.push(`${path.child('metadata', 'annotations').key(key)}: ${text}`);
  (spec.volumes ?? []).forEach((volume, i) => {
    for (const [name, shown, text] of DEPRECATED_VOLUMES) if (volume[name]) warnings.push(`${at.child('volumes').index(i).child(shown)}: ${text}`);
    if (volume.ephemeral) claimSpecWarnings(volume.ephemeral.volumeClaimTemplate?.spec, at.child('volumes').index(i).child('ephemeral', 'volumeClaimTemplate', 'spec'), warnings);
  });
  pathWarnings(spec.volumes ?? [], warnings);
  repeated((spec.hostAliases ?? []).map((alias) => alias.ip), (i, ip) => warnings.push(`${at.child('hostAliases').index(i).child('ip')}: duplicate ip ${goQuote(ip)}`));
  const secrets = (spec.imagePullSecrets ?? []).map((secret) => secret.name ?? '');
  repeated(secrets, (i, name) => warnings.push(`${at.child('imagePullSecrets').index(i).child('name')}: duplicate name ${goQuote(name)}`));
  secrets.forEach((name, i) => {
    if (!name) warnings.push(`${at.child('imagePullSecrets').index(i).child('name')}: invalid empty name ""`);
  });
  fractionWarnings(spec.overhead, BYTES, at.child('overhead'), warnings);
  const annotation = (key: string, text: string): void => {
    if (meta.annotations?.[key] !== undefined) warnings.push(`${path.child('metadata', 'annotations').key(key)}: ${text}`);
  };
  if (!spec.securityContext?.seccompProfile) annotation(SECCOMP_POD, SECCOMP_TEXT);
  const containers = [...podContainers(spec, at)];
  for (const [container, containerPath] of containers) {
    if (!container.securityContext?.seccompProfile) annotation(SECCOMP_CONTAINER + container.name, SECCOMP_TEXT);
    if (path !== ROOT && !container.securityContext?.appArmorProfile && !spec.securityContext?.appArmorProfile) annotation(APP_ARMOR + container.name, 'deprecated since v1.30; use the "appArmorProfile" field instead');
    for (const name of BYTES) for (const list of ['limits', 'requests'] as const) fractionWarnings(container.resources?.[list], [name], containerPath.child('resources', list), warnings);
    envWarnings(container, containerPath, warnings);
  }
  portWarnings(containers, warnings);
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0) warnings.push(`${at.child('terminationGracePeriodSeconds')}: must be >= 0; negative values are invalid and will be treated as 1`);
  for (const name of ['podAffinity', 'podAntiAffinity'] as const) affinityWarnings(spec.affinity?.[name], at.child('affinity', name), warnings);
  (spec.dnsConfig?.nameservers ?? []).forEach((server, i) => warnings.push(...ipWarnings(at.child('dnsConfig', 'nameservers').index(i), server)));
  (spec.hostAliases ?? []).forEach((alias, i) => warnings.push(...ipWarnings(at.child('hostAliases').index(i).child('ip'), alias.ip)));
  return warnings;
}

function repeated(values: readonly string[], report: (index: number, value: string) => void): void {
  const seen = new Set<string>();
  values.forEach((value, i) => {
    if (seen.has(value)) report(i, value);
    else seen.add(value);
  });
}

function affinityWarnings(affinity: PodAffinity | PodAntiAffinity | undefined, path: Path, warnings: string[]): void {
  const check = (term: PodAffinityTerm, termPath: Path): void => {
    if (!term.labelSelector) warnings.push(`${termPath.child('labelSelector')}: a null labelSelector results in matching no pod`);
  };
  (affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).forEach((term, i) => check(term, path.child('requiredDuringSchedulingIgnoredDuringExecution').index(i)));
  (affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).forEach((term, i) => check(term.podAffinityTerm, path.child('preferredDuringSchedulingIgnoredDuringExecution').index(i).child('podAffinityTerm')));
}

function schedulingWarnings(spec: PodSpec, at: Path, warnings: string[]): void {
  for (const key of Object.keys(spec.nodeSelector ?? {})) {
    const text = nodeLabelWarning(key);
    if (text !== undefined) warnings.push(`${at.child('nodeSelector').key(key)}: ${text}`);
  }
  const affinity = spec.affinity?.nodeAffinity;
  const affinityPath = at.child('affinity', 'nodeAffinity');
  (affinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []).forEach((term, i) =>
    warnings.push(...nodeTermWarnings(term, false, affinityPath.child('requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms').index(i))),
  );
  (affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).forEach((term, i) =>
    warnings.push(...nodeTermWarnings(term.preference, true, affinityPath.child('preferredDuringSchedulingIgnoredDuringExecution').index(i).child('preference'))),
  );
  (spec.topologySpreadConstraints ?? []).forEach((constraint, i) => {
    const path = at.child('topologySpreadConstraints').index(i);
    const text = nodeLabelWarning(constraint.topologyKey);
    if (text !== undefined) warnings.push(`${path.child('topologyKey')}: ${constraint.topologyKey} is ${text}`);
    if (!constraint.labelSelector) warnings.push(`${path.child('labelSelector')}: a null labelSelector results in matching no pod`);
  });
}

function envWarnings(container: Container, path: Path, warnings: string[]): void {
  if ((container.env?.length ?? 0) < 2) return;
  const seen = new Set<string>();
  (container.env ?? []).forEach((variable, i) => {
    if (!seen.has(variable.name)) {
      seen.add(variable.name);
      return;
    }
    const reference = `$(${variable.name})`;
    const value = variable.value ?? '';
    if (variable.valueFrom || value === reference || !value.includes(reference)) warnings.push(`${path.child('env').index(i)}: hides previous definition of ${goQuote(variable.name)}, which may be dropped when using apply`);
  });
}

function portWarnings(containers: readonly (readonly [Container, Path])[], warnings: string[]): void {
  const all = new Map<string, [ContainerPort, Path][]>();
  for (const [container, containerPath] of containers)
    (container.ports ?? []).forEach((port, i) => {
      const path = containerPath.child('ports').index(i);
      if (port.hostIP && !port.hostPort)
        warnings.push(`${path}: hostIP set without hostPort: {Name:${port.name ?? ''} HostPort:0 ContainerPort:${port.containerPort} Protocol:${port.protocol ?? ''} HostIP:${port.hostIP}}`);
      const key = `${port.containerPort}/${port.protocol ?? ''}`;
      const others = all.get(key) ?? [];
      for (const [other, otherPath] of others) {
        const sameHost = (port.hostIP ?? '') === (other.hostIP ?? '');
        if (sameHost && (port.hostPort ?? 0) === (other.hostPort ?? 0)) warnings.push(`${path}: duplicate port definition with ${otherPath}`);
        else if (!port.hostPort || !other.hostPort) warnings.push(`${path}: overlapping port definition with ${otherPath}`);
        else if (port.hostPort === other.hostPort && !port.hostIP !== !other.hostIP) warnings.push(`${path}: dangerously ambiguous port definition with ${otherPath}`);
      }
      all.set(key, [...others, [port, path]]);
    });
  const names = new Map<string, Path>();
  for (const [container, containerPath] of containers)
    (container.ports ?? []).forEach((port, i) => {
      if (!port.name) return;
      const path = containerPath.child('ports').index(i);
      const other = names.get(port.name);
      if (other) warnings.push(`${path}: duplicate port name ${goQuote(port.name)} with ${other}, services and probes that select ports by name will use ${other}`);
      else names.set(port.name, path);
    });
}
