/** Validation of certificates.k8s.io. Follows kubernetes pkg/apis/certificates/validation/validation.go, v1.33. */
import { X509Certificate } from 'node:crypto';
import type { CertificateSigningRequest, CertificateSigningRequestCondition } from '../../api/generated/types.ts';
import { equal } from '../../api/json.ts';
import { dns1123LabelErrors, dns1123SubdomainErrors } from '../../api/names.ts';
import { goQuote } from '../../api/quote.ts';
import { CONDITION_STATUSES } from './conditions.ts';
import { csrFault } from './csr.ts';
import { duplicate, forbidden, invalid, notSupported, Path, required, tooLong, type FieldError } from './field.ts';
import { goBytes } from './go-value.ts';

const SPEC = Path.of('spec');
const CONDITIONS = Path.of('status', 'conditions');
const CERTIFICATE = Path.of('status', 'certificate');
const USAGES = [
  'any', 'cert sign', 'client auth', 'code signing', 'content commitment', 'crl sign', 'data encipherment', 'decipher only', 'digital signature', 'email protection', 'encipher only', 'ipsec end system', 'ipsec tunnel', 'ipsec user',
  'key agreement', 'key encipherment', 'microsoft sgc', 'netscape sgc', 'ocsp signing', 's/mime', 'server auth', 'signing', 'timestamping',
];
const LEGACY_SIGNER = 'kubernetes.io/legacy-unknown';

/** Which part of a request an update may change. */
export type CsrUpdate = 'main' | 'status' | 'approval';

/** A new request, or one beside the `old` one: faults that that has already are let be. */
export function validateCertificateRequest(request: CertificateSigningRequest, old?: CertificateSigningRequest): FieldError[] {
  const errors: FieldError[] = [];
  const { request: csr = '', usages = [], signerName = '', expirationSeconds } = request.spec ?? {};
  const fault = old?.spec?.request === csr ? undefined : csrFault(csr);
  if (fault) errors.push(invalid(SPEC.child('request'), goBytes(csr), fault));
  if (usages.length === 0) errors.push(required(SPEC.child('usages')));
  const oldUsages = old?.spec?.usages ?? [];
  if (oldUsages.every((usage) => USAGES.includes(usage)))
    usages.forEach((usage, i) => {
      if (!USAGES.includes(usage)) errors.push(notSupported(SPEC.child('usages').index(i), usage, USAGES));
    });
  if (new Set(oldUsages).size === oldUsages.length)
    usages.forEach((usage, i) => {
      if (usages.indexOf(usage) < i) errors.push(duplicate(SPEC.child('usages').index(i), usage));
    });
  if (signerName === LEGACY_SIGNER && old?.spec?.signerName !== LEGACY_SIGNER) errors.push(invalid(SPEC.child('signerName'), signerName, 'the legacy signerName is not allowed via this API version'));
  else checkSignerName(signerName, SPEC.child('signerName'), errors);
  if (expirationSeconds !== undefined && expirationSeconds < 600) errors.push(invalid(SPEC.child('expirationSeconds'), expirationSeconds, 'may not specify a duration less than 600 seconds (10 minutes)'));
  checkConditions(request, old, errors);
  const certificate = request.status?.certificate ?? '';
  const bad = certificate === (old?.status?.certificate ?? '') || certificateFault(old?.status?.certificate ?? '') ? undefined : certificateFault(certificate);
  if (bad) errors.push(invalid(CERTIFICATE, '<certificate data>', bad));
  return errors;
}

/** A domain, and a node's name in it. */
const MAX_SIGNER_NAME = 253 + 63 + 253 + 2;

