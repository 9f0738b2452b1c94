/** Validation of a pod's spec, in a pod and in templates. Follows kubernetes pkg/apis/core/validation/validation.go (ValidatePodSpec, ValidatePodTemplateSpec). */
import type { ObjectMeta, PodSpec, PodTemplateSpec } from '../../api/generated/types.ts';
import { checkContainers, checkEphemeralContainers, checkInitContainers, type PodSurroundings } from './containers.ts';
import { forbidden, invalid, notSupported, required, type FieldError, type Path } from './field.ts';
import { checkDnsLabel, checkDnsSubdomain, checkIp, checkQualifiedName, rangeText, subdomainWithUnderscoreErrors } from './formats.ts';
import { goStrings, GoValue } from './go-value.ts';
import { checkAnnotations, checkLabels } from './metadata.ts';
import { checkPodAnnotations, checkProfilesAgree } from './pod-annotations.ts';
import { checkResourceRequirements } from './resources.ts';
import { checkAffinity, checkSchedulingGates, checkSpreadConstraints, checkTolerations } from './scheduling.ts';
import { checkPodSecurityContext } from './security-context.ts';
import { checkVolumes } from './volumes.ts';
import { checkHostProcess, checkOs } from './windows.ts';

const MAX_INT32 = 2147483647;
const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];

function oneOf(value: string | undefined, allowed: readonly string[], path: Path, errors: FieldError[]): void {
  if (!value) errors.push(required(path));
  else if (!allowed.includes(value)) errors.push(notSupported(path, value, allowed));
}

function checkDns(spec: PodSpec, path: Path, errors: FieldError[]): void {
  const config = spec.dnsConfig;
  const at = path.child('dnsConfig');
  if (spec.dnsPolicy === 'None') {
    if (!config) return void errors.push(required(at, 'must provide `dnsConfig` when `dnsPolicy` is None'));
    if (!config.nameservers?.length) return void errors.push(required(at.child('nameservers'), 'must provide at least one DNS nameserver when `dnsPolicy` is None'));
  }
  if (!config) return;
  const { nameservers = [], searches = [] } = config;
  if (nameservers.length > 3) errors.push(invalid(at.child('nameservers'), new GoValue(goStrings(nameservers)), 'must not have more than 3 nameservers'));
  nameservers.forEach((server, i) => checkIp(server, at.child('nameservers').index(i), errors));
  if (searches.length > 32) errors.push(invalid(at.child('searches'), new GoValue(goStrings(searches)), 'must not have more than 32 search paths'));
  if (searches.join(' ').length > 2048) errors.push(invalid(at.child('searches'), new GoValue(goStrings(searches)), 'must not have more than 2048 characters (including spaces) in the search list'));
  searches.forEach((search, i) => {
    const plain = search.endsWith('.') ? search.slice(0, -1) : search;
    if (search !== '.') for (const text of subdomainWithUnderscoreErrors(plain)) errors.push(invalid(at.child('searches').index(i), plain, text));
  });
  (config.options ?? []).forEach((option, i) => {
    if (!option.name) errors.push(required(at.child('options').index(i), 'must not be empty'));
  });
}

function checkHostNetwork(spec: PodSpec, isPod: boolean, path: Path, errors: FieldError[]): void {
  if (!spec.hostNetwork) return;
  (spec.containers ?? []).forEach((container, i) => {
    (container.ports ?? []).forEach((port, j) => {
      const hostPort = port.hostPort ?? 0;
      if ((isPod || hostPort !== 0) && hostPort !== port.containerPort)
        errors.push(invalid(path.child('containers').index(i).child('ports').index(j).child('hostPort'), hostPort, 'must match `containerPort` when `hostNetwork` is true'));
    });
  });
}

