/** kubectl rollout resume (kubectl pkg/cmd/rollout/rollout_resume.go, polymorphichelpers/objectresumer.go). */
import { defineCommand } from '../../command.ts';
import { changeAll, changeFlags } from './shared.ts';

export const command = defineCommand({
  name: 'resume',
  usage: 'resume RESOURCE',
  short: 'Resume a paused resource',
  long: `Resume a paused deployment.

 Its controller takes it up again, with all that was changed in the meantime. Only deployments can be paused and resumed.`,
  examples: `# Resume a paused deployment
kubectl rollout resume deployment/nginx`,
  flags: changeFlags,
  run: (ctx, args, flags) =>
    changeAll(ctx, args, flags, {
      done: 'resumed',
      mutate(object) {
        if (object.kind !== 'Deployment') throw new Error('resuming is not supported');
        const { spec } = object as unknown as { spec: { paused?: boolean } };
        if (!spec.paused) throw new Error('is not paused');
        delete spec.paused;
      },
      unchanged: () => ({ operation: 'already resumed' }),
    }),
});
