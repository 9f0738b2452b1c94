/** kubectl create deployment. */
import { defineCommand } from '../../command.ts';
import { CommandError } from '../../errors.ts';
import { newDeployment } from '../../generate/deployment.ts';
import { randomSuffix } from '../../shared/random-suffix.ts';
import { createFlags, prepareCreate } from './shared.ts';

export const command = defineCommand({
  name: 'deployment',
  aliases: ['deploy'],
  usage: 'deployment NAME --image=image -- [COMMAND] [args...]',
  short: 'Create a deployment with the specified name.',
  examples: `# A deployment that runs an image
kubectl create deployment my-dep --image=busybox

# With a command
kubectl create deployment my-dep --image=busybox -- date

# With 3 replicas
kubectl create deployment my-dep --image=nginx --replicas=3

# With a port
kubectl create deployment my-dep --image=busybox --port=5701

# With several containers
kubectl create deployment my-dep --image=busybox:latest --image=ubuntu:latest --image=nginx`,
  flags: {
    ...createFlags,
    image: { type: 'strings', default: [], description: 'Images to run; several make a pod with several containers.' },
    port: { type: 'int32', default: -1, description: 'Port that the first container exposes.' },
    replicas: { type: 'int32', default: 1, short: 'r', description: 'How many replicas. 1 where nothing is said.' },
  },
  required: ['image'],
  async run(ctx, args, flags) {
    const { image: images, port, replicas } = flags.values;
    const { name, namespace, create } = await prepareCreate(ctx, args, flags);
    const containerCommand = args.slice(1);
    if (images.length > 1 && containerCommand.length > 0) throw new CommandError('cannot specify multiple --image options and command');
    await create(newDeployment({ name, namespace, images, port, replicas, command: containerCommand, randomSuffix: () => randomSuffix(5) }), { failure: 'failed to create deployment:' });
  },
});
