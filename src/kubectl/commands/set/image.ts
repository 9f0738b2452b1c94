/** kubectl set image (kubectl pkg/cmd/set/set_image.go). */
import { goQuote } from '../../../api/quote.ts';
import { defineCommand } from '../../command.ts';
import { LOCAL_RESOURCE } from '../../builder/builder.ts';
import { CommandError, MultipleErrors } from '../../errors.ts';
import { parsePairs, resourcesAndPairs } from '../../shared/pairs.ts';
import { record, recordFlags } from '../../shared/record.ts';
import { podSpecOf, type ContainerDraft } from './pod-spec.ts';
import { applyChange, findTyped, selectorFlags, SERVER_AND_LOCAL, setFlags, settingOf } from './shared.ts';

const flagTable = { ...setFlags, ...selectorFlags, ...recordFlags } as const;

export const command = defineCommand({
  name: 'image',
  usage: 'image (-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N',
  short: 'Update the image of a pod template',
  long: `Give containers another image.

 Possible resources: pod (po), replicationcontroller (rc), deployment (deploy), daemonset (ds), statefulset (sts), cronjob (cj), replicaset (rs).`,
  examples: `# Images of two containers of a deployment
kubectl set image deployment/nginx busybox=busybox nginx=nginx:1.9.1

# The container nginx in all deployments and replication controllers
kubectl set image deployments,rc nginx=nginx:1.9.1 --all

# All containers of a daemon set
kubectl set image daemonset abc *=nginx:1.9.1

# Change a manifest and print it, without a server
kubectl set image -f path/to/file.yaml nginx=nginx:1.9.1 --local -o yaml`,
  flags: flagTable,
  async run(ctx, args, flags) {
    const { values } = flags;
    const setting = await settingOf(ctx, flags, 'image updated');
    const { resources, pairs } = resourcesAndPairs(args, 'image');
    const { set: images } = parsePairs(pairs, 'image', false);
    if (values.local && resources.length > 0) throw new CommandError(LOCAL_RESOURCE);
    const infos = await findTyped(ctx, resources, flags);

    const wrong: string[] = [];
    if (values.all && values.selector !== '') wrong.push('cannot set --all and --selector at the same time');
    if (resources.length < 1 && values.filename.length === 0 && values.kustomize === '') wrong.push('one or more resources must be specified as <resource> <name> or <resource>/<name>');
    if (images.size < 1) wrong.push('at least one image update is required');
    else if (images.size > 1 && images.has('*')) wrong.push('all containers are already specified by *, but saw more than one container_name=container_image pairs');
    if (values.local && setting.dryRun === 'server') wrong.push(SERVER_AND_LOCAL);
    if (wrong.length > 0) throw new MultipleErrors(wrong.map((text) => new CommandError(text)));

    const faults: unknown[] = [];
    await applyChange(ctx, infos, setting, {
      failure: 'failed to patch image update to pod template:',
      mutate(object) {
        const spec = podSpecOf(object);
        for (const [name, image] of images) {
          const found = [setImage(spec.initContainers, name, image), setImage(spec.containers, name, image)];
          if (!found.includes(true)) faults.push(new CommandError(`error: unable to find container named ${goQuote(name)}`));
        }
        record(ctx, flagTable, values, object);
      },
    }, faults);
  },
});

function setImage(containers: readonly ContainerDraft[] | undefined, name: string, image: string): boolean {
  const found = (containers ?? []).filter((container) => name === '*' || container.name === name);
  for (const container of found) {
    if (image === '') delete container.image;
    else container.image = image;
  }
  return found.length > 0;
}
