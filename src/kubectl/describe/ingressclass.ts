/** Ingress classes (kubectl pkg/describe/describe.go: IngressClassDescriber). */
import type { IngressClass } from '../../api/generated/types.ts';
import { writeEvents } from './events.ts';
import { writeIdentity } from './metadata.ts';
import { typed, type Describe } from './reader.ts';
import { page } from './writer.ts';

export const describe: Describe = async (reader, _namespace, name, resource) => {
  const ingressClass = await reader.get(typed<IngressClass>('networking.k8s.io', 'v1', 'ingressclasses'), '', name);
  const events = await reader.eventsOf(ingressClass, resource);
  const { controller = '', parameters } = ingressClass.spec ?? {};
  return page(async (w) => {
    writeIdentity(w, ingressClass.metadata, false);
    w.field('Controller', controller);
    if (parameters) {
      w.heading('Parameters');
      if (parameters.apiGroup !== undefined) w.field('APIGroup', parameters.apiGroup, 1);
      w.field('Kind', parameters.kind, 1);
      w.field('Name', parameters.name, 1);
    }
    await writeEvents(w, events, reader);
  });
};
