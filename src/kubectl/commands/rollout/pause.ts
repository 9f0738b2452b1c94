/** kubectl rollout pause (kubectl pkg/cmd/rollout/rollout_pause.go, polymorphichelpers/objectpauser.go). */
import { defineCommand } from '../../command.ts';
import { changeAll, changeFlags } from './shared.ts';

export const command = defineCommand({
  name: 'pause',
  usage: 'pause RESOURCE',
  short: 'Mark the provided resource as paused',
  long: `Mark a deployment as paused.

 No controller rolls out the changes of a paused deployment until "kubectl rollout resume". What runs goes on running. Only deployments can be paused.`,
  examples: `# Pause nginx: changes of its template have no effect until it is resumed
kubectl rollout pause deployment/nginx`,
  flags: changeFlags,
  run: (ctx, args, flags) =>
    changeAll(ctx, args, flags, {
      done: 'paused',
      mutate(object) {
        if (object.kind !== 'Deployment') throw new Error('pausing is not supported');
        const { spec } = object as unknown as { spec: { paused?: boolean } };
        if (spec.paused) throw new Error('is already paused');
        spec.paused = true;
      },
      unchanged: () => ({ operation: 'already paused' }),
    }),
});
