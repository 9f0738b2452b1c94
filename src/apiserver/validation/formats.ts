/** Shapes of small values beside those of src/api/names.ts, with upstream's texts. Follows apimachinery pkg/util/validation/{validation,ip}.go. */
import { dns1035LabelErrors, dns1123LabelErrors, dns1123SubdomainErrors, labelKeyErrors, labelValueErrors } from '../../api/names.ts';
import { invalid, required, type FieldError, type Path } from './field.ts';
import { parseCidr, parseIp } from './ip.ts';

/** How a kind's name is checked; `prefix` for generateName. Gives texts without the path. */
export type NameCheck = (name: string, prefix: boolean) => readonly string[];

/** A generated name goes on after a trailing dash, so the dash is no fault of a prefix. */
const maskTrailingDash = (name: string, prefix: boolean): string => (prefix && name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name);

export const nameIsDnsSubdomain: NameCheck = (name, prefix) => dns1123SubdomainErrors(maskTrailingDash(name, prefix));
export const nameIsDnsLabel: NameCheck = (name, prefix) => dns1123LabelErrors(maskTrailingDash(name, prefix));
export const nameIsDns1035Label: NameCheck = (name, prefix) => dns1035LabelErrors(maskTrailingDash(name, prefix));

/** Names that only have to fit into a URL: RBAC's (apimachinery pkg/api/validation/path/name.go). */
export const nameIsPathSegment: NameCheck = (name, prefix) => {
  if (!prefix && (name === '.' || name === '..')) return [`may not be '${name}'`];
  const errors: string[] = [];
  for (const illegal of ['/', '%']) if (name.includes(illegal)) errors.push(`may not contain '${illegal}'`);
  return errors;
};

function regexText(message: string, pattern: string, ...examples: string[]): string {
  const shown = examples.map((example) => `'${example}', `).join(' or ');
  return `${message} (${shown ? `e.g. ${shown}` : ''}regex used for validation is '${pattern}')`;
}

function dotsErrors(value: string): string[] {
  if (value === '.') return ["must not be '.'"];
  if (value === '..') return ["must not be '..'"];
  return value.startsWith('..') ? ["must not start with '..'"] : [];
}

/** Keys of ConfigMaps and Secrets. */
export function configMapKeyErrors(key: string): string[] {
  const errors: string[] = [];
  if (key.length > 253) errors.push('must be no more than 253 characters');
  if (!/^[-._a-zA-Z0-9]+$/.test(key))
    errors.push(regexText("a valid config key must consist of alphanumeric characters, '-', '_' or '.'", '[-._a-zA-Z0-9]+', 'key.name', 'KEY_NAME', 'key-name'));
  return [...errors, ...dotsErrors(key)];
}

/** Names of environment variables: since v1.32 all printable ASCII but '='. */
export function envVarNameErrors(name: string): string[] {
  if (name === '') return ['environment variable name must be non-empty'];
  return /^[ -<>-~]*$/.test(name) ? [] : ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}

export function portNameErrors(name: string): string[] {
  const errors: string[] = [];
  if (name.length > 15) errors.push('must be no more than 15 characters');
  if (!/^[-a-z0-9]+$/.test(name)) errors.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(name)) errors.push('must contain at least one letter (a-z)');
  if (name.includes('--')) errors.push('must not contain consecutive hyphens');
  if (name.startsWith('-') || name.endsWith('-')) errors.push('must not begin or end with a hyphen');
  return errors;
}

export const rangeText = (low: number, high: number): string => `must be between ${low} and ${high}, inclusive`;
export const portNumberErrors = (port: number): string[] => (port >= 1 && port <= 65535 ? [] : [rangeText(1, 65535)]);
/** Users and groups of Linux. */
export const idErrors = (id: number): string[] => (id >= 0 && id <= 2147483647 ? [] : [rangeText(0, 2147483647)]);

export function httpHeaderNameErrors(name: string): string[] {
  return /^[-A-Za-z0-9]+$/.test(name) ? [] : [regexText("a valid HTTP header must consist of alphanumeric characters or '-'", '[-A-Za-z0-9]+', 'X-Header-Name')];
}

export function percentErrors(text: string): string[] {
  return /^[0-9]+%$/.test(text) ? [] : [regexText("a valid percent string must be a numeric string followed by an ending '%'", '[0-9]+%', '1%', '93%')];
}

const LABEL_WITH_UNDERSCORE = '[a-z0-9_]([-_a-z0-9]*[a-z0-9_])?';
const SUBDOMAIN = '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*';
const SUBDOMAIN_WITH_UNDERSCORE = new RegExp(`^${LABEL_WITH_UNDERSCORE}(\\.${LABEL_WITH_UNDERSCORE})*$`);

