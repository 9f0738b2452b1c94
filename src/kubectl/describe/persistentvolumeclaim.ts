/** Persistent volume claims with the pods that use them (kubectl pkg/describe/describe.go: PersistentVolumeClaimDescriber). */
import type { PersistentVolumeClaim, Pod } from '../../api/generated/types.ts';
import { PERSISTENTVOLUMECLAIMS, PODS } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';
import { writeClaimSpec } from './claim.ts';
import { writeEvents } from './events.ts';
import { rfc1123, sorted } from './format.ts';
import { writeNames } from './metadata.ts';
import type { Describe } from './reader.ts';
import { page } from './writer.ts';

export const describe: Describe = async (reader, namespace, name) => {
  const claim = await reader.get(PERSISTENTVOLUMECLAIMS, namespace, name);
  const users = usersOf(claim, await reader.list(PODS, namespace));
  const events = await reader.eventsOf(claim, PERSISTENTVOLUMECLAIMS);
  const nowMs = claim.metadata.deletionTimestamp ? await reader.now() : 0;
  return page(async (w) => {
    writeClaimSpec(w, claim, { claim, nowMs });
    writeNames(w, 'Used By', sorted(users.map(({ metadata }) => metadata.name)));
    const conditions = claim.status?.conditions ?? [];
    if (conditions.length > 0) {
      w.heading('Conditions');
      w.row(1, 'Type', 'Status', 'LastProbeTime', 'LastTransitionTime', 'Reason', 'Message');
      w.row(1, '----', '------', '-----------------', '------------------', '------', '-------');
      for (const { type, status, lastProbeTime, lastTransitionTime, reason = '', message = '' } of conditions) {
        w.row(1, `${type} `, `${status} `, `${rfc1123(lastProbeTime)} `, `${rfc1123(lastTransitionTime)} `, `${reason} `, message);
      }
    }
    await writeEvents(w, events, reader);
  });
};

/** Pods with the claim as a volume (once for each such volume), and pods that own it. */
function usersOf({ metadata }: Stored<PersistentVolumeClaim>, pods: readonly Stored<Pod>[]): Stored<Pod>[] {
  const users = pods.flatMap((pod) => (pod.spec?.volumes ?? []).filter((volume) => volume.persistentVolumeClaim?.claimName === metadata.name).map(() => pod));
  for (const owner of metadata.ownerReferences ?? []) {
    const pod = owner.kind === 'Pod' ? pods.find((each) => each.metadata.uid === owner.uid) : undefined;
    if (pod && !users.includes(pod)) users.push(pod);
  }
  return users;
}
