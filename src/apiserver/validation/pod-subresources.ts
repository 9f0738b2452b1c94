/** Validation of what goes through pods' subresources: ephemeral containers, resizing, status. Follows kubernetes pkg/apis/core/validation/validation.go. */
import type { Container, ContainerStatus, Pod, PodSpec, PodStatus, ResourceRequirements } from '../../api/generated/types.ts';
import { draft, equal, type Draft } from '../../api/json.ts';
import { dns1123SubdomainErrors } from '../../api/names.ts';
import { qosClass } from '../../api/pods.ts';
import { goQuote } from '../../api/quote.ts';
import { forbidden, invalid, notSupported, Path, required, WHOLE, type FieldError } from './field.ts';
import { checkIp, checkQualifiedName, idErrors } from './formats.ts';
import { goDiff } from './go-diff.ts';
import { goSlice, GoValue } from './go-value.ts';
import { isDualStack } from './ip.ts';
import { IMMUTABLE_TEXT } from './metadata.ts';
import { checkPodItself, specOf } from './pod.ts';
import { checkAnnotationUpdate, MIRROR } from './pod-annotations.ts';
import { quantityOf } from './resources.ts';

const SPEC = Path.of('spec');
const STATUS = Path.of('status');
const ANNOTATIONS = Path.of('metadata', 'annotations');

const isMirror = (pod: Pod): boolean => pod.metadata?.annotations?.[MIRROR] !== undefined;

export function validateEphemeralContainersUpdate(pod: Pod, old: Pod): FieldError[] {
  const errors: FieldError[] = [];
  checkPodItself(pod, errors);
  checkAnnotationUpdate(pod.metadata ?? {}, old.metadata ?? {}, ANNOTATIONS, errors);
  if (isMirror(old)) return [forbidden(WHOLE, 'static pods do not support ephemeral containers')];
  const path = SPEC.child('ephemeralContainers');
  const now = new Map((specOf(pod).ephemeralContainers ?? []).map((container) => [container.name, container]));
  for (const before of specOf(old).ephemeralContainers ?? []) {
    const kept = now.get(before.name);
    if (!kept) errors.push(forbidden(path, `existing ephemeral containers ${goQuote(before.name)} may not be removed\n`));
    else if (!equal(kept, before)) errors.push(forbidden(path, `existing ephemeral containers ${goQuote(before.name)} may not be changed\n${goDiff('core.EphemeralContainer', before, kept)}`));
  }
  return errors;
}

const isSidecar = (container: Container): boolean => container.restartPolicy === 'Always';

/** Containers stay what and where they are. */
function checkOrder(now: PodSpec, old: PodSpec, errors: FieldError[]): boolean {
  const before = errors.length;
  for (const group of ['containers', 'initContainers'] as const) {
    const containers = now[group] ?? [];
    const oldContainers = old[group] ?? [];
    if (containers.length !== oldContainers.length) errors.push(forbidden(SPEC.child(group), `${group} may not be added or removed on resize`));
    else
      oldContainers.forEach((container, i) => {
        if (containers[i]?.name !== container.name) errors.push(forbidden(SPEC.child(group).index(i).child('name'), `${group} may not be renamed or reordered on resize`));
      });
  }
  return errors.length === before;
}

function checkResize(now: Container, old: Container, path: Path, errors: FieldError[]): void {
  for (const list of ['requests', 'limits'] as const)
    if (Object.keys(old.resources?.[list] ?? {}).some((name) => now.resources?.[list]?.[name] === undefined)) errors.push(forbidden(path.child(list), `resource ${list} cannot be removed`));
  const policy = now.resizePolicy?.find((each) => each.resourceName === 'memory')?.restartPolicy || 'NotRequired';
  const limit = now.resources?.limits?.memory;
  const oldLimit = old.resources?.limits?.memory;
  if (policy !== 'NotRequired' || limit === undefined) return;
  const at = path.child('limits').key('memory');
  if (oldLimit === undefined) errors.push(forbidden(at, 'memory limits cannot be added unless resizePolicy is RestartContainer'));
  else if (quantityOf(limit).compare(quantityOf(oldLimit)) < 0) errors.push(forbidden(at, 'memory limits cannot be decreased unless resizePolicy is RestartContainer'));
}

/** The new container with the old one's CPU and memory (dropCPUMemoryResourcesFromContainer). */
function withOldAmounts(container: Draft<Container>, old: Container): void {
  const resources: Draft<ResourceRequirements> = {};
  for (const list of ['limits', 'requests'] as const) {
    const before = old.resources?.[list];
    if (!before) continue;
    const { cpu: _cpu, memory: _memory, ...others } = container.resources?.[list] ?? {};
    resources[list] = { ...others, ...(before.cpu === undefined ? {} : { cpu: before.cpu }), ...(before.memory === undefined ? {} : { memory: before.memory }) };
  }
  container.resources = resources;
}

