/**
 * Makes the cluster's keys and certificates as `kubeadm init` does (cmd/kubeadm/app/phases/certs/certlist.go), with EC
 * keys. They are about this machine's time, whatever the cluster's clock says. Loading the library takes longer than
 * the work: only who has no PKI yet imports this file.
 */
import 'reflect-metadata';
import { createPrivateKey, KeyObject, randomBytes, webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension, cryptoProvider, ExtendedKeyUsage, ExtendedKeyUsageExtension, type Extension, type JsonGeneralName, KeyUsageFlags,
  KeyUsagesExtension, SubjectAlternativeNameExtension, SubjectKeyIdentifierExtension, AuthorityKeyIdentifierExtension, X509Certificate, X509CertificateGenerator,
} from '@peculiar/x509';
import type { Disk } from '../../simulation/disk.ts';
import { type KeyPair, type Pki, readPair, readServiceAccountKeys, writePki } from './files.ts';

export const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
/** kubeadm's: certificates begin a little before now, for clocks that are behind. */
const BACKDATE_MS = 5 * 60_000;
const VALID_MS = 10 * 365 * 24 * 3600_000;
/** By which names and addresses the API server may be called: kubeadm's, and loopback. */
const SERVER_NAMES: JsonGeneralName[] = [
  ...['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local', 'localhost'].map((value): JsonGeneralName => ({ type: 'dns', value })),
  ...['127.0.0.1', '::1'].map((value): JsonGeneralName => ({ type: 'ip', value })),
];

export interface PkiSubject {
  /** The addresses that the API server has beside loopback: its Service's and the one that it advertises. */
  readonly addresses: readonly string[];
  /** This machine's time. */
  readonly nowMs: number;
}

/** An authority that can sign. */
interface Issuer extends KeyPair {
  readonly certificate: X509Certificate;
  readonly privateKey: webcrypto.CryptoKey;
}

/** Makes what the folder lacks. */
export async function makePki(disk: Disk, folder: string, subject: PkiSubject): Promise<void> {
  cryptoProvider.set(webcrypto);
  const known = readPair(disk, folder, 'ca');
  const ca = known ? await readIssuer(known) : await makeAuthority('kubernetes', subject.nowMs);
  const names: JsonGeneralName[] = [...SERVER_NAMES, ...subject.addresses.map((value): JsonGeneralName => ({ type: 'ip', value }))];
  const [apiserver, admin] = await Promise.all([
    // Of another authority they would be worth nothing.
    (known && readPair(disk, folder, 'apiserver')) ?? sign(ca, 'CN=kube-apiserver', subject.nowMs, [new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]), new SubjectAlternativeNameExtension(names)]),
    (known && readPair(disk, folder, 'admin')) ?? sign(ca, 'O=system:masters, CN=kubernetes-admin', subject.nowMs, [new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth])]),
  ]);
  const pki: Pki = { ca: { cert: ca.cert, key: ca.key }, apiserver, admin, serviceAccount: readServiceAccountKeys(disk, folder) ?? (await makeSigningKeys()) };
  writePki(disk, folder, pki);
}

export async function readIssuer(pair: KeyPair): Promise<Issuer> {
  const pkcs8 = createPrivateKey(pair.key).export({ type: 'pkcs8', format: 'der' });
  return { ...pair, certificate: new X509Certificate(pair.cert), privateKey: await webcrypto.subtle.importKey('pkcs8', pkcs8, ALGORITHM, false, ['sign']) };
}

async function makeAuthority(name: string, nowMs: number): Promise<Issuer> {
  const keys = await generateKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...validity(nowMs), serialNumber: serialNumber(), name: `CN=${name}`, signingAlgorithm: ALGORITHM, keys,
    extensions: [
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment | KeyUsageFlags.keyCertSign, true),
      new BasicConstraintsExtension(true, undefined, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      new SubjectAlternativeNameExtension([{ type: 'dns', value: name }]),
    ],
  });
  return { certificate, cert: pem(certificate), key: keyPem(keys.privateKey), privateKey: keys.privateKey };
}

async function sign(issuer: Issuer, subject: string, nowMs: number, extensions: readonly Extension[]): Promise<KeyPair> {
  const keys = await generateKeys();
  const certificate = await X509CertificateGenerator.create({
    ...validity(nowMs), serialNumber: serialNumber(), subject, issuer: issuer.certificate.subject, signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey, signingKey: issuer.privateKey,
    extensions: [
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
      new BasicConstraintsExtension(false, undefined, true),
      await AuthorityKeyIdentifierExtension.create(issuer.certificate),
      ...extensions,
    ],
  });
  return { cert: pem(certificate), key: keyPem(keys.privateKey) };
}

const generateKeys = (): Promise<webcrypto.CryptoKeyPair> => webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>;

async function makeSigningKeys(): Promise<Pki['serviceAccount']> {
  const keys = await generateKeys();
  return { publicKey: KeyObject.from(keys.publicKey).export({ type: 'spki', format: 'pem' }).toString(), privateKey: keyPem(keys.privateKey) };
}

const validity = (nowMs: number) => ({ notBefore: new Date(nowMs - BACKDATE_MS), notAfter: new Date(nowMs - BACKDATE_MS + VALID_MS) });
/** 63 random bits, as kubeadm's. */
const serialNumber = (): string => {
  const bytes = randomBytes(8);
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  return bytes.toString('hex');
};
const keyPem = (key: webcrypto.CryptoKey): string => KeyObject.from(key).export({ type: 'sec1', format: 'pem' }).toString();
export const pem = (certificate: X509Certificate): string => `${certificate.toString('pem')}\n`;
