/** kubectl expose (kubectl pkg/cmd/expose/expose.go). */
import type { KubeObject } from '../../api/object.ts';
import { SERVICES } from '../../api/kinds.ts';
import type { ResourceFacts } from '../../api/resource.ts';
import { findResources } from '../builder/builder.ts';
import { objectOf, type UnstructuredObject } from '../builder/info.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import { CommandError } from '../errors.ts';
import type { Flags } from '../flags.ts';
import { newExposedService } from '../generate/exposed-service.ts';
import { asObject, type StringMap } from '../generate/object.ts';
import { override, overrideFlags } from '../generate/override.ts';
import { parseLabels } from '../generate/pod.ts';
import { typedEncoder, typedPrinter } from '../generate/typed.ts';
import { dryRunFlags, dryRunOf, dryRunSuffix } from '../shared/dry-run.ts';
import { filenameFlags, filenameOptions } from '../shared/filename-flags.ts';
import { createOrUpdateAnnotation } from '../shared/last-applied.ts';
import { printFlags } from '../shared/print-flags.ts';
import { record, recordFlags } from '../shared/record.ts';
import { fieldManagerFlags, saveConfigFlags } from '../shared/write-flags.ts';

const MAX_NAME = 63;

const exposeFlags = {
  ...printFlags,
  ...filenameFlags,
  ...dryRunFlags,
  ...saveConfigFlags,
  ...overrideFlags,
  ...fieldManagerFlags('kubectl-expose'),
  ...recordFlags,
  'cluster-ip': { type: 'string', default: '', description: "The service's IP; empty for any, 'None' for a headless service." },
  'external-ip': { type: 'string', default: '', description: 'An IP of yours that leads to a node; the service takes what comes to it there.' },
  labels: { type: 'string', default: '', short: 'l', description: 'Labels of the service.' },
  'load-balancer-ip': { type: 'string', default: '', description: 'IP of the load balancer; empty for any.' },
  name: { type: 'string', default: '', description: 'Name of the service.' },
  port: { type: 'string', default: '', description: "The service's port; that of the object where nothing is said." },
  protocol: { type: 'string', default: '', description: 'Network protocol; TCP where nothing is said.' },
  selector: { type: 'string', default: '', description: "Labels of the service's pods; those that the object selects where nothing is said." },
  'session-affinity': { type: 'string', default: '', description: "Session affinity: 'None' or 'ClientIP'." },
  'target-port': { type: 'string', default: '', description: "Number or name of the container's port." },
  type: { type: 'string', default: '', description: 'ClusterIP, NodePort, LoadBalancer, or ExternalName; ClusterIP where nothing is said.' },
} as const;

export const command = defineCommand({
  name: 'expose',
  usage: 'expose (-f FILENAME | TYPE NAME) [--port=port] [--protocol=TCP|UDP|SCTP] [--target-port=number-or-name] [--name=name] [--external-ip=external-ip-of-service] [--type=type]',
  short: 'Expose a resource as a new Kubernetes service.',
  long: `Expose a resource as a new Kubernetes service.

 Takes a deployment, service, replica set, replication controller or pod by name and makes a service with the same selector. Replica sets and deployments can only be exposed where matchLabels are all that they select by. Without --port the service has the ports of the object, and without --labels its labels.

Possible resources include (case insensitive):

 pod (po), service (svc), replicationcontroller (rc), deployment (deploy), replicaset (rs)`,
  examples: `# Port 80 of a service leads to port 8000 of a deployment's pods
kubectl expose deployment nginx --port=80 --target-port=8000

# What a manifest names
kubectl expose -f nginx-controller.yaml --port=80 --target-port=8000

# A pod, under another name
kubectl expose pod valid-pod --port=444 --name=frontend

# Another port for an existing service
kubectl expose service nginx --port=443 --target-port=8443 --name=nginx-https

# UDP
kubectl expose rc streamer --port=4100 --protocol=UDP --name=video-stream`,
  flags: exposeFlags,
  run: expose,
});

type Fields = Readonly<Record<string, unknown>>;

interface PortFacts {
  readonly containerPort?: number;
  readonly port?: number;
  readonly protocol?: string;
}

