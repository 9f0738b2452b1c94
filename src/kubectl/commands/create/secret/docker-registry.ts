/** kubectl create secret docker-registry. */
import { defineCommand } from '../../../command.ts';
import { CommandError } from '../../../errors.ts';
import { DOCKER_CONFIG_KEY, dockerConfig, newSecret, secretPairs } from '../../../generate/secret.ts';
import { createFlags, prepareCreate, requireName } from '../shared.ts';

export const command = defineCommand({
  name: 'docker-registry',
  usage: 'docker-registry NAME --docker-username=user --docker-password=password --docker-email=email [--docker-server=string] [--from-file=[key=]source] [--dry-run=server|client|none]',
  short: 'Create a secret for use with a Docker registry.',
  long: `Create a secret with the login for a container registry.

 Nodes use it to pull images for the pods that name it under imagePullSecrets.`,
  examples: `# From user and password
kubectl create secret docker-registry my-secret --docker-server=DOCKER_REGISTRY_SERVER --docker-username=DOCKER_USER --docker-password=DOCKER_PASSWORD --docker-email=DOCKER_EMAIL

# From what "docker login" wrote
kubectl create secret docker-registry my-secret --from-file=path/to/.docker/config.json`,
  flags: {
    ...createFlags,
    'append-hash': { type: 'bool', default: false, description: 'Add a hash of the content to the name.' },
    'docker-email': { type: 'string', default: '', description: 'Email for the registry.' },
    'docker-password': { type: 'string', default: '', description: 'Password for the registry.' },
    'docker-server': { type: 'string', default: 'https://index.docker.io/v1/', description: 'The registry.' },
    'docker-username': { type: 'string', default: '', description: 'User of the registry.' },
    'from-file': { type: 'strings', default: [], description: `File with the login; its key is always ${DOCKER_CONFIG_KEY}.` },
  },
  async run(ctx, args, flags) {
    const { values } = flags;
    const { name, namespace, create } = await prepareCreate(ctx, args, flags);
    const files = values['from-file'].map((source) => (source.includes('=') ? source : `${DOCKER_CONFIG_KEY}=${source}`));
    const login = { server: values['docker-server'], username: values['docker-username'], password: values['docker-password'], email: values['docker-email'] };
    requireName(name);
    if (files.length === 0 && (login.username === '' || login.password === '' || login.server === '')) {
      throw new CommandError('either --from-file or the combination of --docker-username, --docker-password and --docker-server is required');
    }
    const pairs = files.length > 0 ? secretPairs({ files, literals: [], envFiles: [], env: ctx.env }) : new Map([[DOCKER_CONFIG_KEY, dockerConfig(login)]]);
    await create(newSecret({ name, namespace, type: 'kubernetes.io/dockerconfigjson', appendHash: values['append-hash'] }, pairs), { failure: 'failed to create secret' });
  },
});
