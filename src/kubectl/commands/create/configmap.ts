/** kubectl create configmap. */
import { defineCommand } from '../../command.ts';
import { CommandError } from '../../errors.ts';
import { newConfigMap } from '../../generate/config-map.ts';
import { createFlags, prepareCreate, requireName } from './shared.ts';

export const command = defineCommand({
  name: 'configmap',
  aliases: ['cm'],
  usage: 'configmap NAME [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]',
  short: 'Create a config map from a local file, directory or literal value.',
  long: `Create a config map of files, folders, or values given on the command line.

 A file's key is its base name, unless another is given. Of a folder each regular file is taken whose name is a valid key.`,
  examples: `# Each file of a folder
kubectl create configmap my-config --from-file=path/to/bar

# Files under keys of their own
kubectl create configmap my-config --from-file=key1=/path/to/bar/file1.txt --from-file=key2=/path/to/bar/file2.txt

# Values
kubectl create configmap my-config --from-literal=key1=config1 --from-literal=key2=config2

# The key=value lines of files
kubectl create configmap my-config --from-env-file=path/to/foo.env --from-env-file=path/to/bar.env`,
  flags: {
    ...createFlags,
    'append-hash': { type: 'bool', default: false, description: 'Add a hash of the content to the name.' },
    'from-env-file': { type: 'strings', default: [], description: 'File with key=value lines.' },
    'from-file': { type: 'strings', default: [], description: "File to take, under its base name or key=path; of a folder, each file whose name is a valid key." },
    'from-literal': { type: 'array', default: [], description: 'Key and value: mykey=somevalue.' },
  },
  async run(ctx, args, flags) {
    const { values } = flags;
    const { name, namespace, create } = await prepareCreate(ctx, args, flags);
    const sources = { files: values['from-file'], literals: values['from-literal'], envFiles: values['from-env-file'], env: ctx.env };
    requireName(name);
    if (sources.envFiles.length > 0 && sources.files.length + sources.literals.length > 0) throw new CommandError('from-env-file cannot be combined with from-file or from-literal');
    await create(newConfigMap({ ...sources, name, namespace, appendHash: values['append-hash'] }), { failure: 'failed to create configmap:' });
  },
});
