/** kubectl cluster-info (kubectl pkg/cmd/clusterinfo/clusterinfo.go). */
import type { Service } from '../../api/generated/types.ts';
import { SERVICES } from '../../api/kinds.ts';
import { defineCommand } from '../command.ts';
import { serverAddress } from '../shared/server-address.ts';

export const command = defineCommand({
  name: 'cluster-info',
  usage: 'cluster-info [flags]',
  short: 'Display cluster information',
  long: "Show where the control plane and the services labelled kubernetes.io/cluster-service=true are. 'kubectl cluster-info dump' shows all that helps to find a fault.",
  examples: `# The addresses of the control plane and the cluster's services
kubectl cluster-info`,
  flags: {},
  acceptsArguments: true,
  subcommands: [{ name: 'dump', short: 'Dump relevant information for debugging and diagnosis', load: () => import('./cluster-info/dump.ts') }],
  async run(ctx) {
    const { stdout } = ctx.streams;
    const namespace = ctx.globals.values.namespace || 'kube-system';
    const host = serverAddress(ctx);
    const client = await ctx.client();
    try {
      const { items } = await client.of(SERVICES).list(namespace, { labelSelector: 'kubernetes.io/cluster-service=true' });
      stdout.write(`Kubernetes control plane is running at ${host}\n`);
      for (const service of items) stdout.write(`${service.metadata.labels?.['kubernetes.io/name'] || service.metadata.name} is running at ${linkTo(service, host)}\n`);
    } finally {
      stdout.write(`\nTo further debug and diagnose cluster problems, use '${ctx.program} cluster-info dump'.\n`);
    }
  },
});

function linkTo({ metadata, spec, status }: Service, host: string): string {
  const [ingress] = status?.loadBalancer?.ingress ?? [];
  const ports = spec?.ports ?? [];
  if (ingress) return ports.map(({ port }) => `http://${ingress.ip || ingress.hostname || ''}:${port} `).join('');
  const [port] = ports;
  const name = metadata?.name ?? '';
  const scheme = port && (port.name === 'https' || port.port === 443) ? 'https' : '';
  // <scheme>:<service>:<port>, as much of it as there is (apimachinery util/net: JoinSchemeNamePort).
  const target = scheme !== '' ? `${scheme}:${name}:${port?.name ?? ''}` : port?.name ? `${name}:${port.name}` : name;
  return `${host}/api/v1/namespaces/${metadata?.namespace ?? ''}/services/${target}/proxy`;
}
