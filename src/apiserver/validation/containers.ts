/** Validation of containers: regular, init and ephemeral. Follows kubernetes pkg/apis/core/validation/validation.go (validateContainers and around). */
import type { Container, ContainerPort, EnvFromSource, EnvVar, EphemeralContainer, VolumeDevice, VolumeMount } from '../../api/generated/types.ts';
import { dns1123SubdomainErrors } from '../../api/names.ts';
import { checkHandlers } from './container-handlers.ts';
import { checkFieldRef, checkResourceFieldRef, ENV_FIELD_PATHS } from './downward.ts';
import { duplicate, forbidden, invalid, notFound, notSupported, required, type FieldError, type Path } from './field.ts';
import { checkDnsLabel, configMapKeyErrors, envVarNameErrors, nameIsDnsSubdomain, portNameErrors, portNumberErrors } from './formats.ts';
import { checkResourceRequirements, goResourceName } from './resources.ts';
import { checkSecurityContext } from './security-context.ts';
import { checkDescendingPath, checkNoBacksteps } from './paths.ts';
import type { VolumesByName } from './volumes.ts';

export const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
export const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];

/** What containers depend on beyond themselves. */
export interface PodSurroundings {
  readonly volumes: VolumesByName;
  readonly gracePeriod: number | undefined;
  readonly restartPolicy: string;
  readonly hostUsers: boolean;
}

function checkPorts(ports: readonly ContainerPort[] | undefined, path: Path, errors: FieldError[]): void {
  if (!ports?.length) return;
  const names = new Set<string>();
  ports.forEach((port, i) => {
    const at = path.index(i);
    if (port.name) {
      const texts = portNameErrors(port.name);
      for (const text of texts) errors.push(invalid(at.child('name'), port.name, text));
      if (!texts.length) {
        if (names.has(port.name)) errors.push(duplicate(at.child('name'), port.name));
        else names.add(port.name);
      }
    }
    if (!port.containerPort) errors.push(required(at.child('containerPort')));
    else for (const text of portNumberErrors(port.containerPort)) errors.push(invalid(at.child('containerPort'), port.containerPort, text));
    if (port.hostPort) for (const text of portNumberErrors(port.hostPort)) errors.push(invalid(at.child('hostPort'), port.hostPort, text));
    if (!port.protocol) errors.push(required(at.child('protocol')));
    else if (!PROTOCOLS.includes(port.protocol)) errors.push(notSupported(at.child('protocol'), port.protocol, PROTOCOLS));
  });
}

function checkKeyRef(ref: { readonly name?: string; readonly key: string }, path: Path, errors: FieldError[]): void {
  for (const text of dns1123SubdomainErrors(ref.name ?? '')) errors.push(invalid(path.child('name'), ref.name ?? '', text));
  if (!ref.key) errors.push(required(path.child('key')));
  else for (const text of configMapKeyErrors(ref.key)) errors.push(invalid(path.child('key'), ref.key, text));
}

