/** A webhook over real HTTPS in this process, with a certificate of its own. */
import 'reflect-metadata';
import { webcrypto, KeyObject } from 'node:crypto';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface Review {
  readonly apiVersion: string;
  readonly kind: string;
  readonly request: Readonly<Record<string, unknown>> & { readonly uid: string; readonly object: Readonly<Record<string, unknown>> | null; readonly operation: string };
}

export interface WebhookServer {
  readonly url: string;
  readonly port: number;
  /** PEM, base64: what goes into caBundle. */
  readonly caBundle: string;
  /** What was asked. */
  readonly reviews: Review[];
  /** What is answered: the response's fields beside uid, or a whole body with a status code. */
  answer: (review: Review) => Record<string, unknown> | { readonly code: number; readonly body: string } | Promise<never>;
  close(): Promise<void>;
}

export const jsonPatch = (...operations: readonly unknown[]): Record<string, unknown> => ({ allowed: true, patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(operations)).toString('base64') });

export async function webhookServer(names: readonly string[] = []): Promise<WebhookServer> {
  const x509 = await import('@peculiar/x509');
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: '01', name: 'CN=webhook', notBefore: new Date(Date.now() - 3_600_000), notAfter: new Date(Date.now() + 3_600_000), signingAlgorithm: algorithm, keys: keys as never,
      extensions: [new x509.BasicConstraintsExtension(true, undefined, true), new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }, ...names.map((value) => ({ type: 'dns' as const, value }))])],
    },
    webcrypto as never,
  );
  const pem = certificate.toString('pem');
  const server = createServer({ cert: pem, key: KeyObject.from(keys.privateKey as never).export({ type: 'pkcs8', format: 'pem' }) });
  const reviews: Review[] = [];
  const made: WebhookServer = {
    url: '', port: 0, reviews,
    caBundle: Buffer.from(pem).toString('base64'),
    answer: () => ({ allowed: true }),
    close: () => new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    }),
  };
  server.on('request', (request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const review = JSON.parse(text) as Review;
      reviews.push(review);
      void Promise.resolve(made.answer(review)).then((answer) => {
        if ('code' in answer && 'body' in answer) {
          response.writeHead(answer.code as number).end(answer.body);
          return;
        }
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ apiVersion: review.apiVersion, kind: 'AdmissionReview', response: { uid: review.request.uid, ...answer } }));
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(made, { port, url: `https://127.0.0.1:${port}/hook` });
}