/** `meta` is a real pod's, undefined for templates. */
export function checkPodSpec(spec: PodSpec, meta: ObjectMeta | undefined, path: Path, errors: FieldError[]): void {
  if (spec.terminationGracePeriodSeconds === undefined) errors.push(required(path.child('terminationGracePeriodSeconds')));
  const containers = spec.containers ?? [];
  const initContainers = spec.initContainers ?? [];
  const volumes = checkVolumes(spec.volumes, meta, path.child('volumes'), errors);
  const pod: PodSurroundings = { volumes, gracePeriod: spec.terminationGracePeriodSeconds, restartPolicy: spec.restartPolicy ?? '', hostUsers: spec.hostUsers !== false };
  checkContainers(containers, pod, path.child('containers'), errors);
  checkInitContainers(initContainers, containers, pod, path.child('initContainers'), errors);
  checkEphemeralContainers(spec.ephemeralContainers, [...containers, ...initContainers], pod, path.child('ephemeralContainers'), errors);
  checkHostNetwork(spec, meta !== undefined, path, errors);
  oneOf(spec.restartPolicy, RESTART_POLICIES, path.child('restartPolicy'), errors);
  oneOf(spec.dnsPolicy, DNS_POLICIES, path.child('dnsPolicy'), errors);
  checkLabels(spec.nodeSelector, path.child('nodeSelector'), errors);
  checkPodSecurityContext(spec, path.child('securityContext'), errors);
  checkAffinity(spec.affinity, path.child('affinity'), errors);
  checkDns(spec, path, errors);
  (spec.readinessGates ?? []).forEach((gate, i) => checkQualifiedName(gate.conditionType ?? '', path.child('readinessGates').index(i).child('conditionType'), errors));
  checkSchedulingGates(spec.schedulingGates, path.child('schedulingGates'), errors);
  checkSpreadConstraints(spec.topologySpreadConstraints, path.child('topologySpreadConstraints'), errors);
  checkHostProcess(spec, path, errors);
  if (spec.hostUsers === false)
    for (const [name, shown] of [['hostNetwork', 'hostNetwork'], ['hostPID', 'HostPID'], ['hostIPC', 'HostIPC']] as const)
      if (spec[name]) errors.push(forbidden(path.child(shown), 'when `pod.Spec.HostUsers` is false'));
  if (spec.serviceAccountName) checkDnsSubdomain(spec.serviceAccountName, path.child('serviceAccountName'), errors);
  if (spec.nodeName) checkDnsSubdomain(spec.nodeName, path.child('nodeName'), errors);
  const deadline = spec.activeDeadlineSeconds;
  if (deadline !== undefined && (deadline < 1 || deadline > MAX_INT32)) errors.push(invalid(path.child('activeDeadlineSeconds'), deadline, rangeText(1, MAX_INT32)));
  if (spec.hostname) checkDnsLabel(spec.hostname, path.child('hostname'), errors);
  if (spec.subdomain) checkDnsLabel(spec.subdomain, path.child('subdomain'), errors);
  checkTolerations(spec.tolerations, path.child('tolerations'), errors);
  (spec.hostAliases ?? []).forEach((alias, i) => {
    const at = path.child('hostAliases').index(i);
    checkIp(alias.ip ?? '', at.child('ip'), errors);
    (alias.hostnames ?? []).forEach((name, j) => checkDnsSubdomain(name, at.child('hostnames').index(j), errors));
  });
  if (spec.priorityClassName) checkDnsSubdomain(spec.priorityClassName, path.child('priorityClassName'), errors);
  if (spec.runtimeClassName !== undefined) checkDnsSubdomain(spec.runtimeClassName, path.child('runtimeClassName'), errors);
  if (spec.preemptionPolicy !== undefined) oneOf(spec.preemptionPolicy, ['PreemptLowerPriority', 'Never'], path.child('preemptionPolicy'), errors);
  if (spec.overhead) checkResourceRequirements({ limits: spec.overhead }, path.child('overhead'), errors);
  checkOs(spec, path, errors);
}

export function checkPodTemplate(template: PodTemplateSpec, path: Path, errors: FieldError[]): void {
  const spec = template.spec ?? { containers: [] };
  checkLabels(template.metadata?.labels, path.child('labels'), errors);
  checkAnnotations(template.metadata?.annotations, path.child('annotations'), errors);
  checkPodAnnotations(template.metadata, spec, path.child('annotations'), errors);
  checkPodSpec(spec, undefined, path.child('spec'), errors);
  checkProfilesAgree(template.metadata, spec, path.child('spec'), errors);
  if (spec.ephemeralContainers?.length) errors.push(forbidden(path.child('spec', 'ephemeralContainers'), 'ephemeral containers not allowed in pod template'));
}
