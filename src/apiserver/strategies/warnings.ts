/** What is allowed but worth a word: texts of the Warning header. Follows kubernetes pkg/api/pod/warnings.go, pkg/api/node/util.go, pkg/api/service/warnings.go, pkg/api/persistentvolumeclaim. */
import type { Container, ContainerPort, NodeSelectorTerm, ObjectMeta, PersistentVolume, PersistentVolumeClaim, PodSpec, PodTemplateSpec, Service } from '../../api/generated/types.ts';
import { dns1123LabelErrors } from '../../api/names.ts';
import { goQuote } from '../../api/quote.ts';
import { Path } from '../validation/field.ts';
import { quantityOf } from '../validation/resources.ts';
import { isHeadless } from '../validation/service.ts';

const ROOT = Path.of('');

const DEPRECATED_NODE_LABELS: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
};
const DEPRECATED_ANNOTATIONS: readonly (readonly [string, string])[] = [
  ['scheduler.alpha.kubernetes.io/critical-pod', 'non-functional in v1.16+; use the "priorityClassName" field instead'],
  ['security.alpha.kubernetes.io/sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
  ['security.alpha.kubernetes.io/unsafe-sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
];
const DEPRECATED_VOLUMES = [
  ['photonPersistentDisk', 'photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['gitRepo', 'gitRepo', 'deprecated in v1.11'],
  ['scaleIO', 'scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['flocker', 'flocker', 'deprecated in v1.22, non-functional in v1.25+'],
  ['storageos', 'storageOS', 'deprecated in v1.22, non-functional in v1.25+'],
  ['quobyte', 'quobyte', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['cephfs', 'cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['rbd', 'rbd', 'deprecated in v1.28, non-functional in v1.31+'],
] as const;

/** A name that pods' names and hostnames are made of should be a DNS label; `use` says what it is used for. */
export function nameWarnings(name: string | undefined, use: string): string[] {
  const faults = dns1123LabelErrors(name ?? '');
  return faults.length ? [`metadata.name: ${use}, which can result in surprising behavior; a DNS label is recommended: [${faults.join(' ')}]`] : [];
}

export const POD_NAME_USE = "this is used in the Pod's hostname";
export const TEMPLATE_NAME_USE = 'this is used in Pod names and hostnames';

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
  });
  repeated((spec.hostAliases ?? []).map((alias) => alias.ip), (i, ip) => warnings.push(`${at.child('hostAliases').index(i).child('ip')}: duplicate ip ${goQuote(ip)}`));
  const secrets = (spec.imagePullSecrets ?? []).map((secret) => secret.name ?? '');
  repeated(secrets, (i, name) => warnings.push(`${at.child('imagePullSecrets').index(i).child('name')}: duplicate name ${goQuote(name)}`));
  secrets.forEach((name, i) => {
    if (!name) warnings.push(`${at.child('imagePullSecrets').index(i).child('name')}: invalid empty name ""`);
  });
  fractionWarnings(spec.overhead, at.child('overhead'), warnings);
  const containers: [Container, Path][] = [];
  (spec.initContainers ?? []).forEach((container, i) => containers.push([container, at.child('initContainers').index(i)]));
  (spec.containers ?? []).forEach((container, i) => containers.push([container, at.child('containers').index(i)]));
  (spec.ephemeralContainers ?? []).forEach((container, i) => containers.push([container, at.child('ephemeralContainers').index(i)]));
  for (const [container, containerPath] of containers) {
    fractionWarnings(container.resources?.limits, containerPath.child('resources', 'limits'), warnings);
    fractionWarnings(container.resources?.requests, containerPath.child('resources', 'requests'), warnings);
    envWarnings(container, containerPath, warnings);
  }
  portWarnings(containers, warnings);
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0) warnings.push(`${at.child('terminationGracePeriodSeconds')}: must be >= 0; negative values are invalid and will be treated as 1`);
  return warnings;
}

function repeated(values: readonly string[], report: (index: number, value: string) => void): void {
  const seen = new Set<string>();
  values.forEach((value, i) => {
    if (seen.has(value)) report(i, value);
    else seen.add(value);
  });
}

function termWarnings(term: NodeSelectorTerm, path: Path, warnings: string[]): void {
  (term.matchExpressions ?? []).forEach((expression, i) => {
    const text = DEPRECATED_NODE_LABELS[expression.key];
    if (text !== undefined) warnings.push(`${path.child('matchExpressions').index(i).child('key')}: ${expression.key} is ${text}`);
  });
}

function schedulingWarnings(spec: PodSpec, at: Path, warnings: string[]): void {
  for (const key of Object.keys(spec.nodeSelector ?? {})) {
    const text = DEPRECATED_NODE_LABELS[key];
    if (text !== undefined) warnings.push(`${at.child('nodeSelector').key(key)}: ${text}`);
  }
  const affinity = spec.affinity?.nodeAffinity;
  const affinityPath = at.child('affinity', 'nodeAffinity');
  (affinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []).forEach((term, i) =>
    termWarnings(term, affinityPath.child('requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms').index(i), warnings),
  );
  (affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).forEach((term, i) =>
    termWarnings(term.preference, affinityPath.child('preferredDuringSchedulingIgnoredDuringExecution').index(i).child('preference'), warnings),
  );
  (spec.topologySpreadConstraints ?? []).forEach((constraint, i) => {
    const path = at.child('topologySpreadConstraints').index(i);
    const text = DEPRECATED_NODE_LABELS[constraint.topologyKey];
    if (text !== undefined) warnings.push(`${path.child('topologyKey')}: ${constraint.topologyKey} is ${text}`);
    if (!constraint.labelSelector) warnings.push(`${path.child('labelSelector')}: a null labelSelector results in matching no pod`);
  });
}

/** Bytes come in wholes. */
function fractionWarnings(list: Readonly<Record<string, string>> | undefined, path: Path, warnings: string[]): void {
  for (const name of ['memory', 'ephemeral-storage']) {
    const text = list?.[name];
    if (text === undefined) continue;
    const amount = quantityOf(text);
    if (amount.nano % 1_000_000_000n !== 0n) warnings.push(`${path.key(name)}: fractional byte value ${goQuote(amount.toString())} is invalid, must be an integer`);
  }
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
        else if (port.hostPort === other.hostPort && (!port.hostIP || !other.hostIP)) warnings.push(`${path}: dangerously ambiguous port definition with ${otherPath}`);
      }
      all.set(key, [...others, [port, path]]);
    });
}