export function validatePodResize(pod: Pod, old: Pod): FieldError[] {
  const errors: FieldError[] = [];
  const spec = specOf(pod);
  const oldSpec = specOf(old);
  checkPodItself(pod, errors);
  if (isMirror(old)) return [forbidden(WHOLE, 'static pods cannot be resized')];
  if (oldSpec.os?.name === 'windows') return [forbidden(WHOLE, 'windows pods cannot be resized')];
  if (qosClass(pod) !== (old.status?.qosClass ?? qosClass(old))) errors.push(invalid(SPEC, pod.status?.qosClass ?? '', 'Pod QOS Class may not change as a result of resizing'));
  const running = old.status?.containerStatuses?.find((status) => status.state?.running);
  if (running && !running.resources) errors.push(forbidden(SPEC, 'Pod running on node without support for resize'));
  if (!checkOrder(spec, oldSpec, errors)) return errors;
  const munged = draft(spec);
  const groups = [['initContainers', munged.initContainers ?? []], ['containers', munged.containers]] as const;
  for (const [group, containers] of groups)
    containers.forEach((_, i) => {
      const now = spec[group]?.[i];
      const before = oldSpec[group]?.[i];
      if (now && before && (group === 'containers' || isSidecar(before))) checkResize(now, before, SPEC.child(group).index(i).child('resources'), errors);
    });
  for (const [group, containers] of [groups[1], groups[0]])
    containers.forEach((container, i) => {
      const before = oldSpec[group]?.[i];
      if (!before) return;
      const resizable = group === 'containers' || isSidecar(before);
      if (resizable) withOldAmounts(container, before);
      if (equal(container, before)) return;
      const text = group === 'containers' ? 'only cpu and memory resources are mutable' : resizable ? 'only cpu and memory resources for sidecar containers are mutable' : 'resources for non-sidecar init containers are immutable';
      errors.push(forbidden(SPEC, text));
    });
  if (errors.length === 0 && !equal(munged, oldSpec)) errors.push(forbidden(SPEC, 'only cpu and memory resources are mutable'));
  return errors;
}

function checkStateTransitions(now: readonly ContainerStatus[] | undefined, before: readonly ContainerStatus[] | undefined, path: Path, restartPolicy: string, sidecars: ReadonlySet<string>, errors: FieldError[]): void {
  if (restartPolicy === 'Always' || !before?.length) return;
  before.forEach((old, i) => {
    const terminated = old.state?.terminated;
    if (!terminated || sidecars.has(old.name)) return;
    if (terminated.exitCode !== 0 && restartPolicy === 'OnFailure') return;
    for (const status of now ?? []) if (status.name === old.name && !status.state?.terminated) errors.push(forbidden(path.index(i).child('state'), 'may not be transitioned to non-terminated state'));
  });
}

function checkIps(list: 'podIPs' | 'hostIPs', type: string, status: PodStatus, old: PodStatus, errors: FieldError[]): void {
  const ips = (status[list] ?? []).map(({ ip }) => ip ?? '');
  const path = STATUS.child(list);
  const known = new Set((old[list] ?? []).map(({ ip }) => ip));
  ips.forEach((ip, i) => {
    if (!known.has(ip)) checkIp(ip, path.index(i), errors);
  });
  if (ips.length > 1 && (ips.length > 2 || !isDualStack(ips))) errors.push(invalid(path, new GoValue(goSlice(type, ips, (ip) => `${type}{IP:${goQuote(ip)}}`)), 'may specify no more than one IP for each IP family'));
}

function checkUsers(statuses: readonly ContainerStatus[] | undefined, isWindows: boolean, path: Path, errors: FieldError[]): void {
  (statuses ?? []).forEach((status, i) => {
    const user = status.user?.linux;
    if (!user) return;
    const at = path.index(i).child('user', 'linux');
    if (isWindows) return void errors.push(forbidden(at, 'cannot be set for a windows pod'));
    for (const [name, id] of [['uid', user.uid], ['gid', user.gid]] as const) for (const text of idErrors(id ?? 0)) errors.push(invalid(at.child(name), id ?? 0, text));
    (user.supplementalGroups ?? []).forEach((id, j) => {
      for (const text of idErrors(id)) errors.push(invalid(at.child('supplementalGroups').index(j), id, text));
    });
  });
}

const SYSTEM_CONDITIONS: ReadonlySet<string> = new Set(['PodScheduled', 'Ready', 'Initialized']);
const NONE: ReadonlySet<string> = new Set();
const LISTS = ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'] as const;

export function validatePodStatusUpdate(pod: Pod, old: Pod): FieldError[] {
  const errors: FieldError[] = [];
  const status = pod.status ?? {};
  const oldStatus = old.status ?? {};
  const spec = specOf(old);
  checkAnnotationUpdate(pod.metadata ?? {}, old.metadata ?? {}, ANNOTATIONS, errors);
  (status.conditions ?? []).forEach((condition, i) => {
    if (!SYSTEM_CONDITIONS.has(condition.type)) checkQualifiedName(condition.type, STATUS.child('conditions').index(i).child('Type'), errors);
  });
  if (specOf(pod).nodeName !== spec.nodeName) errors.push(forbidden(STATUS.child('nodeName'), 'may not be changed directly'));
  const nominated = status.nominatedNodeName;
  if (nominated && nominated !== oldStatus.nominatedNodeName) for (const text of dns1123SubdomainErrors(nominated)) errors.push(invalid(STATUS.child('nominatedNodeName'), nominated, text));
  if ((status.qosClass ?? '') !== (oldStatus.qosClass ?? '')) errors.push(invalid(STATUS.child('qosClass'), status.qosClass ?? '', IMMUTABLE_TEXT));
  const sidecars = spec.initContainers?.length ? new Set(spec.initContainers.filter(isSidecar).map((container) => container.name)) : NONE;
  for (const list of LISTS)
    checkStateTransitions(status[list], oldStatus[list], STATUS.child(list), list === 'ephemeralContainerStatuses' ? 'Never' : (spec.restartPolicy ?? ''), list === 'initContainerStatuses' ? sidecars : NONE, errors);
  checkIps('podIPs', 'core.PodIP', status, oldStatus, errors);
  if (status.hostIPs?.length && status.hostIP !== status.hostIPs[0]?.ip) errors.push(invalid(STATUS.child('hostIPs').index(0).child('ip'), status.hostIPs[0]?.ip ?? '', 'must be equal to `hostIP`'));
  checkIps('hostIPs', 'core.HostIP', status, oldStatus, errors);
  for (const list of LISTS) checkUsers(status[list], spec.os?.name === 'windows', STATUS.child(list), errors);
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
