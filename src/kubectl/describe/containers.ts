/** Containers of a pod or a template (kubectl pkg/describe/describe.go: describeContainers). */
import type { Container, ContainerPort, ContainerState, ContainerStatus, EnvVar, Probe, ResourceRequirements } from '../../api/generated/types.ts';
import { goQuote } from '../../api/quote.ts';
import { parseTime } from '../../api/time.ts';
import { compareBytes } from '../printers/json.ts';
import { containerResourceValue } from './container-value.ts';
import type { PrefixWriter } from './prefix-writer.ts';

/** What is known of containers beside their specification. */
export interface ContainerDetails {
  readonly statuses?: readonly ContainerStatus[];
  /** The value of a variable that comes from a field of the pod. */
  readonly resolve?: (variable: EnvVar) => string;
}

/** `space`: "  " in templates, where names are indented once more; '' in pods. */
export function writeContainers(writer: PrefixWriter, label: string, containers: readonly Container[] = [], space: string, details: ContainerDetails = {}): void {
  writer.write(0, `${space}${label}:${containers.length === 0 ? ' <none>' : ''}\n`);
  const statuses = new Map(details.statuses?.map((status) => [status.name, status]));
  for (const container of containers) {
    const status = statuses.get(container.name);
    writeBasics(writer, container, status, space);
    writeLines(writer, 'Command', container.command);
    writeLines(writer, 'Args', container.args);
    if (status) writeState(writer, status);
    writeResources(writer, container.resources, 2);
    if (container.livenessProbe) writer.write(2, `Liveness:\t${probeText(container.livenessProbe)}\n`);
    if (container.readinessProbe) writer.write(2, `Readiness:\t${probeText(container.readinessProbe)}\n`);
    if (container.startupProbe) writer.write(2, `Startup:\t${probeText(container.startupProbe)}\n`);
    writeEnvironment(writer, container, details.resolve);
    writeMounts(writer, container);
  }
}

function writeBasics(writer: PrefixWriter, container: Container, status: ContainerStatus | undefined, space: string): void {
  writer.write(1, `${space === '' ? '' : ' '}${container.name}:\n`);
  if (status) writer.write(2, `Container ID:\t${status.containerID ?? ''}\n`);
  writer.write(2, `Image:\t${container.image ?? ''}\n`);
  if (status) writer.write(2, `Image ID:\t${status.imageID}\n`);
  writePorts(writer, 'Port', container.ports, (port) => port.containerPort);
  writePorts(writer, 'Host Port', container.ports, (port) => port.hostPort ?? 0);
  const profile = container.securityContext?.seccompProfile;
  if (!profile) return;
  writer.write(2, `SeccompProfile:\t${profile.type}\n`);
  if (profile.type === 'Localhost') writer.write(3, `LocalhostProfile:\t${profile.localhostProfile ?? ''}\n`);
}

function writePorts(writer: PrefixWriter, title: string, ports: readonly ContainerPort[] = [], number: (port: ContainerPort) => number): void {
  const text = ports.map((port) => `${number(port)}/${port.protocol ?? ''}`).join(', ');
  writer.write(2, `${title}${text.includes(',') ? 's' : ''}:\t${text || '<none>'}\n`);
}

function writeLines(writer: PrefixWriter, title: string, values: readonly string[] = []): void {
  if (values.length === 0) return;
  writer.write(2, `${title}:\n`);
  for (const value of values) for (const line of value.split('\n')) writer.write(3, `${line}\n`);
}