function checkEnv(variables: readonly EnvVar[] | undefined, path: Path, errors: FieldError[]): void {
  (variables ?? []).forEach((variable, i) => {
    const at = path.index(i);
    if (!variable.name) errors.push(required(at.child('name')));
    else for (const text of envVarNameErrors(variable.name)) errors.push(invalid(at.child('name'), variable.name, text));
    const from = variable.valueFrom;
    if (!from) return;
    const source = at.child('valueFrom');
    let count = 0;
    if (from.fieldRef) {
      count++;
      checkFieldRef(from.fieldRef, ENV_FIELD_PATHS, source.child('fieldRef'), errors);
    }
    if (from.resourceFieldRef) {
      count++;
      checkResourceFieldRef(from.resourceFieldRef, false, source.child('resourceFieldRef'), errors);
    }
    if (from.configMapKeyRef) {
      count++;
      checkKeyRef(from.configMapKeyRef, source.child('configMapKeyRef'), errors);
    }
    if (from.secretKeyRef) {
      count++;
      checkKeyRef(from.secretKeyRef, source.child('secretKeyRef'), errors);
    }
    if (count === 0) errors.push(invalid(source, '', 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`'));
    else if (variable.value) errors.push(invalid(source, '', 'may not be specified when `value` is not empty'));
    else if (count > 1) errors.push(invalid(source, '', 'may not have more than one field specified at a time'));
  });
}

function checkEnvFrom(sources: readonly EnvFromSource[] | undefined, path: Path, errors: FieldError[]): void {
  (sources ?? []).forEach((source, i) => {
    const at = path.index(i);
    if (source.prefix) for (const text of envVarNameErrors(source.prefix)) errors.push(invalid(at.child('prefix'), source.prefix, text));
    let count = 0;
    for (const name of ['configMapRef', 'secretRef'] as const) {
      const ref = source[name];
      if (!ref) continue;
      count++;
      if (!ref.name) errors.push(required(at.child(name, 'name')));
      else for (const text of nameIsDnsSubdomain(ref.name, true)) errors.push(invalid(at.child(name, 'name'), ref.name, text));
    }
    if (count === 0) errors.push(invalid(path, '', 'must specify one of: `configMapRef` or `secretRef`'));
    else if (count > 1) errors.push(invalid(path, '', 'may not have more than one field specified at a time'));
  });
}

const MOUNT_PROPAGATIONS = ['Bidirectional', 'HostToContainer', 'None'];
const RECURSIVE_READ_ONLY = ['Disabled', 'Enabled', 'IfPossible'];

function checkMounts(container: Container, volumes: VolumesByName, path: Path, errors: FieldError[]): void {
  if (!container.volumeMounts?.length) return;
  const mountPaths = new Set<string>();
  const devices = container.volumeDevices ?? [];
  container.volumeMounts.forEach((mount: VolumeMount, i) => {
    const at = path.index(i);
    if (!mount.name) errors.push(required(at.child('name')));
    if (!volumes.has(mount.name)) errors.push(notFound(at.child('name'), mount.name ?? ''));
    if (!mount.mountPath) errors.push(required(at.child('mountPath')));
    if (mountPaths.has(mount.mountPath)) errors.push(invalid(at.child('mountPath'), mount.mountPath, 'must be unique'));
    mountPaths.add(mount.mountPath);
    if (devices.some((device) => device.name === mount.name)) errors.push(invalid(at.child('name'), mount.name, 'must not already exist in volumeDevices'));
    if (devices.some((device) => device.devicePath === mount.mountPath)) errors.push(invalid(at.child('mountPath'), mount.mountPath, 'must not already exist as a path in volumeDevices'));
    if (mount.subPath) checkDescendingPath(mount.subPath, path.child('subPath'), errors);
    if (mount.subPathExpr) {
      if (mount.subPath) errors.push(invalid(at.child('subPathExpr'), mount.subPathExpr, 'subPathExpr and subPath are mutually exclusive'));
      checkDescendingPath(mount.subPathExpr, path.child('subPathExpr'), errors);
    }
    const propagation = mount.mountPropagation;
    if (propagation !== undefined) {
      if (!MOUNT_PROPAGATIONS.includes(propagation)) errors.push(notSupported(path.child('mountPropagation'), propagation, MOUNT_PROPAGATIONS));
      if (propagation === 'Bidirectional' && !container.securityContext?.privileged)
        errors.push(forbidden(path.child('mountPropagation'), 'Bidirectional mount propagation is available only to privileged containers'));
    }
    const recursive = mount.recursiveReadOnly;
    if (recursive === 'Enabled' || recursive === 'IfPossible') {
      if (!mount.readOnly) errors.push(forbidden(path.child('recursiveReadOnly'), 'may only be specified when readOnly is true'));
      if (propagation !== undefined && propagation !== 'None') errors.push(forbidden(path.child('recursiveReadOnly'), 'may only be specified when mountPropagation is None or not specified'));
    } else if (recursive !== undefined && recursive !== 'Disabled') errors.push(notSupported(path.child('recursiveReadOnly'), recursive, RECURSIVE_READ_ONLY));
  });
}

function checkDevices(container: Container, volumes: VolumesByName, path: Path, errors: FieldError[]): void {
  const paths = new Set<string>();
  const names = new Set<string>();
  const mounts = container.volumeMounts ?? [];
  (container.volumeDevices ?? []).forEach((device: VolumeDevice, i) => {
    const at = path.index(i);
    const volume = volumes.get(device.name);
    if (!device.name) errors.push(required(at.child('name')));
    if (names.has(device.name)) errors.push(invalid(at.child('name'), device.name, 'must be unique'));
    if (volume && !volume.persistentVolumeClaim && !volume.ephemeral)
      errors.push(invalid(at.child('name'), device.name, 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode'));
    if (!volume) errors.push(notFound(at.child('name'), device.name ?? ''));
    if (!device.devicePath) errors.push(required(at.child('devicePath')));
    if (paths.has(device.devicePath)) errors.push(invalid(at.child('devicePath'), device.devicePath, 'must be unique'));
    const backsteps: FieldError[] = [];
    if (device.devicePath) checkNoBacksteps(device.devicePath, path, backsteps);
    if (backsteps.length) errors.push(invalid(at.child('devicePath'), device.devicePath, "can not contain backsteps ('..')"));
    else paths.add(device.devicePath);
    if (mounts.some((mount) => mount.name === device.name)) errors.push(invalid(at.child('name'), device.name, 'must not already exist in volumeMounts'));
    if (mounts.some((mount) => mount.mountPath === device.devicePath)) errors.push(invalid(at.child('devicePath'), device.devicePath, 'must not already exist as a path in volumeMounts'));
    if (device.name) names.add(device.name);
  });
}

/** Required unless one of the policies. */
export function checkPullPolicy(policy: string | undefined, path: Path, errors: FieldError[]): void {
  if (!policy) errors.push(required(path));
  else if (!PULL_POLICIES.includes(policy)) errors.push(notSupported(path, policy, PULL_POLICIES));
}

const RESIZE_POLICIES = ['NotRequired', 'RestartContainer'];

function checkResizePolicy(container: Container, restartPolicy: string, path: Path, errors: FieldError[]): void {
  const seen = new Set<string>();
  (container.resizePolicy ?? []).forEach((policy, i) => {
    if (seen.has(policy.resourceName)) errors.push(duplicate(path.index(i), goResourceName(policy.resourceName)));
    seen.add(policy.resourceName);
    if (!policy.resourceName) errors.push(required(path));
    else if (policy.resourceName !== 'cpu' && policy.resourceName !== 'memory') errors.push(notSupported(path, goResourceName(policy.resourceName), ['cpu', 'memory']));
    if (!policy.restartPolicy) errors.push(required(path));
    else if (!RESIZE_POLICIES.includes(policy.restartPolicy)) errors.push(notSupported(path, policy.restartPolicy, RESIZE_POLICIES));
    if (restartPolicy === 'Never' && policy.restartPolicy !== 'NotRequired') errors.push(invalid(path, policy.restartPolicy, "must be 'NotRequired' when `restartPolicy` is 'Never'"));
  });
}

function checkCommon(container: Container, pod: PodSurroundings, path: Path, errors: FieldError[]): void {
  if (!container.name) errors.push(required(path.child('name')));
  else checkDnsLabel(container.name, path.child('name'), errors);
  if (!container.image) errors.push(required(path.child('image')));
  const messagePolicy = container.terminationMessagePolicy;
  if (!messagePolicy) errors.push(required(path.child('terminationMessagePolicy')));
  else if (messagePolicy !== 'File' && messagePolicy !== 'FallbackToLogsOnError')
    errors.push(notSupported(path.child('terminationMessagePolicy'), messagePolicy, ['File', 'FallbackToLogsOnError']));
  checkPorts(container.ports, path.child('ports'), errors);
  checkEnv(container.env, path.child('env'), errors);
  checkEnvFrom(container.envFrom, path.child('envFrom'), errors);
  checkMounts(container, pod.volumes, path.child('volumeMounts'), errors);
  checkDevices(container, pod.volumes, path.child('volumeDevices'), errors);
  checkPullPolicy(container.imagePullPolicy, path.child('imagePullPolicy'), errors);
  checkResourceRequirements(container.resources, path.child('resources'), errors);
  checkResizePolicy(container, pod.restartPolicy, path.child('resizePolicy'), errors);
  checkSecurityContext(container.securityContext, pod.hostUsers, path.child('securityContext'), errors);
}

function checkHostPorts(containers: readonly Container[], path: Path, errors: FieldError[]): void {
  const taken = new Set<string>();
  containers.forEach((container, i) => {
    (container.ports ?? []).forEach((port, j) => {
      if (!port.hostPort) return;
      const key = `${port.protocol}/${port.hostIP ?? ''}/${port.hostPort}`;
      if (taken.has(key)) errors.push(duplicate(path.index(i).child('ports').index(j).child('hostPort'), key));
      else taken.add(key);
    });
  });
}

export function checkContainers(containers: readonly Container[], pod: PodSurroundings, path: Path, errors: FieldError[]): void {
  if (!containers.length) {
    errors.push(required(path));
    return;
  }
  const names = new Set<string>();
  containers.forEach((container, i) => {
    const at = path.index(i);
    checkCommon(container, pod, at, errors);
    if (names.has(container.name)) errors.push(duplicate(at.child('name'), container.name));
    else names.add(container.name);
    checkHandlers(container, pod.gracePeriod, at, errors);
    if (container.restartPolicy !== undefined) errors.push(forbidden(at.child('restartPolicy'), 'may not be set for non-init containers'));
  });
  checkHostPorts(containers, path, errors);
}

export function checkInitContainers(containers: readonly Container[], regular: readonly Container[], pod: PodSurroundings, path: Path, errors: FieldError[]): void {
  if (!containers.length) return;
  const names = new Set(regular.map((container) => container.name));
  containers.forEach((container, i) => {
    const at = path.index(i);
    checkCommon(container, pod, at, errors);
    const policy = container.restartPolicy;
    if (policy !== undefined && policy !== 'Always') errors.push(notSupported(at.child('restartPolicy'), policy, ['Always']));
    if (names.has(container.name)) errors.push(duplicate(at.child('name'), container.name));
    else if (container.name) names.add(container.name);
    checkHostPorts([container], path, errors);
    if (policy === 'Always') checkHandlers(container, pod.gracePeriod, at, errors);
    else
      for (const name of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const)
        if (container[name]) errors.push(forbidden(at.child(name), 'may not be set for init containers without restartPolicy=Always'));
  });
}

const EPHEMERAL_TEXT = 'cannot be set for an Ephemeral Container';
/** Fields that ephemeral containers do not have, in the order of the Go struct. */
const NOT_EPHEMERAL = ['ports', 'resources', 'resizePolicy', 'restartPolicy', 'livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle'] as const;

export function checkEphemeralContainers(ephemeral: readonly EphemeralContainer[] | undefined, containers: readonly Container[], pod: PodSurroundings, path: Path, errors: FieldError[]): void {
  if (!ephemeral?.length) return;
  const others = new Set(containers.map((container) => container.name));
  const names = new Set(others);
  ephemeral.forEach((container, i) => {
    const at = path.index(i);
    checkCommon(container, pod, at, errors);
    checkImageSpace(container, at, errors);
    if (names.has(container.name)) errors.push(duplicate(at.child('name'), container.name));
    else names.add(container.name);
    if (container.targetContainerName && !others.has(container.targetContainerName)) errors.push(notFound(at.child('targetContainerName'), container.targetContainerName));
    for (const name of NOT_EPHEMERAL) {
      const value = container[name];
      if (value === undefined || (typeof value === 'object' && Object.keys(value).length === 0)) continue;
      errors.push(forbidden(at.child(name), EPHEMERAL_TEXT));
    }
    (container.volumeMounts ?? []).forEach((mount, j) => {
      const mountPath = at.child('volumeMounts').index(j);
      if (mount.subPath) errors.push(forbidden(mountPath.child('subPath'), EPHEMERAL_TEXT));
      if (mount.subPathExpr) errors.push(forbidden(mountPath.child('subPathExpr'), EPHEMERAL_TEXT));
    });
  });
}

/** Of pods alone: templates may hold anything, and others may fill them in. */
export function checkImageSpace(container: { readonly image?: string }, path: Path, errors: FieldError[]): void {
  if (container.image !== undefined && container.image !== container.image.trim()) errors.push(invalid(path.child('image'), container.image, 'must not have leading or trailing whitespace'));
}
