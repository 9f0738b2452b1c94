/** kubectl port-forward (kubectl pkg/cmd/portforward/portforward.go). */
import type { Pod } from '../../api/generated/types.ts';
import { PODS } from '../../api/kinds.ts';
import { findResources } from '../builder/builder.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import { CommandError, usageError } from '../errors.ts';
import type { Flags } from '../flags.ts';
import { attachablePod } from '../shared/pod-of-object.ts';
import { checkRunningTimeout, runningTimeoutFlag } from '../shared/pod-session.ts';
import { forwardPorts } from './port-forward/forwarder.ts';
import { portsOfPod, portsOfService } from './port-forward/ports.ts';

const portForwardFlags = {
  ...runningTimeoutFlag,
  address: { type: 'strings', default: ['localhost'], description: 'Where to listen: IP addresses, or localhost for both of its addresses, as far as they are to be had.' },
} as const;

export const command = defineCommand({
  name: 'port-forward',
  usage: 'port-forward TYPE/NAME [options] [LOCAL_PORT:]REMOTE_PORT [...[LOCAL_PORT_N:]REMOTE_PORT_N]',
  short: 'Forward one or more local ports to a pod',
  long: `Forward local ports to a pod.

 The pod may be one of a workload or of a service (deployment/mydeployment); of several, one is picked.

 The session ends with the pod; forwarding goes on with another one when the command is run again.`,
  examples: `# Local ports 5000 and 6000 lead to the same ports of the pod
kubectl port-forward pod/mypod 5000 6000

# To a pod of the deployment
kubectl port-forward deployment/mydeployment 5000 6000

# Local port 8443 leads to what the service's port "https" leads to
kubectl port-forward service/myservice 8443:https

# Local port 8888 leads to port 5000 of the pod, from all addresses
kubectl port-forward --address 0.0.0.0 pod/mypod 8888:5000

# Any local port that is free
kubectl port-forward pod/mypod :5000`,
  flags: portForwardFlags,
  endedByInterrupt: true,
  run: runPortForward,
});

async function runPortForward(ctx: CommandContext, args: readonly string[], { values }: Flags<typeof portForwardFlags>): Promise<void> {
  const [name, ...wanted] = args;
  if (name === undefined || wanted.length === 0) throw usageError(ctx, 'TYPE/NAME and list of ports are required for port-forward');
  checkRunningTimeout(ctx, values['pod-running-timeout']);
  const namespace = await ctx.namespace();
  const found = await findResources(ctx, { args: [name], defaultType: 'pods', namespace, continueOnError: true });
  const [info] = await found.infos();
  const object = info?.object;
  if (!object) throw new CommandError('expected a resource');
  const chosen = await attachablePod(ctx, object, values['pod-running-timeout']);
  const ports = object.kind === 'Service' ? portsOfService(wanted, object, chosen) : portsOfPod(wanted, chosen);
  const pod: Pod = await (await ctx.client()).of(PODS).get(namespace, chosen.metadata?.name ?? '');
  if (pod.status?.phase !== 'Running') throw new CommandError(`unable to forward port because pod is not running. Current status=${pod.status?.phase ?? ''}`);
  await forwardPorts(ctx, { namespace, pod: pod.metadata?.name ?? '' }, ports, values.address);
}
