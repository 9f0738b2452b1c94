/** kubectl certificate: a family (kubectl pkg/cmd/certificates). */
import { defineCommand } from '../command.ts';

export const command = defineCommand({
  name: 'certificate',
  usage: 'certificate SUBCOMMAND',
  short: 'Modify certificate resources.',
  flags: {},
  helpToStdout: true,
  helpSucceeds: true,
  subcommands: [
    { name: 'approve', short: 'Approve a certificate signing request', load: () => import('./certificate/approve.ts') },
    { name: 'deny', short: 'Deny a certificate signing request', load: () => import('./certificate/deny.ts') },
  ],
});
