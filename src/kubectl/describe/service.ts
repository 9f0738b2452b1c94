/** Services with their endpoints (kubectl pkg/describe/describe.go: ServiceDescriber). */
import type { Service } from '../../api/generated/types.ts';
import { ENDPOINTSLICES, SERVICES } from '../../api/kinds.ts';
import { endpointsText } from './endpoints-text.ts';
import { writeEvents } from './events.ts';
import { labelsOnOneLine } from './format.ts';
import { writeIdentity } from './metadata.ts';
import type { Describe } from './reader.ts';
import { page } from './writer.ts';

export const describe: Describe = async (reader, namespace, name) => {
  const service = await reader.get(SERVICES, namespace, name);
  const slices = await reader.listAtOnce(ENDPOINTSLICES, namespace, { labelSelector: `kubernetes.io/service-name=${name}` }).catch(() => []);
  const events = await reader.eventsOf(service, SERVICES);
  const { metadata, spec = {} } = service;
  return page(async (w) => {
    const given = (label: string, value: string | number | undefined): void => {
      if (value) w.field(label, value);
    };
    writeIdentity(w, metadata, true);
    w.field('Selector', labelsOnOneLine(spec.selector));
    w.field('Type', spec.type ?? '');
    if (spec.ipFamilyPolicy !== undefined) w.field('IP Family Policy', spec.ipFamilyPolicy);
    w.field('IP Families', spec.ipFamilies?.length ? spec.ipFamilies.join(',') : '<none>');
    w.field('IP', spec.clusterIP ?? '');
    w.field('IPs', spec.clusterIPs?.length ? spec.clusterIPs.join(',') : '<none>');
    if (spec.externalIPs?.length) w.field('External IPs', spec.externalIPs.join(','));
    given('Desired LoadBalancer IP', spec.loadBalancerIP);
    given('External Name', spec.externalName);
    if (service.status?.loadBalancer?.ingress?.length) w.field('LoadBalancer Ingress', ingressText(service));
    for (const port of spec.ports ?? []) {
      const label = port.name || '<unset>';
      const protocol = port.protocol ?? '';
      w.row(0, 'Port:', label, `${port.port}/${protocol}`);
      w.field('TargetPort', `${port.targetPort ?? 0}/${protocol}`);
      if (port.nodePort) w.row(0, 'NodePort:', label, `${port.nodePort}/${protocol}`);
      w.field('Endpoints', endpointsText(slices, port.name ?? ''));
    }
    w.field('Session Affinity', spec.sessionAffinity ?? '');
    given('External Traffic Policy', spec.externalTrafficPolicy);
    if (spec.internalTrafficPolicy !== undefined) w.field('Internal Traffic Policy', spec.internalTrafficPolicy);
    given('HealthCheck NodePort', spec.healthCheckNodePort);
    if (spec.loadBalancerSourceRanges?.length) w.field('LoadBalancer Source Ranges', spec.loadBalancerSourceRanges.join(','));
    await writeEvents(w, events, reader);
  });
};

function ingressText({ status }: Service): string {
  return (status?.loadBalancer?.ingress ?? []).map(({ ip, ipMode, hostname }) => (ip ? `${ip}${ipMode === undefined ? '' : ` (${ipMode})`}` : (hostname ?? ''))).join(', ');
}
