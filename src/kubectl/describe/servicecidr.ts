/** Service CIDRs (kubectl pkg/describe/describe.go: ServiceCIDRDescriber). */
import type { ServiceCIDR } from '../../api/generated/types.ts';
import { writeEvents } from './events.ts';
import { writeIdentity } from './metadata.ts';
import { writeTransitions } from './namespace.ts';
import { typed, type Describe } from './reader.ts';
import { page } from './writer.ts';

export const describe: Describe = async (reader, _namespace, name, resource) => {
  const cidr = await reader.get(typed<ServiceCIDR>('networking.k8s.io', 'v1', 'servicecidrs'), '', name);
  const events = await reader.eventsOf(cidr, resource);
  return page(async (w) => {
    writeIdentity(w, cidr.metadata, false);
    w.field('CIDRs', (cidr.spec?.cidrs ?? []).join(', '));
    if (cidr.status?.conditions?.length) w.heading('Status');
    writeTransitions(w, cidr.status?.conditions);
    await writeEvents(w, events, reader);
  });
};
