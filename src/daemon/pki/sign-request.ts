/**
 * Signs requests for certificates with the cluster's authority. Follows kubernetes
 * pkg/controller/certificates/authority: authority.go, policies.go. As all of the PKI, certificates are about this
 * machine's time. Loaded only when there is something to sign.
 */
import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension, BasicConstraintsExtension, cryptoProvider, ExtendedKeyUsage, ExtendedKeyUsageExtension, type Extension, KeyUsageFlags, KeyUsagesExtension,
  Pkcs10CertificateRequest, X509CertificateGenerator,
} from '@peculiar/x509';
import type { SigningTerms } from '../../controllers/certificates/signer.ts';
import type { KeyPair } from './files.ts';
import { ALGORITHM, pem, readIssuer } from './make.ts';

/** Certificates begin a little before now; those that are short-lived end in full time all the same. */
const BACKDATE_MS = 5 * 60_000;
const SHORT_MS = 8 * 3_600_000;

const KEY_USAGES: Readonly<Record<string, KeyUsageFlags>> = {
  signing: KeyUsageFlags.digitalSignature, 'digital signature': KeyUsageFlags.digitalSignature, 'content commitment': KeyUsageFlags.nonRepudiation,
  'key encipherment': KeyUsageFlags.keyEncipherment, 'key agreement': KeyUsageFlags.keyAgreement, 'data encipherment': KeyUsageFlags.dataEncipherment,
  'cert sign': KeyUsageFlags.keyCertSign, 'crl sign': KeyUsageFlags.cRLSign, 'encipher only': KeyUsageFlags.encipherOnly, 'decipher only': KeyUsageFlags.decipherOnly,
};
const PURPOSES: Readonly<Record<string, string>> = {
  any: '2.5.29.37.0', 'server auth': ExtendedKeyUsage.serverAuth, 'client auth': ExtendedKeyUsage.clientAuth, 'code signing': ExtendedKeyUsage.codeSigning,
  'email protection': ExtendedKeyUsage.emailProtection, 's/mime': ExtendedKeyUsage.emailProtection, 'ipsec end system': '1.3.6.1.5.5.7.3.5', 'ipsec tunnel': '1.3.6.1.5.5.7.3.6',
  'ipsec user': '1.3.6.1.5.5.7.3.7', timestamping: ExtendedKeyUsage.timeStamping, 'ocsp signing': ExtendedKeyUsage.ocspSigning, 'microsoft sgc': '1.3.6.1.4.1.311.10.3.3', 'netscape sgc': '2.16.840.1.113730.4.1',
};

const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17';

/** @param nowMs this machine's time */
export async function signRequest(ca: KeyPair, request: string, { usages, durationMs }: SigningTerms, nowMs: number): Promise<string> {
  cryptoProvider.set(webcrypto);
  const issuer = await readIssuer(ca);
  const asked = new Pkcs10CertificateRequest(request);
  const end = issuer.certificate.notAfter.getTime();
  if (nowMs >= end) throw new Error(`refusing to sign a certificate that expired in the past: NotAfter=${issuer.certificate.notAfter.toISOString()}`);
  const wanted = nowMs + durationMs - (durationMs < SHORT_MS ? 0 : BACKDATE_MS);
  const certificate = await X509CertificateGenerator.create({
    serialNumber: randomBytes(16).toString('hex'), notBefore: new Date(nowMs - BACKDATE_MS), notAfter: new Date(Math.min(wanted, end)),
    subject: asked.subjectName, issuer: issuer.certificate.subject, signingAlgorithm: ALGORITHM, publicKey: asked.publicKey, signingKey: issuer.privateKey,
    extensions: await extensionsOf(asked, usages, issuer.certificate),
  });
  return pem(certificate);
}

async function extensionsOf(asked: Pkcs10CertificateRequest, usages: readonly string[], issuer: Parameters<typeof AuthorityKeyIdentifierExtension.create>[0]): Promise<Extension[]> {
  const flags = usages.reduce((all, usage) => all | (KEY_USAGES[usage] ?? 0), 0);
  const purposes = [...new Set(usages.flatMap((usage) => PURPOSES[usage] ?? []))];
  const names = asked.getExtension(SUBJECT_ALTERNATIVE_NAME);
  return [
    ...(flags === 0 ? [] : [new KeyUsagesExtension(flags, true)]),
    ...(purposes.length === 0 ? [] : [new ExtendedKeyUsageExtension(purposes)]),
    new BasicConstraintsExtension(false, undefined, true),
    await AuthorityKeyIdentifierExtension.create(issuer),
    ...(names ? [names] : []),
  ];
}
