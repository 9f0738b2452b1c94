/** Persistent volume claims, whole and as templates (kubectl pkg/describe/describe.go, pkg/util/storage). */
import type { ObjectMeta, PersistentVolumeClaim, PersistentVolumeClaimSpec } from '../../api/generated/types.ts';
import { goList, quantityOf, since } from './format.ts';
import { writeAnnotations, writeLabels } from './metadata.ts';
import type { DescriptionWriter } from './writer.ts';

const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';
const ACCESS_MODES = [['ReadWriteOnce', 'RWO'], ['ReadOnlyMany', 'ROX'], ['ReadWriteMany', 'RWX'], ['ReadWriteOncePod', 'RWOP']] as const;

/** "RWO,ROX" */
export function accessModesText(modes: readonly string[] = []): string {
  return ACCESS_MODES.filter(([mode]) => modes.includes(mode)).map(([, short]) => short).join(',');
}

/** The storage class of a volume or claim; the annotation of old wins. */
export function storageClassOf(metadata: ObjectMeta | undefined, spec: { readonly storageClassName?: string } | undefined): string {
  return metadata?.annotations?.[CLASS_ANNOTATION] ?? spec?.storageClassName ?? '';
}

/** A claim, or the template of one where there is no `whole`. */
export function writeClaimSpec(w: DescriptionWriter, { metadata = {}, spec = {} }: { readonly metadata?: ObjectMeta; readonly spec?: PersistentVolumeClaimSpec }, whole: { readonly claim: PersistentVolumeClaim; readonly nowMs: number } | undefined): void {
  const status = whole?.claim.status;
  if (whole) {
    w.field('Name', metadata.name ?? '');
    w.field('Namespace', metadata.namespace ?? '');
  }
  w.field('StorageClass', storageClassOf(metadata, spec));
  if (whole) w.field('Status', metadata.deletionTimestamp ? `Terminating (lasts ${since(metadata.deletionTimestamp, whole.nowMs)})` : (status?.phase ?? ''));
  w.field('Volume', spec.volumeName ?? '');
  writeLabels(w, 'Labels', metadata.labels);
  writeAnnotations(w, 'Annotations', metadata.annotations);
  if (whole) w.field('Finalizers', goList(metadata.finalizers));
  w.field('Capacity', spec.volumeName ? quantityOf(status?.capacity, 'storage').toString() : '');
  w.field('Access Modes', spec.volumeName ? accessModesText(status?.accessModes) : '');
  if (spec.volumeMode !== undefined) w.field('VolumeMode', spec.volumeMode);
  if (!spec.dataSource) return;
  w.heading('DataSource');
  if (typeof spec.dataSource.apiGroup === 'string') w.field('APIGroup', spec.dataSource.apiGroup, 1);
  w.field('Kind', spec.dataSource.kind, 1);
  w.field('Name', spec.dataSource.name, 1);
}

/** The claims that a stateful set makes for each pod. */
export function writeClaimTemplates(w: DescriptionWriter, templates: readonly PersistentVolumeClaim[] = []): void {
  if (templates.length === 0) return w.field('Volume Claims', '<none>');
  w.heading('Volume Claims');
  for (const { metadata = {}, spec = {} } of templates) {
    w.field('Name', metadata.name ?? '', 1);
    w.field('StorageClass', storageClassOf(metadata, spec), 1);
    writeLabels(w, 'Labels', metadata.labels, '  ');
    writeLabels(w, 'Annotations', metadata.annotations, '  ');
    const { requests } = spec.resources ?? {};
    w.field('Capacity', requests?.['storage'] === undefined ? '<default>' : quantityOf(requests, 'storage').toString(), 1);
    w.field('Access Modes', goList(spec.accessModes), 1);
  }
}
