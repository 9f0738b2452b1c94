/** kubectl create service: a family. */
import { defineCommand } from '../../command.ts';

export const command = defineCommand({
  name: 'service',
  aliases: ['svc'],
  usage: 'service [flags]',
  short: 'Create a service using a specified subcommand.',
  flags: {},
  subcommands: [
    { name: 'clusterip', short: 'Create a ClusterIP service', load: () => import('./service/clusterip.ts') },
    { name: 'externalname', short: 'Create an ExternalName service', load: () => import('./service/externalname.ts') },
    { name: 'loadbalancer', short: 'Create a LoadBalancer service', load: () => import('./service/loadbalancer.ts') },
    { name: 'nodeport', short: 'Create a NodePort service', load: () => import('./service/nodeport.ts') },
  ],
});
