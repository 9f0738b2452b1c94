/** IP addresses (kubectl pkg/describe/describe.go: IPAddressDescriber). */
import type { IPAddress } from '../../api/generated/types.ts';
import { writeEvents } from './events.ts';
import { writeIdentity } from './metadata.ts';
import { typed, type Describe } from './reader.ts';
import { page } from './writer.ts';

export const describe: Describe = async (reader, _namespace, name, resource) => {
  const address = await reader.get(typed<IPAddress>('networking.k8s.io', 'v1', 'ipaddresses'), '', name);
  const events = await reader.eventsOf(address, resource);
  const parent = address.spec?.parentRef;
  return page(async (w) => {
    writeIdentity(w, address.metadata, false);
    if (parent) {
      w.heading('Parent Reference');
      w.field('Group', parent.group ?? '', 1);
      w.field('Resource', parent.resource ?? '', 1);
      w.field('Namespace', parent.namespace ?? '', 1);
      w.field('Name', parent.name ?? '', 1);
    }
    await writeEvents(w, events, reader);
  });
};
