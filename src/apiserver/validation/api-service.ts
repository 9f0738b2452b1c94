/** Validation of apiregistration.k8s.io. Follows kube-aggregator pkg/apis/apiregistration/validation/validation.go, v1.33. */
import type { APIService } from '../../api/generated/types.ts';
import { dns1035LabelErrors } from '../../api/names.ts';
import { goQuote } from '../../api/quote.ts';
import { CONDITION_STATUSES } from './conditions.ts';
import { invalid, notSupported, Path, required, type FieldError } from './field.ts';
import { checkDnsSubdomain, portNumberErrors } from './formats.ts';

const SPEC = Path.of('spec');
const SERVICE = SPEC.child('service');

export function validateApiService({ metadata, spec }: APIService): FieldError[] {
  const errors: FieldError[] = [];
  const { group = '', version = '', groupPriorityMinimum = 0, versionPriority = 0, service, caBundle = '', insecureSkipTLSVerify = false } = spec ?? {};
  const name = metadata?.name ?? '';
  const wanted = `${version}.${group}`;
  if (name && name !== wanted) errors.push(invalid(Path.of('metadata', 'name'), name, `must be \`spec.version+"."+spec.group\`: ${goQuote(wanted)}`));
  if (group === '' && version !== 'v1') errors.push(required(SPEC.child('group'), 'only v1 may have an empty group and it better be legacy kube'));
  if (group !== '') checkDnsSubdomain(group, SPEC.child('group'), errors);
  for (const text of dns1035LabelErrors(version)) errors.push(invalid(SPEC.child('version'), version, text));
  if (groupPriorityMinimum <= 0 || groupPriorityMinimum > 20000) errors.push(invalid(SPEC.child('groupPriorityMinimum'), groupPriorityMinimum, 'must be positive and less than 20000'));
  if (versionPriority <= 0 || versionPriority > 1000) errors.push(invalid(SPEC.child('versionPriority'), versionPriority, 'must be positive and less than 1000'));
  if (!service) {
    if (caBundle !== '') errors.push(invalid(SPEC.child('caBundle'), `${Buffer.from(caBundle, 'base64').length} bytes`, 'local APIServices may not have a caBundle'));
    if (insecureSkipTLSVerify) errors.push(invalid(SPEC.child('insecureSkipTLSVerify'), true, 'local APIServices may not have insecureSkipTLSVerify'));
    return errors;
  }
  if (!service.namespace) errors.push(required(SERVICE.child('namespace')));
  if (!service.name) errors.push(required(SERVICE.child('name')));
  const portFaults = portNumberErrors(service.port ?? 0);
  if (portFaults.length > 0) errors.push(invalid(SERVICE.child('port'), service.port ?? 0, `port is not valid: ${portFaults.join(', ')}`));
  if (insecureSkipTLSVerify && caBundle !== '') errors.push(invalid(SPEC.child('insecureSkipTLSVerify'), true, 'may not be true if caBundle is present'));
  return errors;
}

export function validateApiServiceStatus({ status }: APIService): FieldError[] {
  return (status?.conditions ?? []).flatMap((condition, i) =>
    CONDITION_STATUSES.includes(condition.status) ? [] : [notSupported(Path.of('status', 'conditions').index(i).child('status'), condition.status, ['True', 'False', 'Unknown'])]);
}
