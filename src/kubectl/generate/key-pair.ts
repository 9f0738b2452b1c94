/** Whether a certificate and a private key belong together, with the words of Go's crypto/tls (X509KeyPair). */
import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { CommandError } from '../errors.ts';

const PEM_TYPES = /^-----BEGIN ([^-\n]+)-----\r?\n[\s\S]*?^-----END \1-----\s*$/gm;

/** Throws what is wrong with the pair. */
export function checkKeyPair(certificate: Buffer, key: Buffer): void {
  const certificateTypes = pemTypes(certificate);
  if (!certificateTypes.includes('CERTIFICATE')) {
    if (certificateTypes.length === 0) throw fault('failed to find any PEM data in certificate input');
    if (certificateTypes.length === 1 && (certificateTypes[0] as string).endsWith('PRIVATE KEY')) {
      throw fault('failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched');
    }
    throw fault(`failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: [${certificateTypes.join(' ')}]`);
  }
  const keyTypes = pemTypes(key);
  if (!keyTypes.some((type) => type === 'PRIVATE KEY' || type.endsWith(' PRIVATE KEY'))) {
    if (keyTypes.length === 0) throw fault('failed to find any PEM data in key input');
    if (keyTypes.length === 1 && keyTypes[0] === 'CERTIFICATE') throw fault('found a certificate rather than a key in the PEM for the private key');
    throw fault(`failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: [${keyTypes.join(' ')}]`);
  }
  let parsed: X509Certificate;
  try {
    parsed = new X509Certificate(certificate);
  } catch {
    throw new CommandError('x509: malformed certificate');
  }
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey(key);
  } catch {
    throw fault('failed to parse private key');
  }
  if (parsed.publicKey.asymmetricKeyType !== privateKey.asymmetricKeyType) throw fault('private key type does not match public key type');
  if (!parsed.checkPrivateKey(privateKey)) throw fault('private key does not match public key');
}

const fault = (text: string): CommandError => new CommandError(`tls: ${text}`);

const pemTypes = (bytes: Buffer): string[] => [...bytes.toString('latin1').matchAll(PEM_TYPES)].map((match) => match[1] as string);
