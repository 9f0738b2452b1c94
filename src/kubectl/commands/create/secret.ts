/** kubectl create secret: a family. */
import { defineCommand } from '../../command.ts';

export const command = defineCommand({
  name: 'secret',
  usage: 'secret (docker-registry | generic | tls)',
  short: 'Create a secret using a specified subcommand.',
  long: `Create a secret of one of three types.

 docker-registry: the login for a container registry; generic: an Opaque secret; tls: a certificate and its key.`,
  flags: {},
  subcommands: [
    { name: 'docker-registry', short: 'Create a secret for use with a Docker registry', load: () => import('./secret/docker-registry.ts') },
    { name: 'generic', short: 'Create a secret from a local file, directory, or literal value', load: () => import('./secret/generic.ts') },
    { name: 'tls', short: 'Create a TLS secret', load: () => import('./secret/tls.ts') },
  ],
});
