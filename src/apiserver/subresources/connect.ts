/**
 * pods/exec, attach and portforward up to the kubelet: finds pod, container and node, lets admission look, and says what
 * may now be done. Follows kubernetes pkg/registry/core/pod/rest/subresources.go and strategy.go: ExecLocation.
 */
import type { Pod } from '../../api/generated/types.ts';
import { NODES } from '../../api/kinds.ts';
import type { Connection, ContainerWants, NodeConnection } from '../../api/node-connection.ts';
import type { KubeObject } from '../../api/object.ts';
import { badRequest, notFound } from '../../api/status.ts';
import { readObject } from '../registry/read.ts';
import type { RequestScope } from '../registry/scope.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import { containerOf, refused, type NodeDialer } from './log.ts';
import { admitBody } from './subresource.ts';

const OPTIONS_KINDS: Readonly<Record<string, string>> = { exec: 'PodExecOptions', attach: 'PodAttachOptions', portforward: 'PodPortForwardOptions' };

/** Whether a subresource is connected to, and not read or written. */
export function isConnecting({ resource, subresource }: Pick<RequestScope, 'resource' | 'subresource'>): boolean {
  return resource.group === '' && resource.plural === 'pods' && Object.hasOwn(OPTIONS_KINDS, subresource);
}

export async function connectPod(scope: RequestScope, dial: NodeDialer): Promise<Connection> {
  const { subresource, registry, name, namespace } = scope;
  const options = connectOptions(scope);
  await admitBody(scope, 'connect', { apiVersion: 'v1', kind: OPTIONS_KINDS[subresource] as string, ...options } as KubeObject);
  const pod = (await readObject(scope)) as StoredObject & Pod;
  const container = subresource === 'portforward' ? '' : containerOf(pod, options.container);
  const { nodeName } = pod.spec ?? {};
  if (!nodeName) throw badRequest(`pod ${name} does not have a host assigned`);
  const node = await registry.storages.get(NODES, undefined, nodeName);
  if (!node) throw notFound(NODES, nodeName);
  const reach = (): NodeConnection => {
    const connection = dial(nodeName);
    if (!connection) throw refused(node, `/${subresource === 'portforward' ? 'portForward' : subresource}/${namespace}/${name}${container === '' ? '' : `/${container}`}`);
    return connection;
  };
  const target = { namespace, pod: name, uid: pod.metadata.uid };
  if (subresource === 'portforward') {
    reach();
    return { kind: 'ports', ports: options.ports, forward: (port, connection, signal) => reach().portForward({ ...target, port }, connection, signal) };
  }
  const { tty, stdin, stdout, stderr, command } = options;
  if (!stdin && !stdout && !stderr) throw badRequest('you must specify at least 1 of stdin, stdout, stderr');
  reach();
  const refusal = (): string | undefined => reach().refusal({ ...target, container });
  return {
    kind: 'container',
    wants: { tty, stdin, stdout, stderr: stderr && !tty },
    refusal,
    run: async (streams, signal) => {
      const refused = refusal();
      if (refused !== undefined) throw new Error(`unable to upgrade connection: ${refused}`);
      return subresource === 'exec' ? reach().exec({ ...target, container, command }, streams, signal) : reach().attach({ ...target, container }, streams, signal).then(() => 0);
    },
  };
}

function connectOptions({ options }: RequestScope): ContainerWants & { readonly container: string; readonly command: readonly string[]; readonly ports: readonly number[] } {
  const query = options.query ?? {};
  const all = (name: string): readonly string[] => {
    const value = query[name];
    return value === undefined ? [] : typeof value === 'string' ? [value] : value;
  };
  const flag = (name: string): boolean => ['true', '1', 'TRUE', 'True', 't', 'T'].includes(all(name)[0] ?? '');
  const ports = all('ports').flatMap((text) => text.split(',')).map((text) => {
    if (!/^\d+$/.test(text) || Number(text) < 1 || Number(text) > 65_535) throw badRequest(`unable to parse "${text}" as a port`);
    return Number(text);
  });
  return { tty: flag('tty'), stdin: flag('stdin'), stdout: flag('stdout'), stderr: flag('stderr'), container: all('container')[0] ?? '', command: all('command'), ports };
}
