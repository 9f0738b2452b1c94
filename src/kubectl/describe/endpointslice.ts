/** Endpoint slices (kubectl pkg/describe/describe.go: EndpointSliceDescriber). */
import { ENDPOINTSLICES } from '../../api/kinds.ts';
import { writeEvents } from './events.ts';
import { orUnset } from './format.ts';
import { writeIdentity } from './metadata.ts';
import type { Describe } from './reader.ts';
import { page } from './writer.ts';

export const describe: Describe = async (reader, namespace, name) => {
  const slice = await reader.get(ENDPOINTSLICES, namespace, name);
  const events = await reader.eventsOf(slice, ENDPOINTSLICES);
  // Lists that nobody has set are null on the wire.
  const ports = slice.ports ?? [];
  const endpoints = slice.endpoints ?? [];
  return page(async (w) => {
    writeIdentity(w, slice.metadata, true);
    w.field('AddressType', slice.addressType);
    if (ports.length === 0) w.write(0, 'Ports: <unset>\n');
    else {
      w.heading('Ports');
      w.columns(1, 'Name', 'Port', 'Protocol');
      for (const { name: portName, port, protocol = '' } of ports) w.row(1, portName || '<unset>', orUnset(port), protocol);
    }
    if (endpoints.length === 0) w.write(0, 'Endpoints: <none>\n');
    else w.heading('Endpoints');
    for (const { addresses = [], conditions, hostname, targetRef, nodeName, zone } of endpoints) {
      w.field('- Addresses', addresses.join(', ') || '<none>', 1);
      w.heading('Conditions', 2);
      w.field('Ready', String(conditions?.ready ?? '<unset>'), 3);
      w.field('Hostname', orUnset(hostname), 2);
      if (targetRef) w.field('TargetRef', `${targetRef.kind ?? ''}/${targetRef.name ?? ''}`, 2);
      w.field('NodeName', orUnset(nodeName), 2);
      w.field('Zone', orUnset(zone), 2);
    }
    await writeEvents(w, events, reader);
  });
};
