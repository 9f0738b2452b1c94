/** kubectl set resources (kubectl pkg/cmd/set/set_resources.go, pkg/generate/versioned/generate.go). */
import { canonicalQuantity } from '../../../api/quantity.ts';
import { defineCommand } from '../../command.ts';
import { LOCAL_RESOURCE } from '../../builder/builder.ts';
import { CommandError } from '../../errors.ts';
import { record, recordFlags } from '../../shared/record.ts';
import { podSpecOf, selectContainers } from './pod-spec.ts';
import { applyChange, findTyped, selectorFlags, SERVER_AND_LOCAL, setFlags, settingOf } from './shared.ts';

const flagTable = {
  ...setFlags,
  ...selectorFlags,
  ...recordFlags,
  containers: { type: 'string', default: '*', short: 'c', description: 'Names of the containers to change; all by default. May have wildcards.' },
  limits: { type: 'string', default: '', description: "Limits of the containers, as in 'cpu=100m,memory=256Mi'. The server may add some of its own." },
  requests: { type: 'string', default: '', description: "Requests of the containers, as in 'cpu=100m,memory=256Mi'. The server may add some of its own." },
} as const;

export const command = defineCommand({
  name: 'resources',
  usage: 'resources (-f FILENAME | TYPE NAME)  ([--limits=LIMITS & --requests=REQUESTS]',
  short: 'Update resource requests/limits on objects with pod templates',
  long: `Set what containers request of CPU and memory, and their limits. A container that is scheduled has what it requests, and may use more up to its limit. Where a limit is set and no request, the request is the limit.

 Possible resources: all that have a pod template. Use "kubectl api-resources" for a complete list of supported resources.`,
  examples: `# Limits of one container
kubectl set resources deployment nginx -c=nginx --limits=cpu=200m,memory=512Mi

# Requests and limits of all containers
kubectl set resources deployment nginx --limits=cpu=200m,memory=512Mi --requests=cpu=100m,memory=256Mi

# Remove them
kubectl set resources deployment nginx --limits=cpu=0,memory=0 --requests=cpu=0,memory=0

# Change a manifest and print it, without a server
kubectl set resources -f path/to/file.yaml --limits=cpu=200m,memory=512Mi --local -o yaml`,
  flags: flagTable,
  async run(ctx, args, flags) {
    const { values } = flags;
    const setting = await settingOf(ctx, flags, 'resource requirements updated');
    if (values.local && args.length > 0) throw new CommandError(LOCAL_RESOURCE);
    const infos = await findTyped(ctx, args, flags);
    if (values.local && setting.dryRun === 'server') throw new CommandError(SERVER_AND_LOCAL);
    if (values.all && values.selector !== '') throw new CommandError('cannot set --all and --selector at the same time');
    if (values.limits === '' && values.requests === '') throw new CommandError('you must specify an update to requests or limits (in the form of --requests/--limits)');
    const limits = parseList(values.limits);
    const requests = parseList(values.requests);
    const faults: unknown[] = [];
    await applyChange(ctx, infos, setting, {
      failure: 'failed to patch resources update to pod template',
      mutate(object) {
        const containers = selectContainers(podSpecOf(object), values.containers);
        if (containers.length === 0) {
          faults.push(new CommandError(`error: unable to find container named ${values.containers}`));
          return false;
        }
        for (const container of containers) {
          container.resources ??= {};
          if (values.limits !== '') container.resources.limits = { ...container.resources.limits, ...limits };
          if (values.requests !== '') container.resources.requests = { ...container.resources.requests, ...requests };
        }
        record(ctx, flagTable, values, object);
        return true;
      },
    }, faults);
  },
});

/** "cpu=100m,memory=1Gi" */
function parseList(text: string): Record<string, string> {
  const list: Record<string, string> = {};
  if (text === '') return list;
  for (const statement of text.split(',')) {
    const [name = '', quantity, ...more] = statement.split('=');
    if (quantity === undefined || more.length > 0) throw new CommandError(`Invalid argument syntax ${statement}, expected <resource>=<value>`);
    list[name] = canonicalQuantity(quantity);
  }
  return list;
}
