/** Ingresses with their backends' endpoints (kubectl pkg/describe/describe.go: IngressDescriber). */
import type { Ingress, IngressBackend } from '../../api/generated/types.ts';
import { ENDPOINTSLICES, SERVICES } from '../../api/kinds.ts';
import { textOf } from '../errors.ts';
import { endpointsText } from './endpoints-text.ts';
import { writeEvents } from './events.ts';
import { sorted } from './format.ts';
import { writeAnnotations, writeLabels } from './metadata.ts';
import { typed, type ClusterReader, type Describe } from './reader.ts';
import { page } from './writer.ts';

export const describe: Describe = async (reader, namespace, name, resource) => {
  const ingress = await reader.get(typed<Ingress>('networking.k8s.io', 'v1', 'ingresses'), namespace, name);
  const events = await reader.eventsOf(ingress, resource);
  const { metadata, spec, status } = ingress;
  const backend = (of: IngressBackend): Promise<string> => backendText(reader, metadata.namespace ?? '', of);
  return page(async (w) => {
    w.field('Name', metadata.name);
    writeLabels(w, 'Labels', metadata.labels);
    w.field('Namespace', metadata.namespace ?? '');
    const addresses = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '').filter((address) => address !== '');
    w.field('Address', sorted(new Set(addresses)).join(','));
    w.field('Ingress Class', spec?.ingressClassName ?? '<none>');
    const fallback = spec?.defaultBackend ? await backend(spec.defaultBackend) : '<default>';
    w.field('Default backend', fallback);
    if (spec?.tls?.length) w.heading('TLS');
    for (const { secretName, hosts = [] } of spec?.tls ?? []) w.write(1, `${secretName ? `${secretName} terminates` : 'SNI routes'} ${hosts.join(',')}\n`);
    w.heading('Rules');
    w.columns(1, 'Host', 'Path', 'Backends');
    const rules = (spec?.rules ?? []).filter(({ http }) => http);
    for (const { host, http } of rules) {
      w.row(1, host || '*', '');
      for (const { path = '', backend: to } of http?.paths ?? []) w.row(2, '', `${path} `, await backend(to));
    }
    if (rules.length === 0) w.row(1, '*', '*', fallback);
    writeAnnotations(w, 'Annotations', metadata.annotations);
    await writeEvents(w, events, reader);
  });
};

async function backendText(reader: ClusterReader, namespace: string, { service, resource }: IngressBackend): Promise<string> {
  if (service) {
    const { number = 0, name: portName = '' } = service.port ?? {};
    const serviceName = service.name ?? '';
    const target = `${serviceName}:${number === 0 ? portName : number}`;
    try {
      const slices = await reader.listAtOnce(ENDPOINTSLICES, namespace, { labelSelector: `kubernetes.io/service-name=${serviceName}` });
      const ports = (await reader.get(SERVICES, namespace, serviceName)).spec?.ports ?? [];
      let found = '';
      for (const { name = '', port } of ports) if ((number !== 0 && port === number) || (portName !== '' && name === portName)) found = name;
      return `${target} (${endpointsText(slices, found)})`;
    } catch (error) {
      return `${target} (<error: ${textOf(error)}>)`;
    }
  }
  return resource ? `APIGroup: ${resource.apiGroup ?? '<none>'}, Kind: ${resource.kind}, Name: ${resource.name}` : '';
}
