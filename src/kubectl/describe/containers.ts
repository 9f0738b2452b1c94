/** The containers of a pod or a pod template (kubectl pkg/describe/describe.go: describeContainers). */
import type { Container, ContainerState, ContainerStatus, EnvVar, Pod, ResourceFieldSelector } from '../../api/generated/types.ts';
import { goQuote } from '../../api/quote.ts';
import { compareBytes } from '../../api/go-json.ts';
import { containerResourceValue } from './container-value.ts';
import { rfc1123, title as titleCase } from './format.ts';
import { goSort } from './go-sort.ts';
import { probeText } from './probe.ts';
import { writeResources } from './resources.ts';
import type { DescriptionWriter } from './writer.ts';

/** What of a container can be shown; ephemeral ones have all of it. */
export type ShownContainer = Omit<Container, 'name' | 'restartPolicy'> & { readonly name: string };

export interface ContainersOf {
  readonly statuses?: readonly ContainerStatus[] | undefined;
  /** The pod, for values that come from its fields; templates have none. */
  readonly pod?: Pod;
  /** Stands before the title, and lets the names stand deeper. */
  readonly indent?: string;
}

export function writeContainers(w: DescriptionWriter, title: string, containers: readonly ShownContainer[], { statuses = [], pod, indent = '' }: ContainersOf): void {
  const byName = new Map(statuses.map((status) => [status.name, status]));
  w.write(0, `${indent}${title}:${containers.length === 0 ? ' <none>' : ''}\n`);
  for (const container of containers) {
    const status = byName.get(container.name);
    writeBasics(w, container, status, indent);
    writeLines(w, 'Command', container.command);
    writeLines(w, 'Args', container.args);
    if (status) writeStatus(w, status);
    writeResources(w, container.resources, 2);
    for (const [name, probe] of [['Liveness', container.livenessProbe], ['Readiness', container.readinessProbe], ['Startup', container.startupProbe]] as const) {
      if (probe) w.field(name, probeText(probe), 2);
    }
    writeEnvironmentSources(w, container);
    writeEnvironment(w, container, pod);
    writeMounts(w, container);
  }
}

function writeBasics(w: DescriptionWriter, container: ShownContainer, status: ContainerStatus | undefined, indent: string): void {
  w.heading(`${indent === '' ? '' : ' '}${container.name}`, 1);
  if (status) w.field('Container ID', status.containerID ?? '', 2);
  w.field('Image', container.image ?? '', 2);
  if (status) w.field('Image ID', status.imageID, 2);
  const { ports = [] } = container;
  const list = (title: string, texts: readonly string[]): void => w.field(texts.length > 1 ? `${title}s` : title, texts.join(', ') || '<none>', 2);
  list('Port', ports.map(({ containerPort, protocol = '' }) => `${containerPort}/${protocol}`));
  list('Host Port', ports.map(({ hostPort = 0, protocol = '' }) => `${hostPort}/${protocol}`));
  const profile = container.securityContext?.seccompProfile;
  if (!profile) return;
  w.field('SeccompProfile', profile.type, 2);
  if (profile.type === 'Localhost') w.field('LocalhostProfile', profile.localhostProfile ?? '', 3);
}

function writeLines(w: DescriptionWriter, title: string, texts: readonly string[] = []): void {
  if (texts.length > 0) w.heading(title, 2);
  for (const text of texts) for (const line of text.split('\n')) w.write(3, `${line}\n`);
}

function writeStatus(w: DescriptionWriter, status: ContainerStatus): void {
  writeState(w, 'State', status.state ?? {});
  if (status.lastState?.terminated) writeState(w, 'Last State', status.lastState);
  w.field('Ready', titleCase(status.ready), 2);
  w.field('Restart Count', status.restartCount, 2);
}

