/** Nodes with their lease and pods (kubectl pkg/describe/describe.go: NodeDescriber). */
import type { Lease, Node } from '../../api/generated/types.ts';
import { LEASES, NODES, PODS } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';
import { isForbidden } from '../../api/status.ts';
import { textOf } from '../errors.ts';
import { writeEvents } from './events.ts';
import { orUnset, quantityOf, rfc1123, sorted, sortedKeys, type Quantities } from './format.ts';
import { writeAnnotations, writeLabels, writeTaints } from './metadata.ts';
import { writePodsAndResources } from './node-resources.ts';
import { subjectOf, type ClusterReader, type Describe } from './reader.ts';
import { page, type DescriptionWriter } from './writer.ts';

const ROLE_PREFIX = 'node-role.kubernetes.io/';
const ROLE_LABEL = 'kubernetes.io/role';
const LEASE_NAMESPACE = 'kube-node-lease';

export const describe: Describe = async (reader, namespace, name) => {
  const node = await reader.get(NODES, '', name);
  const pods = await reader.list(PODS, namespace, { fieldSelector: `spec.nodeName=${name},status.phase!=Succeeded,status.phase!=Failed` }).catch((error: unknown) => {
    // Who may see the node need not see the pods.
    if (isForbidden(error)) return undefined;
    throw error;
  });
  const subject = subjectOf(node, NODES);
  const events = await reader.eventsAbout(subject);
  // The kubelet's events carry the node's name as its uid.
  const fromKubelet = await reader.eventsAbout({ ...subject, uid: name });
  return page(async (w) => {
    writeHead(w, node);
    await writeLease(w, reader, name);
    writeStatus(w, node);
    if (pods) writePodsAndResources(w, node, pods, await reader.now());
    else w.field('Pods', 'not authorized');
    await writeEvents(w, events && [...events, ...(fromKubelet ?? [])], reader);
  });
};

function writeHead(w: DescriptionWriter, { metadata, spec }: Stored<Node>): void {
  w.field('Name', metadata.name);
  w.field('Roles', rolesOf(metadata.labels).join(',') || '<none>');
  writeLabels(w, 'Labels', metadata.labels);
  writeAnnotations(w, 'Annotations', metadata.annotations);
  w.field('CreationTimestamp', rfc1123(metadata.creationTimestamp));
  writeTaints(w, 'Taints', spec?.taints);
  w.field('Unschedulable', spec?.unschedulable ?? false);
}

function rolesOf(labels: Readonly<Record<string, string>> = {}): string[] {
  const roles = new Set<string>();
  for (const [key, value] of Object.entries(labels)) {
    if (key.startsWith(ROLE_PREFIX) && key.length > ROLE_PREFIX.length) roles.add(key.slice(ROLE_PREFIX.length));
    else if (key === ROLE_LABEL && value !== '') roles.add(value);
  }
  return sorted(roles);
}

async function writeLease(w: DescriptionWriter, reader: ClusterReader, name: string): Promise<void> {
  let lease: Stored<Lease>;
  try {
    lease = await reader.get(LEASES, LEASE_NAMESPACE, name);
  } catch (error) {
    return w.field('Lease', `Failed to get lease: ${textOf(error)}`);
  }
  const { holderIdentity, acquireTime, renewTime } = lease.spec ?? {};
  w.heading('Lease');
  w.field('HolderIdentity', orUnset(holderIdentity), 1);
  w.field('AcquireTime', acquireTime ? rfc1123(acquireTime) : '<unset>', 1);
  w.field('RenewTime', renewTime ? rfc1123(renewTime) : '<unset>', 1);
}

function writeStatus(w: DescriptionWriter, { spec, status = {} }: Stored<Node>): void {
  if (status.conditions?.length) {
    w.heading('Conditions');
    w.columns(1, 'Type', 'Status', 'LastHeartbeatTime', 'LastTransitionTime', 'Reason', 'Message');
    for (const { type, status: value, lastHeartbeatTime, lastTransitionTime, reason = '', message = '' } of status.conditions) {
      w.row(1, `${type} `, `${value} `, `${rfc1123(lastHeartbeatTime)} `, `${rfc1123(lastTransitionTime)} `, `${reason} `, message);
    }
  }
  w.heading('Addresses');
  for (const { type, address } of status.addresses ?? []) w.field(type, address, 1);
  writeAmounts(w, 'Capacity', status.capacity);
  writeAmounts(w, 'Allocatable', status.allocatable);
  const info = status.nodeInfo;
  w.heading('System Info');
  w.field('Machine ID', info?.machineID ?? '', 1);
  w.field('System UUID', info?.systemUUID ?? '', 1);
  w.field('Boot ID', info?.bootID ?? '', 1);
  w.field('Kernel Version', info?.kernelVersion ?? '', 1);
  w.field('OS Image', info?.osImage ?? '', 1);
  w.field('Operating System', info?.operatingSystem ?? '', 1);
  w.field('Architecture', info?.architecture ?? '', 1);
  w.field('Container Runtime Version', info?.containerRuntimeVersion ?? '', 1);
  w.field('Kubelet Version', info?.kubeletVersion ?? '', 1);
  w.field('Kube-Proxy Version', info?.kubeProxyVersion ?? '', 1);
  if (spec?.podCIDR) w.field('PodCIDR', spec.podCIDR);
  if (spec?.podCIDRs?.length) w.field('PodCIDRs', spec.podCIDRs.join(','));
  if (spec?.providerID) w.field('ProviderID', spec.providerID);
}

function writeAmounts(w: DescriptionWriter, title: string, list: Quantities): void {
  const names = sortedKeys(list);
  if (names.length > 0) w.heading(title);
  for (const name of names) w.field(name, quantityOf(list, name).toString(), 1);
}
