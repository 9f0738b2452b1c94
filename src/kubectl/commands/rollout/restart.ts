/** kubectl rollout restart (kubectl pkg/cmd/rollout/rollout_restart.go, polymorphichelpers/objectrestarter.go). */
import { formatTime } from '../../../api/time.ts';
import { defineCommand } from '../../command.ts';
import { changeAll, changeFlags } from './shared.ts';

const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';
const KINDS = new Set(['Deployment', 'DaemonSet', 'StatefulSet']);

interface Template {
  metadata?: { annotations?: Record<string, string> };
}

export const command = defineCommand({
  name: 'restart',
  usage: 'restart RESOURCE',
  short: 'Restart a resource',
  long: `Restart a resource.

 Its pods are replaced as in any other rollout.`,
  examples: `# All deployments of a namespace
kubectl rollout restart deployment -n test-namespace

# One
kubectl rollout restart deployment/nginx

# A daemon set
kubectl rollout restart daemonset/abc

# Deployments with a label
kubectl rollout restart deployment --selector=app=nginx`,
  flags: changeFlags,
  async run(ctx, args, flags) {
    await changeAll(ctx, args, flags, {
      done: 'restarted',
      mutate(object, nowMs) {
        if (!KINDS.has(object.kind ?? '')) throw new Error('restarting is not supported');
        const { spec } = object as unknown as { spec: { paused?: boolean; template: Template } };
        if (object.kind === 'Deployment' && spec.paused) throw new Error("can't restart paused deployment (run rollout resume first)");
        const { template } = spec;
        template.metadata = { ...template.metadata, annotations: { ...template.metadata?.annotations, [RESTARTED_AT]: formatTime(nowMs) } };
      },
      unchanged: ({ name }) => ({ error: `failed to create patch for ${name}: if restart has already been triggered within the past second, please wait before attempting to trigger another` }),
    });
  },
});
