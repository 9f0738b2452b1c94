/** kubectl certificate approve. */
import { defineCommand } from '../../command.ts';
import { certificateFlags, decide } from './shared.ts';

export const command = defineCommand({
  name: 'approve',
  usage: 'approve (-f FILENAME | NAME)',
  short: 'Approve a certificate signing request.',
  long: `Approve a certificate signing request.

 Tells the signing controllers to issue a certificate with what the request asks for. Look at it first: whoever gets the certificate may act as the identity in it.`,
  examples: `# The request 'csr-sqgzp'
kubectl certificate approve csr-sqgzp`,
  flags: certificateFlags('approved'),
  run: (ctx, args, flags) => decide(ctx, args, flags, { type: 'Approved', opposite: 'Denied', reason: 'KubectlApprove', message: 'This CSR was approved by kubectl certificate approve.', done: 'approved' }),
});
