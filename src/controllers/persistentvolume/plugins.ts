/**
 * What upstream's volume plugins in the controller manager can do: host-path, nfs, local-volume and csi. Follows kubernetes
 * cmd/kube-controller-manager/app/plugins.go, pkg/volume/plugins.go and pv_controller.go: findProvisionablePlugin,
 * findDeletablePlugin.
 */
import type { PersistentVolume } from '../../api/generated/types.ts';
import type { Stored } from '../../api/object.ts';

const IN_TREE = 'kubernetes.io/';
const HOST_PATH = 'kubernetes.io/host-path';
const PLUGINS: ReadonlySet<string> = new Set([HOST_PATH, 'kubernetes.io/nfs', 'kubernetes.io/local-volume', 'kubernetes.io/csi']);
const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by';
/** In-tree plugins whose work a CSI driver does (csi-translation-lib). */
const MIGRATED: ReadonlyMap<string, string> = new Map([
  ['kubernetes.io/aws-ebs', 'ebs.csi.aws.com'],
  ['kubernetes.io/azure-disk', 'disk.csi.azure.com'],
  ['kubernetes.io/azure-file', 'file.csi.azure.com'],
  ['kubernetes.io/cinder', 'cinder.csi.openstack.org'],
  ['kubernetes.io/gce-pd', 'pd.csi.storage.gke.io'],
  ['kubernetes.io/portworx-volume', 'pxd.portworx.com'],
  ['kubernetes.io/vsphere-volume', 'csi.vsphere.vmware.com'],
]);

const unmatched = (name: string): string => `no volume plugin matched name: ${name}`;

/** Who is to make a class's volumes, and why that will not happen where it is known beforehand. */
export interface Provisioner {
  readonly name?: string;
  readonly fault?: string;
}

export function provisionerOf(name: string): Provisioner {
  const migrated = MIGRATED.get(name);
  if (migrated !== undefined || !name.startsWith(IN_TREE)) return { name: migrated ?? name };
  // Making host paths is for test clusters: --enable-hostpath-provisioner is off.
  if (name === HOST_PATH) return { name, fault: `Failed to create provisioner: provisioning in volume plugin ${JSON.stringify(name)} is disabled` };
  return { fault: PLUGINS.has(name) ? 'no provisionable volume plugin matched' : unmatched(name) };
}

/** What deleting a volume's storage comes to: it is gone, somebody else does it, or nobody can. */
export type Deletion = 'deleted' | 'external' | { readonly fault: string };

export function deleteStorage({ metadata: { name, annotations }, spec }: Stored<PersistentVolume>): Deletion {
  const plugin = annotations?.[PROVISIONED_BY];
  if (plugin) {
    if (!plugin.startsWith(IN_TREE) || MIGRATED.has(plugin)) return 'external';
    if (plugin !== HOST_PATH) return { fault: PLUGINS.has(plugin) ? 'no deletable volume plugin matched' : unmatched(plugin) };
  } else if (spec?.csi) return 'external';
  else if (!spec?.hostPath) return { fault: `error getting deleter volume plugin for volume ${JSON.stringify(name)}: ${spec?.nfs || spec?.local ? 'no deletable volume plugin matched' : 'no volume plugin matched'}` };
  // The host of a controller manager has no such folder here: there is nothing to remove.
  const path = spec?.hostPath?.path ?? '';
  return /\/tmp\/.+/.test(path) ? 'deleted' : { fault: `host_path deleter only supports /tmp/.+ but received provided ${path}` };
}

/** Provisioned for a claim, as opposed to made by hand. */
export const isProvisioned = ({ metadata }: Stored<PersistentVolume>): boolean => metadata.annotations?.[PROVISIONED_BY] !== undefined;
