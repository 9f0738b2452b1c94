/** kubectl set: a family (kubectl pkg/cmd/set). */
import { defineCommand } from '../command.ts';

export const command = defineCommand({
  name: 'set',
  usage: 'set SUBCOMMAND',
  short: 'Set specific features on objects',
  long: 'Change a single aspect of objects that are there: images, environment, resources, selectors, service accounts, subjects.',
  flags: {},
  subcommands: [
    { name: 'env', short: 'Update environment variables on a pod template', load: () => import('./set/env.ts') },
    { name: 'image', short: 'Update the image of a pod template', load: () => import('./set/image.ts') },
    { name: 'resources', short: 'Update resource requests/limits on objects with pod templates', load: () => import('./set/resources.ts') },
    { name: 'selector', short: 'Set the selector on a resource', load: () => import('./set/selector.ts') },
    { name: 'serviceaccount', aliases: ['sa'], short: 'Update the service account of a resource', load: () => import('./set/serviceaccount.ts') },
    { name: 'subject', short: 'Update the user, group, or service account in a role binding or cluster role binding', load: () => import('./set/subject.ts') },
  ],
});