async function expose(ctx: CommandContext, args: readonly string[], flags: Flags<typeof exposeFlags>): Promise<void> {
  const { values } = flags;
  const dryRun = dryRunOf(flags as unknown as Flags<typeof dryRunFlags>, (line) => ctx.streams.stderr.write(`${line}\n`));
  const printer = await typedPrinter(ctx, flags as unknown as Flags<typeof printFlags>, `exposed${dryRunSuffix(dryRun)}`);
  const namespace = await ctx.namespace();
  const found = await findResources(ctx, { files: filenameOptions(flags as unknown as Flags<typeof filenameFlags>), args, namespace, enforceNamespace: ctx.namespaceGiven, continueOnError: true });
  // Selector, port and labels of the first object stay for those after it, as in the real kubectl.
  let introspected: StringMap | undefined;
  let own: StringMap | undefined;
  let ports = values.port === '' ? undefined : values.port.split(',');
  await found.visit(async (info) => {
    const object = objectOf(info);
    checkKind(info.resource);
    if (values.selector === '') introspected ??= selectorOf(info.resource, object);
    const found = portsOf(object);
    if (!ports) {
      const numbers = [...new Set(found.map(numberOf))];
      if (numbers.length === 0 && values['cluster-ip'] !== 'None') throw new CommandError("couldn't find port via --port flag or introspection");
      if (numbers.length > 0) ports = numbers;
    }
    const protocols = new Map<string, string[]>();
    for (const port of found) protocols.set(numberOf(port), [...(protocols.get(numberOf(port)) ?? []), port.protocol || 'TCP']);
    if (introspected && Object.keys(introspected).length === 0) throw new CommandError('selector must be specified');
    const selector = introspected ?? parseLabels(values.selector);
    own ??= { ...object.metadata?.labels };
    const labels = values.labels === '' ? own : parseLabels(values.labels);
    const generated = newExposedService({
      name: values.name || info.name.slice(0, MAX_NAME), selector, labels, ports: ports ?? [], protocol: values.protocol, protocols, targetPort: values['target-port'],
      externalIP: values['external-ip'], type: values.type, loadBalancerIP: values['load-balancer-ip'], sessionAffinity: values['session-affinity'], clusterIP: values['cluster-ip'],
    });
    const service = await override(generated, values.overrides, values['override-type']);
    record(ctx, exposeFlags, values, service as unknown as UnstructuredObject);
    if (dryRun === 'client') {
      if (ctx.namespaceGiven) service.metadata.namespace = namespace;
      return printer.print(asObject(service));
    }
    if (values['save-config']) createOrUpdateAnnotation(true, service as unknown as UnstructuredObject, await typedEncoder());
    service.metadata.namespace ??= namespace;
    const client = await ctx.client();
    printer.print(await client.of<KubeObject>(SERVICES).create(asObject(service), { fieldManager: values['field-manager'], ...(dryRun === 'server' ? { dryRun: true } : {}) }));
  });
}

const EXPOSABLE = new Set(['/ReplicationController', '/Service', '/Pod', 'apps/Deployment', 'apps/ReplicaSet', 'extensions/Deployment', 'extensions/ReplicaSet']);

function checkKind({ group, kind }: ResourceFacts): void {
  if (!EXPOSABLE.has(`${group}/${kind}`)) throw new CommandError(`cannot expose a ${group === '' ? kind : `${kind}.${group}`}`);
}

/** The labels by which the object knows its pods (polymorphichelpers/mapbasedselectorforobject.go). */
function selectorOf({ kind }: ResourceFacts, object: UnstructuredObject): StringMap {
  const spec = (object['spec'] ?? {}) as Fields;
  const fail = (text: string): CommandError => new CommandError(`couldn't retrieve selectors via --selector flag or introspection: ${text}`);
  switch (kind) {
    case 'Pod': {
      const labels = object.metadata?.labels ?? {};
      if (Object.keys(labels).length === 0) throw fail('the pod has no labels and cannot be exposed');
      return { ...labels };
    }
    case 'Service':
      if (!spec['selector']) throw fail('the service has no pod selector set');
      return spec['selector'] as StringMap;
    case 'ReplicationController':
      return (spec['selector'] ?? {}) as StringMap;
  }
  const { matchLabels = {}, matchExpressions = [] } = (spec['selector'] ?? {}) as { readonly matchLabels?: StringMap; readonly matchExpressions?: readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] }[] };
  if (Object.keys(matchLabels).length === 0) throw fail(`invalid ${kind.toLowerCase()}: no selectors, therefore cannot be exposed`);
  if (matchExpressions.length > 0) {
    const texts = matchExpressions.map(({ key, operator, values = [] }) => `{Key:${key} Operator:${operator} Values:[${values.join(' ')}]}`);
    throw fail(`couldn't convert expressions - "[${texts.join(' ')}]" to map-based selector format`);
  }
  return matchLabels;
}

/** The ports of a service, or of a pod's (or template's) containers. */
function portsOf(object: UnstructuredObject): readonly PortFacts[] {
  const spec = (object['spec'] ?? {}) as { readonly ports?: readonly PortFacts[]; readonly containers?: readonly { readonly ports?: readonly PortFacts[] }[]; readonly template?: { readonly spec?: Fields } };
  if (object.kind === 'Service') return spec.ports ?? [];
  const containers = object.kind === 'Pod' ? spec.containers : (spec.template?.spec as typeof spec | undefined)?.containers;
  return (containers ?? []).flatMap((container) => container.ports ?? []);
}

const numberOf = ({ containerPort, port }: PortFacts): string => String(containerPort ?? port ?? 0);
