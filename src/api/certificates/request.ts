/** What a PKCS#10 certificate request says of its subject: as much of DER as that takes (RFC 2986, RFC 5280). */

export interface CertificateRequest {
  readonly subject: Subject;
  readonly names: AlternativeNames;
}
export interface Subject {
  commonName: string;
  serialNumber: string;
  readonly organization: string[];
  readonly organizationalUnit: string[];
  readonly country: string[];
  readonly locality: string[];
  readonly province: string[];
  readonly streetAddress: string[];
  readonly postalCode: string[];
}
export interface AlternativeNames {
  readonly dns: string[];
  readonly email: string[];
  readonly uri: string[];
  readonly ip: string[];
}

interface Value {
  readonly tag: number;
  readonly content: Buffer;
}

const SEQUENCE = 0x30;
const BMP_STRING = 0x1e;
const ATTRIBUTES = 0xa0;
const EXTENSION_REQUEST = '2a864886f70d01090e';
const SUBJECT_ALT_NAME = '551d11';
/** Attributes of a distinguished name by the last part of their identifier 2.5.4.x. */
const LISTS: ReadonlyMap<number, keyof Omit<Subject, 'commonName' | 'serialNumber'>> = new Map([
  [6, 'country'], [7, 'locality'], [8, 'province'], [9, 'streetAddress'], [10, 'organization'], [11, 'organizationalUnit'], [17, 'postalCode'],
]);

/** Reads a request in PEM. Throws an Error with the words of Go's parser where there are such. */
export function parseCertificateRequest(pem: string): CertificateRequest {
  const block = /-----BEGIN ([^\n]*?)-----\n([\s\S]*?)-----END \1-----/.exec(pem);
  if (block?.[1] !== 'CERTIFICATE REQUEST') throw new Error('PEM block type must be CERTIFICATE REQUEST');
  const [whole] = values(Buffer.from(block[2] ?? '', 'base64'));
  const [info] = values(expect(whole, SEQUENCE));
  const [, name, , attributes] = values(expect(info, SEQUENCE));
  return { subject: readSubject(expect(name, SEQUENCE)), names: readNames(attributes) };
}

function expect(value: Value | undefined, tag: number): Buffer {
  if (value?.tag !== tag) throw new Error('asn1: structure error: tags don\'t match');
  return value.content;
}

/** The values that stand one after the other. */
function values(bytes: Buffer): Value[] {
  const found: Value[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at] as number;
    let length = bytes[at + 1] ?? 0;
    at += 2;
    if (length >= 0x80) {
      const count = length & 0x7f;
      length = count > 0 && count <= 4 && at + count <= bytes.length ? bytes.readUIntBE(at, count) : Infinity;
      at += count;
    }
    if (at + length > bytes.length) throw new Error('asn1: syntax error: data truncated');
    found.push({ tag, content: bytes.subarray(at, at + length) });
    at += length;
  }
  return found;
}

function readSubject(bytes: Buffer): Subject {
  const subject: Subject = { commonName: '', serialNumber: '', organization: [], organizationalUnit: [], country: [], locality: [], province: [], streetAddress: [], postalCode: [] };
  for (const { content: set } of values(bytes)) {
    for (const { content: attribute } of values(set)) {
      const [type, value] = values(attribute);
      if (!type || !value || type.content.length !== 3 || type.content.readUInt16BE(0) !== 0x5504) continue;
      const part = type.content[2] as number;
      const text = value.tag === BMP_STRING ? Buffer.from(value.content).swap16().toString('utf16le') : value.content.toString();
      const list = LISTS.get(part);
      if (list) subject[list].push(text);
      else if (part === 3) subject.commonName = text;
      else if (part === 5) subject.serialNumber = text;
    }
  }
  return subject;
}

function readNames(attributes: Value | undefined): AlternativeNames {
  const names: AlternativeNames = { dns: [], email: [], uri: [], ip: [] };
  if (attributes?.tag !== ATTRIBUTES) return names;
  for (const { content: attribute } of values(attributes.content)) {
    const [type, set] = values(attribute);
    if (type?.content.toString('hex') !== EXTENSION_REQUEST || !set) continue;
    for (const { content: extensions } of values(set.content)) {
      for (const { content: extension } of values(extensions)) {
        const [id, ...rest] = values(extension);
        const value = rest[rest.length - 1];
        if (id?.content.toString('hex') === SUBJECT_ALT_NAME && value) collectNames(expect(values(value.content)[0], SEQUENCE), names);
      }
    }
  }
  return names;
}

function collectNames(bytes: Buffer, names: AlternativeNames): void {
  for (const { tag, content } of values(bytes)) {
    if (tag === 0x81) names.email.push(content.toString());
    else if (tag === 0x82) names.dns.push(content.toString());
    else if (tag === 0x86) names.uri.push(content.toString());
    else if (tag === 0x87) names.ip.push(addressText(content));
  }
}

function addressText(bytes: Buffer): string {
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
  if (groups.slice(0, 6).join(':') === '0:0:0:0:0:ffff') return bytes.subarray(12).join('.');
  // The longest run of zeros is left out: the URL parser knows how.
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}
