/** Whether a certificate and a private key belong together, with the words of Go's crypto/tls (X509KeyPair). */
import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';

const PEM_TYPES = /^-----BEGIN ([^-\n]+)-----\r?\n[\s\S]*?^-----END \1-----\s*$/gm;

/** What is wrong with the pair; undefined where nothing is. */
export function keyPairFault(certificate: Buffer, key: Buffer): string | undefined {
  const certificateTypes = pemTypes(certificate);
  if (!certificateTypes.includes('CERTIFICATE')) {
    if (certificateTypes.length === 0) return 'tls: failed to find any PEM data in certificate input';
    if (certificateTypes.length === 1 && (certificateTypes[0] as string).endsWith('PRIVATE KEY')) {
      return 'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched';
    }
    return `tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: [${certificateTypes.join(' ')}]`;
  }
  const keyTypes = pemTypes(key);
  if (!keyTypes.some((type) => type === 'PRIVATE KEY' || type.endsWith(' PRIVATE KEY'))) {
    if (keyTypes.length === 0) return 'tls: failed to find any PEM data in key input';
    if (keyTypes.length === 1 && keyTypes[0] === 'CERTIFICATE') return 'tls: found a certificate rather than a key in the PEM for the private key';
    return `tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: [${keyTypes.join(' ')}]`;
  }
  let parsed: X509Certificate;
  try {
    parsed = new X509Certificate(certificate);
  } catch {
    return 'x509: malformed certificate';
  }
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey(key);
  } catch {
    return 'tls: failed to parse private key';
  }
  if (parsed.publicKey.asymmetricKeyType !== privateKey.asymmetricKeyType) return 'tls: private key type does not match public key type';
  return parsed.checkPrivateKey(privateKey) ? undefined : 'tls: private key does not match public key';
}

const pemTypes = (bytes: Buffer): string[] => [...bytes.toString('latin1').matchAll(PEM_TYPES)].map((match) => match[1] as string);
