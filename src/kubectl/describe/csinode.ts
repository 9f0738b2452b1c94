/** CSI nodes (kubectl pkg/describe/describe.go: CSINodeDescriber). */
import type { CSINode } from '../../api/generated/types.ts';
import { writeEvents } from './events.ts';
import { goList, rfc1123 } from './format.ts';
import { writeIdentity } from './metadata.ts';
import { asStruct, typed, type Describe } from './reader.ts';
import { page } from './writer.ts';

export const describe: Describe = async (reader, _namespace, name, resource) => {
  const given = await reader.getAsIs(typed<CSINode>('storage.k8s.io', 'v1', 'csinodes'), '', name);
  const node = asStruct(resource, given);
  const events = await reader.eventsOf(node, resource);
  return page(async (w) => {
    writeIdentity(w, node.metadata, false);
    w.field('CreationTimestamp', rfc1123(node.metadata.creationTimestamp));
    w.heading('Spec');
    if (node.spec.drivers) w.heading('Drivers', 1);
    for (const [index, driver] of (node.spec.drivers ?? []).entries()) {
      w.heading(driver.name, 2);
      w.field('Node ID', driver.nodeID, 3);
      if (driver.allocatable?.count !== undefined) {
        w.heading('Allocatables', 3);
        w.field('Count', driver.allocatable.count, 4);
      }
      const keys = given.spec.drivers[index]?.topologyKeys;
      if (keys) w.field('Topology Keys', goList(keys), 3);
    }
    await writeEvents(w, events, reader);
  });
};
