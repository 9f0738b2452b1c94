/** Persistent volumes (kubectl pkg/describe/describe.go: PersistentVolumeDescriber). */
import type { NodeSelectorTerm, VolumeNodeAffinity } from '../../api/generated/types.ts';
import { PERSISTENTVOLUMES } from '../../api/kinds.ts';
import { accessModesText, storageClassOf } from './claim.ts';
import { writeEvents } from './events.ts';
import { goList, quantityOf, since } from './format.ts';
import { writeIdentity } from './metadata.ts';
import type { Describe } from './reader.ts';
import { writeTerm } from './terms.ts';
import { writePersistentVolumeSource } from './volumes.ts';
import { page, type DescriptionWriter } from './writer.ts';

export const describe: Describe = async (reader, _namespace, name) => {
  const volume = await reader.get(PERSISTENTVOLUMES, '', name);
  const events = await reader.eventsOf(volume, PERSISTENTVOLUMES);
  const { metadata, spec = {}, status } = volume;
  return page(async (w) => {
    writeIdentity(w, metadata, false);
    w.field('Finalizers', goList(metadata.finalizers));
    w.field('StorageClass', storageClassOf(metadata, spec));
    w.field('Status', metadata.deletionTimestamp ? `Terminating (lasts ${since(metadata.deletionTimestamp, await reader.now())})` : (status?.phase ?? ''));
    w.field('Claim', spec.claimRef ? `${spec.claimRef.namespace ?? ''}/${spec.claimRef.name ?? ''}` : '');
    w.field('Reclaim Policy', spec.persistentVolumeReclaimPolicy ?? '');
    w.field('Access Modes', accessModesText(spec.accessModes));
    if (spec.volumeMode !== undefined) w.field('VolumeMode', spec.volumeMode);
    w.field('Capacity', quantityOf(spec.capacity, 'storage').toString());
    writeNodeAffinity(w, spec.nodeAffinity);
    w.field('Message', status?.message ?? '');
    w.heading('Source');
    writePersistentVolumeSource(w, spec);
    await writeEvents(w, events, reader);
  });
};

function writeNodeAffinity(w: DescriptionWriter, affinity: VolumeNodeAffinity | undefined): void {
  if (!affinity?.required) return w.field('Node Affinity', '<none>');
  const terms = (affinity.required.nodeSelectorTerms as readonly NodeSelectorTerm[] | undefined) ?? [];
  w.field('Node Affinity', '');
  w.field('Required Terms', terms.length === 0 ? '<none>' : '', 1);
  terms.forEach(({ matchExpressions = [] }, index) => {
    writeTerm(w, 2, `Term ${index}`, matchExpressions.map(({ key, operator, values = [] }) => ({ key, operator: operator.toLowerCase(), values })));
  });
}
