/** Validation of resource lists: names, amounts, requests within limits. Follows kubernetes pkg/apis/core/validation/validation.go and pkg/apis/core/helper. */
import type { ResourceRequirements } from '../../api/generated/types.ts';
import { labelKeyErrors } from '../../api/names.ts';
import { parseQuantity, Quantity } from '../../api/quantity.ts';
import { forbidden, invalid, required, type FieldError, type Path } from './field.ts';
import { goQuantity, GoValue } from './go-value.ts';

const ZERO = new Quantity(0n, 'DecimalSI');
const HUGE_PAGES = 'hugepages-';
const STANDARD_CONTAINER_RESOURCES: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage']);
/** What quotas count. */
const STANDARD_QUOTA_RESOURCES: ReadonlySet<string> = new Set([
  'cpu', 'memory', 'ephemeral-storage', 'requests.cpu', 'requests.memory', 'requests.storage', 'requests.ephemeral-storage', 'limits.cpu', 'limits.memory', 'limits.ephemeral-storage',
  'pods', 'resourcequotas', 'services', 'replicationcontrollers', 'secrets', 'persistentvolumeclaims', 'configmaps', 'services.nodeports', 'services.loadbalancers',
]);
const STANDARD_RESOURCES: ReadonlySet<string> = new Set([...STANDARD_QUOTA_RESOURCES, 'storage']);
const INTEGER_RESOURCES: ReadonlySet<string> = new Set(['pods', 'resourcequotas', 'services', 'replicationcontrollers', 'secrets', 'configmaps', 'persistentvolumeclaims', 'services.nodeports', 'services.loadbalancers']);

const isHugePages = (name: string): boolean => name.startsWith(HUGE_PAGES);
const isQuotaHugePages = (name: string): boolean => isHugePages(name) || name.startsWith(`requests.${HUGE_PAGES}`);
const isStandard = (name: string): boolean => STANDARD_RESOURCES.has(name) || isQuotaHugePages(name);
/** What a quota counts of itself; other objects it counts as "count/<plural>.<group>". */
export const isQuotaResource = (name: string): boolean => STANDARD_QUOTA_RESOURCES.has(name) || isQuotaHugePages(name);
/** Names of Kubernetes' own: without a domain, or of kubernetes.io. */
export const isNativeResource = (name: string): boolean => !name.includes('/') || name.includes('kubernetes.io/');
const isExtended = (name: string): boolean => !isNativeResource(name) && !name.startsWith('requests.') && labelKeyErrors(`requests.${name}`).length === 0;
const isInteger = (name: string): boolean => INTEGER_RESOURCES.has(name) || isExtended(name);
/** Whether more may be promised than there is: not of devices and huge pages. */
export const isOvercommitAllowed = (name: string): boolean => isNativeResource(name) && !isHugePages(name);

/** The amount of a text that decoding has accepted; 0 for none. */
export function quantityOf(text: string | undefined): Quantity {
  if (text === undefined) return ZERO;
  try {
    return parseQuantity(text);
  } catch {
    return ZERO;
  }
}

/** Names of resources say themselves how they are shown (core.ResourceName's String), and so have no quotes in errors. */
export const goResourceName = (name: string): GoValue => new GoValue(name);

/** Returns whether the name is well-formed. */
export function checkResourceName(name: string, path: Path, errors: FieldError[]): boolean {
  const texts = labelKeyErrors(name);
  for (const text of texts) errors.push(invalid(path, goResourceName(name), text));
  if (texts.length) return false;
  if (!name.includes('/') && !isStandard(name)) {
    errors.push(invalid(path, goResourceName(name), 'must be a standard resource type or fully qualified'));
    return false;
  }
  return true;
}

export function checkContainerResourceName(name: string, path: Path, errors: FieldError[]): void {
  if (STANDARD_CONTAINER_RESOURCES.has(name)) return;
  checkResourceName(name, path, errors);
  if (!name.includes('/')) {
    if (!isHugePages(name)) errors.push(invalid(path, goResourceName(name), 'must be a standard resource for containers'));
  } else if (!isNativeResource(name) && !isExtended(name)) errors.push(invalid(path, goResourceName(name), "doesn't follow extended resource name standard"));
}

export function checkQuotaResourceName(name: string, path: Path, errors: FieldError[]): void {
  checkResourceName(name, path, errors);
  if (!name.includes('/') && !isQuotaResource(name)) errors.push(invalid(path, goResourceName(name), 'must be a standard resource for quota'));
}

export function checkResourceQuantity(name: string, text: string, path: Path, errors: FieldError[]): void {
  const value = quantityOf(text);
  if (value.nano < 0n) errors.push(invalid(path, value.toString(), 'must be greater than or equal to 0'));
  if (value.nano % 1_000_000_000n !== 0n && isInteger(name)) errors.push(invalid(path, goQuantity(text), 'must be an integer'));
}

/** Amounts of which only the sign is looked at (validateBasicResource). */
export function checkBasicQuantity(text: string, path: Path, errors: FieldError[]): void {
  const value = quantityOf(text);
  if (value.value() < 0) errors.push(invalid(path, value.value(), 'must be a valid resource quantity'));
}

function checkHugePages(name: string, value: Quantity, path: Path, errors: FieldError[]): void {
  const page = quantityOf(name.slice(HUGE_PAGES.length));
  if (page.nano <= 0n || value.nano % page.nano !== 0n || value.nano < 0n) errors.push(invalid(path, value.toString(), `${value.toString()} is not positive integer multiple of ${name}`));
}

/** Requests and limits of a container. */
export function checkResourceRequirements(resources: ResourceRequirements | undefined, path: Path, errors: FieldError[]): void {
  if (!resources) return;
  const { limits, requests } = resources;
  let computes = false;
  let hugePages = false;
  for (const name in limits) {
    const at = path.child('limits').key(name);
    const value = quantityOf(limits[name]);
    checkContainerResourceName(name, at, errors);
    checkResourceQuantity(name, limits[name] ?? '', at, errors);
    if (isHugePages(name)) {
      hugePages = true;
      checkHugePages(name, value, at, errors);
    }
    computes ||= name === 'cpu' || name === 'memory';
  }
  for (const name in requests) {
    const at = path.child('requests').key(name);
    const value = quantityOf(requests[name]);
    checkContainerResourceName(name, at, errors);
    checkResourceQuantity(name, requests[name] ?? '', at, errors);
    const limitText = limits?.[name];
    if (limitText !== undefined) {
      const limit = quantityOf(limitText);
      if (value.compare(limit) !== 0 && !isOvercommitAllowed(name)) errors.push(invalid(path.child('requests'), value.toString(), `must be equal to ${name} limit of ${limit.toString()}`));
      else if (value.compare(limit) > 0) errors.push(invalid(path.child('requests'), value.toString(), `must be less than or equal to ${name} limit of ${limit.toString()}`));
    } else if (!isOvercommitAllowed(name)) errors.push(required(path.child('limits'), 'Limit must be set for non overcommitable resources'));
    if (isHugePages(name)) {
      hugePages = true;
      checkHugePages(name, value, at, errors);
    }
    computes ||= name === 'cpu' || name === 'memory';
  }
  if (!computes && hugePages) errors.push(forbidden(path, 'HugePages require cpu or memory'));
}