/** DNS search paths: a subdomain in which underscores may stand. */
export function subdomainWithUnderscoreErrors(value: string): string[] {
  const errors: string[] = [];
  if (value.length > 253) errors.push('must be no more than 253 characters');
  if (!SUBDOMAIN_WITH_UNDERSCORE.test(value))
    errors.push(regexText("a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character", SUBDOMAIN, 'example.com'));
  return errors;
}

const WILDCARD = new RegExp(`^\\*\\.${SUBDOMAIN}$`);

/** Hosts of an Ingress that begin with "*.". */
export function wildcardSubdomainErrors(value: string): string[] {
  const errors: string[] = [];
  if (value.length > 253) errors.push('must be no more than 253 characters');
  if (!WILDCARD.test(value))
    errors.push(regexText("a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character", `\\*\\.${SUBDOMAIN}`, '*.example.com'));
  return errors;
}

/** Checks a value with a list of texts as the answer, and reports each at the path. */
function check(value: string, texts: readonly string[], path: Path, errors: FieldError[]): void {
  for (const text of texts) errors.push(invalid(path, value, text));
}

export const checkDnsLabel = (value: string, path: Path, errors: FieldError[]): void => check(value, dns1123LabelErrors(value), path, errors);
export const checkDnsSubdomain = (value: string, path: Path, errors: FieldError[]): void => check(value, dns1123SubdomainErrors(value), path, errors);
export const checkQualifiedName = (value: string, path: Path, errors: FieldError[]): void => check(value, labelKeyErrors(value), path, errors);
export const checkLabelValue = (value: string, path: Path, errors: FieldError[]): void => check(value, labelValueErrors(value), path, errors);

export function checkNonnegative(value: number | undefined, path: Path, errors: FieldError[]): void {
  if (value !== undefined && value < 0) errors.push(invalid(path, value, 'must be greater than or equal to 0'));
}

/** A port by number or by name. */
export function checkPort(port: number | string | undefined, path: Path, errors: FieldError[]): void {
  if (typeof port === 'string') for (const text of portNameErrors(port)) errors.push(invalid(path, port, text));
  else for (const text of portNumberErrors(port ?? 0)) errors.push(invalid(path, port ?? 0, text));
}

export function checkIp(value: string, path: Path, errors: FieldError[]): void {
  if (!parseIp(value)) errors.push(invalid(path, value, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'));
}

export function checkCidr(value: string, path: Path, errors: FieldError[]): void {
  if (!parseCidr(value)) errors.push(invalid(path, value, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'));
}

export const isCidr = (value: string): boolean => parseCidr(value) !== undefined;

/** Addresses that cannot be an endpoint's or an external one (ValidateEndpointIP). */
export function checkEndpointIp(text: string, path: Path, errors: FieldError[]): void {
  const ip = parseIp(text);
  if (!ip) {
    errors.push(invalid(path, text, 'must be a valid IP address'));
    return;
  }
  const v4 = ip.length === 4;
  const [a = 0, b = 0, c = 0] = ip;
  const zero = ip.slice(0, -1).every((byte) => byte === 0);
  if (zero && ip.at(-1) === 0) errors.push(invalid(path, text, `may not be unspecified (${text})`));
  if (v4 ? a === 127 : zero && ip.at(-1) === 1) errors.push(invalid(path, text, 'may not be in the loopback range (127.0.0.0/8, ::1/128)'));
  if (v4 ? a === 169 && b === 254 : a === 0xfe && (b & 0xc0) === 0x80) errors.push(invalid(path, text, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'));
  if (v4 ? a === 224 && b === 0 && c === 0 : a === 0xff && (b & 0x0f) === 2) errors.push(invalid(path, text, 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'));
}

/** Names of webhooks: a subdomain of three labels at least (IsFullyQualifiedName). */
export function checkFullyQualifiedName(value: string, path: Path, errors: FieldError[]): void {
  const faults = dns1123SubdomainErrors(value);
  if (value === '') errors.push(required(path));
  else if (faults.length > 0) errors.push(invalid(path, value, faults.join(',')));
  else if (value.split('.').length < 3) errors.push(invalid(path, value, 'should be a domain with at least three segments separated by dots'));
}

/** Hosts: two labels at least; a dot may end them (IsFullyQualifiedDomainName). */
export function checkFullyQualifiedDomain(given: string, path: Path, errors: FieldError[]): void {
  const value = given.replace(/\.$/, '');
  const faults = dns1123SubdomainErrors(value);
  const label = value.split('.').find((each) => dns1123LabelErrors(each).length > 0);
  if (given === '') errors.push(required(path));
  else if (faults.length > 0) errors.push(invalid(path, value, faults.join(',')));
  else if (!value.includes('.')) errors.push(invalid(path, value, 'should be a domain with at least two segments separated by dots'));
  else if (label !== undefined) errors.push(invalid(path, label, dns1123LabelErrors(label).join(',')));
}
