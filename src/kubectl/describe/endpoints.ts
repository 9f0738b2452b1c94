/** Endpoints (kubectl pkg/describe/describe.go: EndpointsDescriber). */
import { ENDPOINTS } from '../../api/kinds.ts';
import { writeEvents } from './events.ts';
import { writeIdentity } from './metadata.ts';
import type { Describe } from './reader.ts';
import { page } from './writer.ts';

export const describe: Describe = async (reader, namespace, name) => {
  const endpoints = await reader.get(ENDPOINTS, namespace, name);
  const events = await reader.eventsOf(endpoints, ENDPOINTS);
  return page(async (w) => {
    writeIdentity(w, endpoints.metadata, true);
    w.heading('Subsets');
    for (const { addresses = [], notReadyAddresses = [], ports = [] } of endpoints.subsets ?? []) {
      w.field('Addresses', addresses.map(({ ip }) => ip).join(',') || '<none>', 1);
      w.field('NotReadyAddresses', notReadyAddresses.map(({ ip }) => ip).join(',') || '<none>', 1);
      if (ports.length > 0) {
        w.heading('Ports', 1);
        w.columns(2, 'Name', 'Port', 'Protocol');
        for (const { name: portName, port, protocol = '' } of ports) w.row(2, portName || '<unset>', port, protocol);
      }
      w.write(0, '\n');
    }
    await writeEvents(w, events, reader);
  });
};
