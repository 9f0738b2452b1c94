/** kubectl rollout status (kubectl pkg/cmd/rollout/rollout_status.go). */
import { findResources } from '../../builder/builder.ts';
import { defineCommand } from '../../command.ts';
import { CommandError } from '../../errors.ts';
import { FOREVER_MS, until } from '../../shared/until.ts';
import { progressViewer } from './progress.ts';
import { rolloutQuery, targetFlags } from './shared.ts';

export const command = defineCommand({
  name: 'status',
  usage: 'status (TYPE NAME | TYPE/NAME) [flags]',
  short: 'Show the status of the rollout',
  long: `Show the status of the rollout.

 The newest rollout is watched until it is done; one that starts in between takes its place. With --watch=false the status is shown once. With --revision=N the command fails as soon as another revision than N is rolled out.`,
  examples: `# Watch a deployment's rollout
kubectl rollout status deployment/nginx`,
  flags: {
    ...targetFlags,
    revision: { type: 'int', default: 0, description: 'Show the status of this revision only; 0 stands for the last one.' },
    timeout: { type: 'duration', default: 0, description: 'How long to watch; zero: as long as it takes. Other values need a unit (1s, 2m, 3h).' },
    watch: { type: 'bool', default: true, short: 'w', description: 'Watch the rollout until it is done.' },
  },
  async run(ctx, args, flags) {
    const { revision, timeout, watch } = flags.values;
    const query = await rolloutQuery(ctx, args, flags);
    if (revision < 0) throw new CommandError(`revision must be a positive integer: ${revision}`);
    let found = false;
    await (await findResources(ctx, query)).visit(async ({ resource, namespace, name }) => {
      found = true;
      const progress = progressViewer(resource);
      let version: string | undefined;
      await until(ctx, {
        resource, namespace, name,
        deadlineMs: Date.now() + (timeout > 0 ? timeout : FOREVER_MS),
        done(object) {
          if (!object) throw new CommandError('object has been deleted');
          if (object.metadata?.resourceVersion === version) return false;
          version = object.metadata?.resourceVersion;
          const { text, done } = progress(object, revision);
          ctx.streams.stdout.write(text);
          return done || !watch;
        },
      });
    });
    if (!found) ctx.streams.stderr.write(`No resources found in ${await ctx.namespace()} namespace.\n`);
  },
});
