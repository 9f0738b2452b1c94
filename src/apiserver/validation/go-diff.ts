/**
 * The difference of two values in the manner of Go's cmp.Diff, which errors about immutable specs append: changed lines
 * under "-" and "+", unchanged neighbours counted. (cmp itself is not stable to the byte: it swaps kinds of spaces at random.)
 */
import { equal } from '../../api/json.ts';
import { goQuote } from '../../api/quote.ts';

/** Fields whose Go name is not the JSON name with a capital. */
const GO_NAMES: Readonly<Record<string, string>> = { dnsPolicy: 'DNSPolicy', dnsConfig: 'DNSConfig', httpGet: 'HTTPGet', httpHeaders: 'HTTPHeaders', tcpSocket: 'TCPSocket', grpc: 'GRPC', tty: 'TTY', os: 'OS', hostIP: 'HostIP', hostPID: 'HostPID', hostIPC: 'HostIPC', apiVersion: 'APIVersion', uid: 'UID', ip: 'IP', nfs: 'NFS', csi: 'CSI', iscsi: 'ISCSI', fc: 'FC', rbd: 'RBD' };
/** Go's types of the lists and structs that users change. */
const GO_TYPES: Readonly<Record<string, string>> = { containers: '[]core.Container', initContainers: '[]core.Container', ephemeralContainers: '[]core.EphemeralContainer', ports: '[]core.ContainerPort', env: '[]core.EnvVar', envFrom: '[]core.EnvFromSource', volumes: '[]core.Volume', volumeMounts: '[]core.VolumeMount', resources: 'core.ResourceRequirements', requests: 'core.ResourceList', limits: 'core.ResourceList', securityContext: '&core.PodSecurityContext', tolerations: '[]core.Toleration', command: '[]string', args: '[]string', nodeSelector: 'map[string]string', affinity: '&core.Affinity', livenessProbe: '&core.Probe', readinessProbe: '&core.Probe', startupProbe: '&core.Probe', accessModes: '[]core.PersistentVolumeAccessMode' };
const MAPS: ReadonlySet<string> = new Set(['requests', 'limits', 'nodeSelector', 'matchLabels', 'labels', 'annotations', 'capacity']);

const goName = (key: string): string => GO_NAMES[key] ?? `${key.charAt(0).toUpperCase()}${key.slice(1)}`;

function short(value: unknown): string {
  if (value === undefined || value === null) return 'nil';
  if (typeof value === 'string') return goQuote(value);
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `{${value.map(short).join(', ')}}`;
  return `{${Object.entries(value).map(([key, child]) => `${goName(key)}: ${short(child)}`).join(', ')}}`;
}

/** The text after the error's first line; `type` is the Go type of both ("core.PodSpec"). Ends with a line break. */
export function goDiff(type: string, before: unknown, after: unknown): string {
  const lines: string[] = [];
  write(lines, ' ', 0, '', type, before, after, false);
  return `${lines.join('\n')}\n`;
}

function line(mark: string, depth: number, text: string): string {
  return `${mark} ${'\t'.repeat(depth)}${text}`;
}

function write(lines: string[], mark: string, depth: number, label: string, type: string, before: unknown, after: unknown, isMap: boolean): void {
  const end = depth === 0 ? '' : ',';
  if (typeof before !== 'object' || typeof after !== 'object' || before === null || after === null || Array.isArray(before) !== Array.isArray(after)) {
    lines.push(line('-', depth, `${label}${short(before)}${end}`), line('+', depth, `${label}${short(after)}${end}`));
    return;
  }
  lines.push(line(mark, depth, `${label}${type}{`));
  if (Array.isArray(before) && Array.isArray(after)) writeItems(lines, depth + 1, before, after);
  else writeFields(lines, depth + 1, before as Record<string, unknown>, after as Record<string, unknown>, isMap);
  lines.push(line(mark, depth, `}${end}`));
}

function writeItems(lines: string[], depth: number, before: readonly unknown[], after: readonly unknown[]): void {
  let same = 0;
  for (let i = 0; i < Math.max(before.length, after.length); i++) {
    if (i < before.length && i < after.length && equal(before[i], after[i])) {
      same++;
      continue;
    }
    same = skipped(lines, depth, same, 'element');
    if (i >= after.length) lines.push(line('-', depth, `${short(before[i])},`));
    else if (i >= before.length) lines.push(line('+', depth, `${short(after[i])},`));
    else write(lines, ' ', depth, '', '', before[i], after[i], false);
  }
  skipped(lines, depth, same, 'element');
}

function writeFields(lines: string[], depth: number, before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>, isMap: boolean): void {
  let same = 0;
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (equal(before[key], after[key])) {
      same++;
      continue;
    }
    same = skipped(lines, depth, same, isMap ? 'entry' : 'field');
    const label = isMap ? `${goQuote(key)}: ` : `${goName(key)}: `;
    if (isMap && before[key] === undefined) lines.push(line('+', depth, `${label}${short(after[key])},`));
    else if (isMap && after[key] === undefined) lines.push(line('-', depth, `${label}${short(before[key])},`));
    else write(lines, ' ', depth, label, GO_TYPES[key] ?? '', before[key], after[key], MAPS.has(key));
  }
  skipped(lines, depth, same, isMap ? 'entry' : 'field');
}

function skipped(lines: string[], depth: number, count: number, what: 'field' | 'element' | 'entry'): number {
  if (count > 0) lines.push(line(' ', depth, `... // ${count} identical ${count === 1 ? what : what === 'entry' ? 'entries' : `${what}s`}`));
  return 0;
}
