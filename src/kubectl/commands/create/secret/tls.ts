/** kubectl create secret tls. */
import { readFileSync } from 'node:fs';
import { keyPairFault } from '../../../../api/key-pair.ts';
import { systemText } from '../../../builder/files.ts';
import { defineCommand } from '../../../command.ts';
import { CommandError } from '../../../errors.ts';
import { newSecret } from '../../../generate/secret.ts';
import { createFlags, prepareCreate } from '../shared.ts';

export const command = defineCommand({
  name: 'tls',
  usage: 'tls NAME --cert=path/to/cert/file --key=path/to/key/file [--dry-run=server|client|none]',
  short: 'Create a TLS secret.',
  long: `Create a TLS secret of a certificate and its key.

 Both files must exist, in PEM, and belong together.`,
  examples: '# From a key pair\nkubectl create secret tls tls-secret --cert=path/to/tls.crt --key=path/to/tls.key',
  flags: {
    ...createFlags,
    'append-hash': { type: 'bool', default: false, description: 'Add a hash of the content to the name.' },
    cert: { type: 'string', default: '', description: 'File with the certificate, in PEM.' },
    key: { type: 'string', default: '', description: "File with the certificate's private key." },
  },
  async run(ctx, args, flags) {
    const { cert, key, 'append-hash': appendHash } = flags.values;
    const { name, namespace, create } = await prepareCreate(ctx, args, flags);
    if (key === '' || cert === '') throw new CommandError('key and cert must be specified');
    const certificate = read(cert);
    const privateKey = read(key);
    const fault = keyPairFault(certificate, privateKey);
    if (fault !== undefined) throw new CommandError(fault);
    const pairs = new Map([['tls.crt', certificate], ['tls.key', privateKey]]);
    await create(newSecret({ name, namespace, type: 'kubernetes.io/tls', appendHash }, pairs), { failure: 'failed to create secret' });
  },
});

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new CommandError(`Cannot read file ${path}, ${systemText(error, path)}`);
  }
}
