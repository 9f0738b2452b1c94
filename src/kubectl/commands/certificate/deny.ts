/** kubectl certificate deny. */
import { defineCommand } from '../../command.ts';
import { certificateFlags, decide } from './shared.ts';

export const command = defineCommand({
  name: 'deny',
  usage: 'deny (-f FILENAME | NAME)',
  short: 'Deny a certificate signing request.',
  long: `Deny a certificate signing request.

 Tells the signing controllers not to issue a certificate for it.`,
  examples: `# The request 'csr-sqgzp'
kubectl certificate deny csr-sqgzp`,
  flags: certificateFlags('denied'),
  run: (ctx, args, flags) => decide(ctx, args, flags, { type: 'Denied', opposite: 'Approved', reason: 'KubectlDeny', message: 'This CSR was denied by kubectl certificate deny.', done: 'denied' }),
});