function writeState(w: DescriptionWriter, title: string, { running, waiting, terminated }: ContainerState): void {
  if (running) {
    w.field(title, 'Running', 2);
    w.field('Started', rfc1123(running.startedAt), 3);
  } else if (waiting || !terminated) {
    w.field(title, 'Waiting', 2);
    if (waiting?.reason) w.field('Reason', waiting.reason, 3);
  } else {
    w.field(title, 'Terminated', 2);
    if (terminated.reason) w.field('Reason', terminated.reason, 3);
    if (terminated.message) w.field('Message', terminated.message, 3);
    w.field('Exit Code', terminated.exitCode, 3);
    if ((terminated.signal ?? 0) > 0) w.field('Signal', terminated.signal as number, 3);
    w.field('Started', rfc1123(terminated.startedAt), 3);
    w.field('Finished', rfc1123(terminated.finishedAt), 3);
  }
}

function writeEnvironmentSources(w: DescriptionWriter, { envFrom = [] }: ShownContainer): void {
  if (envFrom.length > 0) w.heading('Environment Variables from', 2);
  for (const { configMapRef, secretRef, prefix } of envFrom) {
    const source = configMapRef ?? secretRef;
    const from = configMapRef ? 'ConfigMap' : secretRef ? 'Secret' : '';
    w.row(3, source?.name ?? '', prefix ? `${from} with prefix '${prefix}'` : from, `Optional: ${source?.optional ?? false}`);
  }
}

function writeEnvironment(w: DescriptionWriter, container: ShownContainer, pod: Pod | undefined): void {
  const { env = [] } = container;
  w.write(2, `Environment:${env.length === 0 ? '\t<none>' : ''}\n`);
  for (const variable of env) {
    if (variable.valueFrom) {
      const text = sourceText(variable.valueFrom, container, pod);
      if (text !== undefined) w.field(variable.name, text, 3);
      continue;
    }
    const [first = '', ...more] = (variable.value ?? '').split('\n');
    w.field(variable.name, first, 3);
    for (const line of more) w.write(3, `\t${line}\n`);
  }
}

function sourceText({ fieldRef, resourceFieldRef, secretKeyRef, configMapKeyRef }: NonNullable<EnvVar['valueFrom']>, container: ShownContainer, pod: Pod | undefined): string | undefined {
  if (fieldRef) return `${pod ? fieldText(pod, fieldRef.fieldPath) : ''} (${fieldRef.apiVersion ?? ''}:${fieldRef.fieldPath})`;
  if (resourceFieldRef) return `${resourceFieldText(resourceFieldRef, container)} (${resourceFieldRef.resource})`;
  if (secretKeyRef) return `<set to the key '${secretKeyRef.key}' in secret '${secretKeyRef.name ?? ''}'>\tOptional: ${secretKeyRef.optional ?? false}`;
  if (configMapKeyRef) return `<set to the key '${configMapKeyRef.key}' of config map '${configMapKeyRef.name ?? ''}'>\tOptional: ${configMapKeyRef.optional ?? false}`;
  return undefined;
}

/** '' for resources that cannot be asked for. */
function resourceFieldText(selector: ResourceFieldSelector, container: ShownContainer): string {
  try {
    const text = containerResourceValue(selector, container);
    return text === '0' && (selector.resource === 'limits.cpu' || selector.resource === 'limits.memory') ? 'node allocatable' : text;
  } catch {
    return '';
  }
}

/** kubectl itself can look up only these two of a pod's fields. */
function fieldText({ metadata }: Pod, path: string): string {
  if (path === 'metadata.name') return metadata?.name ?? '';
  return path === 'metadata.namespace' ? (metadata?.namespace ?? '') : '';
}

function writeMounts(w: DescriptionWriter, { volumeMounts = [], volumeDevices = [] }: ShownContainer): void {
  const none = volumeMounts.length === 0 ? '\t<none>' : '';
  w.write(2, `Mounts:${none}\n`);
  for (const { mountPath, name, readOnly, subPath } of goSort(volumeMounts, (a, b) => compareBytes(a.mountPath, b.mountPath) < 0)) {
    w.write(3, `${mountPath} from ${name} (${readOnly ? 'ro' : 'rw'}${subPath ? `,path=${goQuote(subPath)}` : ''})\n`);
  }
  if (volumeDevices.length === 0) return;
  w.write(2, `Devices:${none}\n`);
  for (const { devicePath, name } of goSort(volumeDevices, (a, b) => compareBytes(a.devicePath, b.devicePath) < 0)) w.write(3, `${devicePath} from ${name}\n`);
}
