/** Certificate signing requests (PKCS #10): whether one is well-formed and signed with its own key. Follows kubernetes pkg/apis/certificates/helpers.go: ParseCSR. */
import { createPublicKey, verify } from 'node:crypto';

/** One DER element: its tag, its content, and all of its bytes. */
interface Element {
  readonly tag: number;
  readonly content: Buffer;
  readonly whole: Buffer;
}

function readElement(bytes: Buffer): Element {
  let length = bytes[1] ?? 0;
  let start = 2;
  if (length & 0x80) {
    const count = length & 0x7f;
    if (count === 0 || count > 4 || bytes.length < 2 + count) throw new Error('asn1: syntax error: data truncated');
    length = bytes.readUIntBE(2, count);
    start += count;
  }
  if (bytes.length < start + length) throw new Error('asn1: syntax error: data truncated');
  return { tag: bytes[0] ?? 0, content: bytes.subarray(start, start + length), whole: bytes.subarray(0, start + length) };
}

function elementsOf({ content }: Element): Element[] {
  const elements: Element[] = [];
  for (let rest = content; rest.length > 0;) {
    const next = readElement(rest);
    elements.push(next);
    rest = rest.subarray(next.whole.length);
  }
  return elements;
}

/** Signature algorithms by the end of their object identifiers, in hexadecimal: digests of RSA and of ECDSA. */
const DIGESTS: Readonly<Record<string, string>> = {
  '2a864886f70d01010b': 'sha256', '2a864886f70d01010c': 'sha384', '2a864886f70d01010d': 'sha512', '2a864886f70d010105': 'sha1',
  '2a8648ce3d040302': 'sha256', '2a8648ce3d040303': 'sha384', '2a8648ce3d040304': 'sha512', '2a8648ce3d040301': 'sha1',
};

const PEM = /-----BEGIN ([^-\n]+)-----\r?\n([A-Za-z0-9+/=\r\n]*)-----END \1-----/;

/** What is wrong with a request, as base64 of PEM; undefined for a good one. */
export function csrFault(request: string): string | undefined {
  const [, type, body = ''] = PEM.exec(Buffer.from(request, 'base64').toString('latin1')) ?? [];
  if (type !== 'CERTIFICATE REQUEST') return 'PEM block type must be CERTIFICATE REQUEST';
  try {
    const [info, algorithm, signature] = elementsOf(readElement(Buffer.from(body, 'base64')));
    const [, , keyInfo] = info ? elementsOf(info) : [];
    const [identifier] = algorithm ? elementsOf(algorithm) : [];
    if (!info || !identifier || !signature || !keyInfo) return 'asn1: structure error: sequence truncated';
    const key = createPublicKey({ key: Buffer.from(keyInfo.whole), format: 'der', type: 'spki' });
    const digest = DIGESTS[identifier.content.toString('hex')];
    // Ed25519 has no digest of its own; what is unknown to Go it cannot verify either.
    if (digest === undefined && key.asymmetricKeyType !== 'ed25519') return 'x509: cannot verify signature: algorithm unimplemented';
    const good = verify(digest ?? null, info.whole, key, signature.content.subarray(1));
    return good ? undefined : `x509: ${key.asymmetricKeyType === 'ec' ? 'ECDSA' : key.asymmetricKeyType === 'ed25519' ? 'Ed25519' : 'crypto/rsa:'} verification ${key.asymmetricKeyType === 'rsa' ? 'error' : 'failure'}`;
  } catch (error) {
    return error instanceof Error && error.message.startsWith('asn1') ? error.message : 'asn1: structure error: tags don\'t match';
  }
}