function writeState(writer: PrefixWriter, { state, lastState, ready, restartCount }: ContainerStatus): void {
  writeOneState(writer, 'State', state ?? {});
  if (lastState?.terminated) writeOneState(writer, 'Last State', lastState);
  writer.write(2, `Ready:\t${ready ? 'True' : 'False'}\n`);
  writer.write(2, `Restart Count:\t${restartCount}\n`);
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Go's RFC1123Z in UTC: "Mon, 02 Jan 2006 15:04:05 +0000". */
export function timeText(text: string | undefined): string {
  if (text === undefined || text === '') return 'Mon, 01 Jan 0001 00:00:00 +0000';
  const date = new Date(parseTime(text));
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${DAYS[date.getUTCDay()]}, ${two(date.getUTCDate())} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`;
}

function writeOneState(writer: PrefixWriter, title: string, { running, waiting, terminated }: ContainerState): void {
  writer.write(2, `${title}:\t${running ? 'Running' : !waiting && terminated ? 'Terminated' : 'Waiting'}\n`);
  if (running) writer.write(3, `Started:\t${timeText(running.startedAt)}\n`);
  else if (waiting) {
    if (waiting.reason) writer.write(3, `Reason:\t${waiting.reason}\n`);
  } else if (terminated) {
    if (terminated.reason) writer.write(3, `Reason:\t${terminated.reason}\n`);
    if (terminated.message) writer.write(3, `Message:\t${terminated.message}\n`);
    writer.write(3, `Exit Code:\t${terminated.exitCode}\n`);
    if (terminated.signal !== undefined && terminated.signal > 0) writer.write(3, `Signal:\t${terminated.signal}\n`);
    writer.write(3, `Started:\t${timeText(terminated.startedAt)}\n`);
    writer.write(3, `Finished:\t${timeText(terminated.finishedAt)}\n`);
  }
}

export function writeResources(writer: PrefixWriter, resources: ResourceRequirements | undefined, level: number): void {
  for (const [title, list] of [['Limits', resources?.limits], ['Requests', resources?.requests]] as const) {
    const names = Object.keys(list ?? {}).sort(compareBytes);
    if (names.length > 0) writer.write(level, `${title}:\n`);
    for (const name of names) writer.write(level + 1, `${name}:\t${list?.[name] ?? ''}\n`);
  }
}

/** "http-get http://:80/ delay=0s timeout=1s period=10s #success=1 #failure=3" */
export function probeText(probe: Probe): string {
  const attributes = `delay=${probe.initialDelaySeconds ?? 0}s timeout=${probe.timeoutSeconds ?? 0}s period=${probe.periodSeconds ?? 0}s #success=${probe.successThreshold ?? 0} #failure=${probe.failureThreshold ?? 0}`;
  const { exec, httpGet, tcpSocket, grpc } = probe;
  if (exec) return `exec [${(exec.command ?? []).join(' ')}] ${attributes}`;
  if (httpGet) {
    const host = httpGet.host ?? '';
    const address = `${host.includes(':') ? `[${host}]` : host}:${httpGet.port}`;
    const scheme = (httpGet.scheme ?? '').toLowerCase();
    const path = encodeURI(httpGet.path ?? '').replace(/[?#]/g, (char) => (char === '?' ? '%3F' : '%23'));
    return `http-get ${scheme === '' ? '' : `${scheme}:`}//${address}${path !== '' && !path.startsWith('/') ? '/' : ''}${path} ${attributes}`;
  }
  if (tcpSocket) return `tcp-socket ${tcpSocket.host ?? ''}:${tcpSocket.port} ${attributes}`;
  if (grpc) return `grpc <pod>:${grpc.port} ${grpc.service ?? ''} ${attributes}`;
  return `unknown ${attributes}`;
}

function writeEnvironment(writer: PrefixWriter, container: Container, resolve: ContainerDetails['resolve']): void {
  const { env = [], envFrom = [] } = container;
  if (envFrom.length > 0) {
    writer.write(2, 'Environment Variables from:\n');
    for (const { configMapRef, secretRef, prefix } of envFrom) {
      const source = configMapRef ?? secretRef;
      const kind = configMapRef ? 'ConfigMap' : secretRef ? 'Secret' : '';
      writer.write(3, `${source?.name ?? ''}\t${kind}${prefix ? ` with prefix '${prefix}'` : ''}\tOptional: ${source?.optional ?? false}\n`);
    }
  }
  writer.write(2, `Environment:${env.length === 0 ? '\t<none>' : ''}\n`);
  for (const variable of env) {
    const { name, value = '', valueFrom } = variable;
    if (!valueFrom) {
      for (const [index, line] of value.split('\n').entries()) writer.write(3, index === 0 ? `${name}:\t${line}\n` : `\t${line}\n`);
      continue;
    }
    const { fieldRef, resourceFieldRef, secretKeyRef, configMapKeyRef } = valueFrom;
    if (fieldRef) writer.write(3, `${name}:\t${resolve?.(variable) ?? ''} (${fieldRef.apiVersion ?? ''}:${fieldRef.fieldPath})\n`);
    else if (resourceFieldRef) writer.write(3, `${name}:\t${resourceText(container, resourceFieldRef)} (${resourceFieldRef.resource})\n`);
    else if (secretKeyRef) writer.write(3, `${name}:\t<set to the key '${secretKeyRef.key}' in secret '${secretKeyRef.name ?? ''}'>\tOptional: ${secretKeyRef.optional ?? false}\n`);
    else if (configMapKeyRef) writer.write(3, `${name}:\t<set to the key '${configMapKeyRef.key}' of config map '${configMapKeyRef.name ?? ''}'>\tOptional: ${configMapKeyRef.optional ?? false}\n`);
  }
}

function resourceText(container: Container, selector: Parameters<typeof containerResourceValue>[0]): string {
  try {
    const value = containerResourceValue(selector, container);
    return value === '0' && (selector.resource === 'limits.cpu' || selector.resource === 'limits.memory') ? 'node allocatable' : value;
  } catch {
    return '';
  }
}

function writeMounts(writer: PrefixWriter, { volumeMounts = [], volumeDevices = [] }: Container): void {
  const none = volumeMounts.length === 0 ? '\t<none>' : '';
  writer.write(2, `Mounts:${none}\n`);
  for (const mount of [...volumeMounts].sort((a, b) => compareBytes(a.mountPath, b.mountPath))) {
    writer.write(3, `${mount.mountPath} from ${mount.name} (${mount.readOnly ? 'ro' : 'rw'}${mount.subPath ? `,path=${goQuote(mount.subPath)}` : ''})\n`);
  }
  if (volumeDevices.length === 0) return;
  writer.write(2, `Devices:${none}\n`);
  for (const device of [...volumeDevices].sort((a, b) => compareBytes(a.devicePath, b.devicePath))) writer.write(3, `${device.devicePath} from ${device.name}\n`);
}
