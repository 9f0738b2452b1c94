/** Users by their client certificates: CN is the name, each O a group. Follows apiserver pkg/authentication/request/x509. */
import type { UserInfo } from '../../api/request.ts';
import { CREDENTIAL_ID } from './user.ts';

export interface ClientCertificate {
  /** Whether it is signed by the cluster's authority, within its time and made for clients. */
  readonly verified: boolean;
  /** The subject's attributes by their short names; several of one name as a list. */
  readonly subject: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** SHA-256 of the certificate, hexadecimal. */
  readonly fingerprint: string;
}

/** The attribute that carries a user's UID (1.3.6.1.4.1.57683.2, CNCF's). */
const UID = '1.3.6.1.4.1.57683.2';

/** Which certificate it was. */
export const credentialExtra = (fingerprint: string): UserInfo['extra'] & object => ({ [CREDENTIAL_ID]: [`X509SHA256=${fingerprint}`] });

/** Undefined where the certificate names nobody. Throws an Error for one that cannot be trusted. */
export function userOfCertificate({ verified, subject, fingerprint }: ClientCertificate): UserInfo | undefined {
  if (!verified) throw new Error('the client certificate cannot be verified');
  const username = valuesOf(subject, 'CN').at(-1) ?? '';
  if (username === '') return undefined;
  const uids = valuesOf(subject, UID);
  if (uids.length > 1) throw new Error('the client certificate has more than one UID');
  return { username, ...(uids[0] ? { uid: uids[0] } : {}), groups: valuesOf(subject, 'O'), extra: credentialExtra(fingerprint) };
}

function valuesOf(subject: ClientCertificate['subject'], name: string): readonly string[] {
  const value = subject[name];
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}
