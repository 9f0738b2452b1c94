/** Certificate signing requests (kubectl pkg/describe/describe.go: CertificateSigningRequestDescriber). */
import type { CertificateSigningRequest } from '../../api/generated/types.ts';
import { humanDuration } from '../../api/duration.ts';
import { CommandError } from '../errors.ts';
import { parseCertificateRequest } from '../../api/certificates/request.ts';
import { writeEvents } from './events.ts';
import { labelsOnOneLine, rfc1123 } from './format.ts';
import { typed, type Describe } from './reader.ts';
import { page } from './writer.ts';

export const describe: Describe = async (reader, _namespace, name, resource) => {
  const object = await reader.get(typed<CertificateSigningRequest>('certificates.k8s.io', 'v1', 'certificatesigningrequests'), '', name);
  const { metadata, spec } = object;
  const events = await reader.eventsOf(object, resource);
  let request: ReturnType<typeof parseCertificateRequest>;
  try {
    request = parseCertificateRequest(Buffer.from((spec.request as string | undefined) ?? '', 'base64').toString());
  } catch (error) {
    throw new CommandError(`Error parsing CSR: ${(error as Error).message}`);
  }
  return page(async (w) => {
    w.field('Name', metadata.name);
    w.field('Labels', labelsOnOneLine(metadata.labels));
    w.field('Annotations', labelsOnOneLine(metadata.annotations));
    w.field('CreationTimestamp', rfc1123(metadata.creationTimestamp));
    w.field('Requesting User', spec.username ?? '');
    if (spec.signerName !== '') w.field('Signer', spec.signerName);
    if (spec.expirationSeconds !== undefined) w.field('Requested Duration', humanDuration(spec.expirationSeconds * 1000));
    w.field('Status', statusText(object));
    const list = (title: string, values: readonly string[]): void => {
      if (values.length > 0) w.write(0, `\t${title}:\t${values.join('\n\t\t')}\n`);
    };
    const { subject, names } = request;
    w.heading('Subject');
    w.write(0, `\tCommon Name:\t${subject.commonName}\n`);
    w.write(0, `\tSerial Number:\t${subject.serialNumber}\n`);
    list('Organization', subject.organization);
    list('Organizational Unit', subject.organizationalUnit);
    list('Country', subject.country);
    list('Locality', subject.locality);
    list('Province', subject.province);
    list('StreetAddress', subject.streetAddress);
    list('PostalCode', subject.postalCode);
    if (Object.values(names).some((values) => values.length > 0)) {
      w.heading('Subject Alternative Names');
      list('DNS Names', names.dns);
      list('Email Addresses', names.email);
      list('URIs', names.uri);
      list('IP Addresses', names.ip);
    }
    await writeEvents(w, events, reader);
  });
};

function statusText({ status }: CertificateSigningRequest): string {
  const types = new Set((status?.conditions ?? []).map(({ type }) => type));
  const decision = types.has('Denied') ? 'Denied' : types.has('Approved') ? 'Approved' : 'Pending';
  return decision + (types.has('Failed') ? ',Failed' : '') + (status?.certificate ? ',Issued' : '');
}
