/** kubectl set serviceaccount (kubectl pkg/cmd/set/set_serviceaccount.go). */
import { defineCommand } from '../../command.ts';
import { CommandError } from '../../errors.ts';
import { record, recordFlags } from '../../shared/record.ts';
import { podSpecOf } from './pod-spec.ts';
import { applyChange, findTyped, SERVER_AND_LOCAL, setFlags, settingOf } from './shared.ts';

const flagTable = { ...setFlags, ...recordFlags } as const;

export const command = defineCommand({
  name: 'serviceaccount',
  aliases: ['sa'],
  usage: 'serviceaccount (-f FILENAME | TYPE NAME) SERVICE_ACCOUNT',
  short: 'Update the service account of a resource',
  long: `Let the pods of a template run under another service account.

 Possible resources: replicationcontroller (rc), deployment (deploy), daemonset (ds), job, replicaset (rs), statefulset.`,
  examples: `# The service account of a deployment
kubectl set serviceaccount deployment nginx-deployment serviceaccount1

# Change a manifest and print it, without a server
kubectl set sa -f nginx-deployment.yaml serviceaccount1 --local --dry-run=client -o yaml`,
  flags: flagTable,
  async run(ctx, args, flags) {
    const { values } = flags;
    if (values.local && values['dry-run'] === 'server') throw new CommandError(SERVER_AND_LOCAL);
    const setting = await settingOf(ctx, flags, 'serviceaccount updated');
    const account = args.at(-1);
    if (account === undefined) throw new CommandError('serviceaccount is required');
    const infos = await findTyped(ctx, args.slice(0, -1), flags);
    await applyChange(ctx, infos, setting, {
      failure: 'failed to patch ServiceAccountName',
      always: true,
      mutate(object) {
        const spec = podSpecOf(object);
        if (account === '') delete spec.serviceAccountName;
        else spec.serviceAccountName = account;
        record(ctx, flagTable, values, object);
      },
    });
  },
});