/** "example.com/name" (kubernetes pkg/apis/core/validation/names.go: ValidateSignerName). */
export function checkSignerName(name: string, path: Path, errors: FieldError[]): void {
  if (name === '') {
    errors.push(required(path));
    return;
  }
  const [domain = '', last = '', ...more] = name.split('/');
  if (more.length > 0 || !name.includes('/')) {
    errors.push(invalid(path, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'"));
    return;
  }
  if (domain.length > 253) errors.push(tooLong(path, 253));
  checkLabels(domain, dns1123LabelErrors, path, errors);
  if (!domain.includes('.')) errors.push(invalid(path, domain, 'should be a domain with at least two segments separated by dots'));
  checkLabels(last, dns1123SubdomainErrors, path, errors);
  if (name.length > MAX_SIGNER_NAME) errors.push(tooLong(path, MAX_SIGNER_NAME));
}

/** Faults of the first bad label: more would say the same. */
function checkLabels(text: string, faultsOf: (label: string) => readonly string[], path: Path, errors: FieldError[]): void {
  const bad = text.split('.').find((label) => faultsOf(label).length > 0);
  if (bad !== undefined) for (const fault of faultsOf(bad)) errors.push(invalid(path, text, `validating label ${goQuote(bad)}: ${fault}`));
}

/** Conditions that are true or not there. */
const ONLY_TRUE = ['Approved', 'Denied', 'Failed'];

function checkConditions(request: CertificateSigningRequest, old: CertificateSigningRequest | undefined, errors: FieldError[]): void {
  const before = (old?.status?.conditions ?? []).map(({ type }) => type);
  const wasBoth = before.includes('Approved') && before.includes('Denied');
  const seen = new Set<string>();
  (request.status?.conditions ?? []).forEach(({ type = '', status }, i) => {
    const at = CONDITIONS.index(i);
    if (!type && !before.includes('')) errors.push(required(at.child('type')));
    const allowed = ONLY_TRUE.includes(type) ? ['True'] : CONDITION_STATUSES;
    if (!status) errors.push(required(at.child('status')));
    else if (!allowed.includes(status)) errors.push(notSupported(at.child('status'), status, allowed));
    const opposite = type === 'Approved' ? 'Denied' : type === 'Denied' ? 'Approved' : undefined;
    if (!wasBoth && opposite && seen.has(opposite)) errors.push(invalid(CONDITIONS, type, 'Approved and Denied conditions are mutually exclusive'));
    if (seen.has(type) && new Set(before).size === before.length) errors.push(duplicate(at.child('type'), type));
    seen.add(type);
  });
}

const CERTIFICATE_BLOCK = /-----BEGIN ([^-\n]+)-----\r?\n([\s\S]*?)-----END \1-----/g;

/** What is wrong with issued certificates, as base64 of PEM. */
function certificateFault(certificate: string): string | undefined {
  if (certificate === '') return undefined;
  const blocks = [...Buffer.from(certificate, 'base64').toString('latin1').matchAll(CERTIFICATE_BLOCK)];
  if (blocks.length === 0) return 'must contain at least one CERTIFICATE PEM block';
  for (const [, type, body = ''] of blocks) {
    if (type !== 'CERTIFICATE') return `only CERTIFICATE PEM blocks are allowed, found ${goQuote(type ?? '')}`;
    if (body.includes(':')) return 'no PEM block headers are permitted';
    try {
      new X509Certificate(Buffer.from(body, 'base64'));
    } catch {
      return 'x509: malformed certificate';
    }
  }
  return undefined;
}

const conditionsOf = (request: CertificateSigningRequest, type: string): CertificateSigningRequestCondition[] => (request.status?.conditions ?? []).filter((condition) => condition.type === type);

export function validateCertificateRequestUpdate(request: CertificateSigningRequest, old: CertificateSigningRequest, part: CsrUpdate = 'main'): FieldError[] {
  const errors = validateCertificateRequest(request, old);
  for (const type of ONLY_TRUE) if (conditionsOf(request, type).length < conditionsOf(old, type).length) errors.push(forbidden(CONDITIONS, `updates may not remove a condition of type ${goQuote(type)}`));
  if (part !== 'approval')
    for (const type of ['Approved', 'Denied']) {
      const [now, before] = [conditionsOf(request, type), conditionsOf(old, type)];
      if (now.length > before.length) errors.push(forbidden(CONDITIONS, `updates may not add a condition of type ${goQuote(type)}`));
      else if (now.length === before.length && !equal(now, before)) errors.push(forbidden(CONDITIONS, `updates may not modify a condition of type ${goQuote(type)}`));
    }
  const [certificate, issued] = [request.status?.certificate ?? '', old.status?.certificate ?? ''];
  if (certificate !== issued) {
    if (part !== 'status') errors.push(forbidden(CERTIFICATE, 'updates may not set certificate content'));
    else if (issued !== '') errors.push(forbidden(CERTIFICATE, 'updates may not modify existing certificate content'));
  }
  return errors;
}