export function serviceWarnings(service: Service): string[] {
  const warnings: string[] = [];
  const spec = service.spec ?? {};
  if (service.metadata?.annotations?.['service.kubernetes.io/topology-aware-hints'] !== undefined)
    warnings.push('metadata.annotations[service.kubernetes.io/topology-aware-hints]: deprecated in v1.27; please use service.kubernetes.io/topology-mode');
  if (spec.type === 'ExternalName' && spec.externalIPs?.length) warnings.push('spec.externalIPs is ignored when spec.type is "ExternalName"');
  if (spec.type !== 'ExternalName' && spec.externalName) warnings.push('spec.externalName is ignored when spec.type is not "ExternalName"');
  if (isHeadless(spec)) {
    if (spec.loadBalancerIP) warnings.push('spec.loadBalancerIP is ignored for headless services');
    if (spec.externalIPs?.length) warnings.push('spec.externalIPs is ignored for headless services');
    if (spec.sessionAffinity && spec.sessionAffinity !== 'None') warnings.push('spec.SessionAffinity is ignored for headless services');
  }
  return warnings;
}

const OLD_CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';
const OLD_CLASS_TEXT = 'deprecated since v1.8; use "storageClassName" attribute instead';

export function claimWarnings(claim: PersistentVolumeClaim): string[] {
  const warnings: string[] = [];
  if (claim.metadata?.annotations?.[OLD_CLASS_ANNOTATION] !== undefined) warnings.push(`metadata.annotations[${OLD_CLASS_ANNOTATION}]: ${OLD_CLASS_TEXT}`);
  for (const list of ['requests', 'limits'] as const) {
    const text = claim.spec?.resources?.[list]?.storage;
    const amount = text === undefined ? undefined : quantityOf(text);
    if (amount && amount.nano % 1_000_000_000n !== 0n) warnings.push(`spec.resources.${list}[storage]: fractional byte value ${goQuote(amount.toString())} is invalid, must be an integer`);
  }
  return warnings;
}

export function volumeWarnings(volume: PersistentVolume): string[] {
  const warnings: string[] = [];
  if (volume.metadata?.annotations?.[OLD_CLASS_ANNOTATION] !== undefined) warnings.push(`metadata.annotations[${OLD_CLASS_ANNOTATION}]: ${OLD_CLASS_TEXT}`);
  if (volume.spec?.persistentVolumeReclaimPolicy === 'Recycle')
    warnings.push('spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.');
  return warnings;
}
