/** References to fields and resources of the pod itself, in variables and in files. Follows kubernetes pkg/apis/core/validation and pkg/apis/core/pods/helpers.go. */
import type { ObjectFieldSelector, ResourceFieldSelector } from '../../api/generated/types.ts';
import { invalid, notSupported, required, type FieldError, type Path } from './field.ts';
import { checkQualifiedName } from './formats.ts';
import { quantityOf } from './resources.ts';

export const VOLUME_FIELD_PATHS = ['metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid'];
export const ENV_FIELD_PATHS = ['metadata.name', 'metadata.namespace', 'metadata.uid', 'spec.nodeName', 'spec.serviceAccountName', 'status.hostIP', 'status.hostIPs', 'status.podIP', 'status.podIPs'];
/** What a pod's field label may be at all (ConvertDownwardAPIFieldLabel). */
const KNOWN_LABELS: ReadonlySet<string> = new Set([...VOLUME_FIELD_PATHS, ...ENV_FIELD_PATHS, 'spec.restartPolicy', 'spec.schedulerName', 'status.phase']);
const RESOURCES = ['limits.cpu', 'limits.ephemeral-storage', 'limits.memory', 'requests.cpu', 'requests.ephemeral-storage', 'requests.memory'];
const BYTE_DIVISORS: ReadonlySet<string> = new Set(['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei']);
const BYTE_TEXT = "only divisor's values 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei are supported with the";

/** `allowed` in alphabetical order. */
export function checkFieldRef(ref: ObjectFieldSelector, allowed: readonly string[], path: Path, errors: FieldError[]): void {
  if (!ref.apiVersion) {
    errors.push(required(path.child('apiVersion')));
    return;
  }
  if (!ref.fieldPath) {
    errors.push(required(path.child('fieldPath')));
    return;
  }
  const conversion = (why: string): void => void errors.push(invalid(path.child('fieldPath'), ref.fieldPath, `error converting fieldPath: ${why}`));
  if (ref.apiVersion !== 'v1') return conversion(`unsupported pod version: ${ref.apiVersion}`);
  // spec.host is the old name of spec.nodeName.
  const fieldPath = ref.fieldPath === 'spec.host' ? 'spec.nodeName' : ref.fieldPath;
  const subscripted = /^(.+)\['(.*)'\]$/.exec(fieldPath);
  if (subscripted) {
    const [, base = '', key = ''] = subscripted;
    if (base === 'metadata.annotations') checkQualifiedName(key.toLowerCase(), path, errors);
    else if (base === 'metadata.labels') checkQualifiedName(key, path, errors);
    else conversion(`field label does not support subscript: ${fieldPath}`);
    return;
  }
  if (!KNOWN_LABELS.has(fieldPath)) return conversion(`field label not supported: ${fieldPath}`);
  if (!allowed.includes(fieldPath)) errors.push(notSupported(path.child('fieldPath'), fieldPath, allowed));
}

/** `inVolume`: a file has to name its container. */
export function checkResourceFieldRef(ref: ResourceFieldSelector, inVolume: boolean, path: Path, errors: FieldError[]): void {
  const resource = ref.resource ?? '';
  const hugePages = resource.startsWith('requests.hugepages-') || resource.startsWith('limits.hugepages-');
  if (inVolume && !ref.containerName) errors.push(required(path.child('containerName')));
  else if (!resource) errors.push(required(path.child('resource')));
  else if (!RESOURCES.includes(resource) && !hugePages) errors.push(notSupported(path.child('resource'), resource, RESOURCES));
  const divisor = quantityOf(ref.divisor);
  if (divisor.isZero()) return;
  const text = divisor.toString();
  const wrong = (detail: string): void => void errors.push(invalid(path.child('divisor'), resource, detail));
  if (resource.endsWith('.cpu')) {
    if (text !== '1m' && text !== '1') wrong("only divisor's values 1m and 1 are supported with the cpu resource");
  } else if (resource.endsWith('.memory')) {
    if (!BYTE_DIVISORS.has(text)) wrong(`${BYTE_TEXT} memory resource`);
  } else if (resource.endsWith('.ephemeral-storage')) {
    if (!BYTE_DIVISORS.has(text)) wrong(`${BYTE_TEXT} local ephemeral storage resource`);
  } else if (hugePages && !BYTE_DIVISORS.has(text)) wrong(`${BYTE_TEXT} hugepages resource`);
}
