/** kubectl config set-cluster (kubectl pkg/cmd/config/set_cluster.go). */
import { resolve } from 'node:path';
import type { JsonObject, JsonValue } from '../../../api/json.ts';
import { goQuote } from '../../../api/quote.ts';
import { type Command, defineCommand } from '../../command.ts';
import { CommandError } from '../../errors.ts';
import type { Flags, FlagTable } from '../../flags.ts';
import { checkFile, embedsNothing, fileData } from './embedded-files.ts';
import { unexpectedArguments } from './help-error.ts';
import { modifyKubeconfig } from './kubeconfig-file.ts';

const flagTable = {
  'certificate-authority': { type: 'string', default: '', description: "File with the certificate of the authority that signed the cluster's." },
  'embed-certs': { type: 'bool', default: false, description: 'Put the content of the file into the kubeconfig.' },
  'insecure-skip-tls-verify': { type: 'bool', default: false, description: "Do not check the cluster's certificate." },
  'proxy-url': { type: 'string', default: '', description: 'Proxy to reach the cluster through.' },
  server: { type: 'string', default: '', description: 'Address of the cluster.' },
  'tls-server-name': { type: 'string', default: '', description: "Name that the cluster's certificate must have." },
} as const satisfies FlagTable;

export const command: Command = defineCommand({
  name: 'set-cluster',
  usage: 'set-cluster NAME [--server=server] [--certificate-authority=path/to/certificate/authority] [--insecure-skip-tls-verify=true] [--tls-server-name=example.com]',
  short: 'Set a cluster entry in kubeconfig',
  long: 'Adds a cluster to the kubeconfig, or changes what is given of one that is there.',
  examples: `# Only the address
kubectl config set-cluster e2e --server=https://1.2.3.4

# With the authority's certificate inside
kubectl config set-cluster e2e --embed-certs --certificate-authority=~/.kube/e2e/kubernetes.ca.crt`,
  flags: flagTable,
  async run(ctx, args, flags) {
    const [name] = args;
    if (name === undefined || args.length !== 1) return unexpectedArguments(ctx, command, args);
    const { values } = flags;
    const authority = values['certificate-authority'];
    if (name === '') throw new CommandError('you must specify a non-empty cluster name');
    if (values['insecure-skip-tls-verify'] && authority !== '') throw new CommandError('you cannot specify a certificate authority and insecure mode at the same time');
    if (values['embed-certs']) {
      if (authority === '') throw new CommandError('you must specify a --certificate-authority to embed');
      checkFile('certificate-authority', authority);
    }
    modifyKubeconfig(ctx, (config) => {
      const before = config.clusters[name] ?? {};
      config.clusters[name] = changed(before, flags);
      return embedsNothing(before, config.clusters[name]) ? 'rewrite' : undefined;
    });
    ctx.streams.stdout.write(`Cluster ${goQuote(name)} set.\n`);
  },
});

function changed(before: JsonObject, flags: Flags<typeof flagTable>): JsonObject {
  const { values } = flags;
  const cluster: Record<string, JsonValue | undefined> = { ...before };
  if (flags.changed('server')) {
    cluster['server'] = values.server;
    delete cluster['tls-server-name'];
  }
  if (flags.changed('tls-server-name')) cluster['tls-server-name'] = values['tls-server-name'];
  if (flags.changed('insecure-skip-tls-verify')) {
    cluster['insecure-skip-tls-verify'] = values['insecure-skip-tls-verify'];
    if (values['insecure-skip-tls-verify']) {
      delete cluster['certificate-authority'];
      delete cluster['certificate-authority-data'];
    }
  } else delete cluster['insecure-skip-tls-verify'];
  if (flags.changed('certificate-authority')) {
    const file = values['certificate-authority'];
    delete cluster['insecure-skip-tls-verify'];
    if (values['embed-certs']) {
      cluster['certificate-authority-data'] = fileData(file);
      delete cluster['certificate-authority'];
    } else {
      cluster['certificate-authority'] = resolve(file);
      delete cluster['certificate-authority-data'];
    }
  }
  if (flags.changed('proxy-url')) cluster['proxy-url'] = values['proxy-url'];
  return cluster;
}
