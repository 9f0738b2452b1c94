/** Network policies (kubectl pkg/describe/describe.go: NetworkPolicyDescriber). */
import type { NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '../../api/generated/types.ts';
import { formatLabelSelector } from '../../api/labels.ts';
import { goTime, intOrString } from './format.ts';
import { writeAnnotations, writeLabels } from './metadata.ts';
import { typed, type Describe } from './reader.ts';
import { page, type DescriptionWriter } from './writer.ts';

interface Rule {
  readonly ports?: readonly NetworkPolicyPort[];
  readonly peers?: readonly NetworkPolicyPeer[] | undefined;
}
/** The words of a direction. */
interface Direction {
  readonly name: string;
  readonly peer: string;
  readonly end: string;
}

export const describe: Describe = async (reader, namespace, name) => {
  const { metadata, spec } = await reader.get(typed<NetworkPolicy>('networking.k8s.io', 'v1', 'networkpolicies'), namespace, name);
  return page((w) => {
    w.field('Name', metadata.name);
    w.field('Namespace', metadata.namespace ?? '');
    w.field('Created on', goTime(metadata.creationTimestamp));
    writeLabels(w, 'Labels', metadata.labels);
    writeAnnotations(w, 'Annotations', metadata.annotations);
    w.heading('Spec');
    const selector = formatLabelSelector(spec?.podSelector);
    w.write(1, 'PodSelector: ');
    w.write(2, `${selector === '<none>' ? '<none> (Allowing the specific traffic to all pods in this namespace)' : selector}\n`);
    const types = spec?.policyTypes ?? [];
    writeRules(w, types.includes('Ingress'), spec?.ingress?.map(({ ports, from }) => ({ ports, peers: from }) as Rule), { name: 'ingress', peer: 'From', end: 'source' });
    writeRules(w, types.includes('Egress'), spec?.egress?.map(({ ports, to }) => ({ ports, peers: to }) as Rule), { name: 'egress', peer: 'To', end: 'destination' });
    w.write(1, `Policy Types: ${types.join(', ') || '<none>'}\n`);
  });
};

/** The indentation of rules in levels. */
const RULE = 2;

function writeRules(w: DescriptionWriter, affected: boolean, rules: readonly Rule[] = [], direction: Direction): void {
  if (!affected) return w.write(1, `Not affecting ${direction.name} traffic\n`);
  w.write(1, `Allowing ${direction.name} traffic:\n`);
  if (rules.length === 0) return w.write(RULE, `<none> (Selected pods are isolated for ${direction.name} connectivity)\n`);
  rules.forEach(({ ports = [], peers = [] }, index) => {
    if (ports.length === 0) w.write(RULE, 'To Port: <any> (traffic allowed to all ports)\n');
    for (const { port, endPort, protocol = 'TCP' } of ports) {
      w.write(RULE, endPort === undefined ? `To Port: ${intOrString(port)}/${protocol}\n` : `To Port Range: ${intOrString(port)}-${endPort}/${protocol}\n`);
    }
    if (peers.length === 0) w.write(RULE, `${direction.peer}: <any> (traffic not restricted by ${direction.end})\n`);
    for (const peer of peers) {
      w.write(RULE, `${direction.peer}:\n`);
      writePeer(w, peer);
    }
    if (index < rules.length - 1) w.write(RULE, '----------\n');
  });
}

function writePeer(w: DescriptionWriter, { namespaceSelector, podSelector, ipBlock }: NetworkPolicyPeer): void {
  if (namespaceSelector) w.write(RULE + 1, `NamespaceSelector: ${formatLabelSelector(namespaceSelector)}\n`);
  if (podSelector) w.write(RULE + 1, `PodSelector: ${formatLabelSelector(podSelector)}\n`);
  if (namespaceSelector || podSelector || !ipBlock) return;
  w.write(RULE + 1, 'IPBlock:\n');
  w.write(RULE + 2, `CIDR: ${ipBlock.cidr}\n`);
  w.write(RULE + 2, `Except: ${(ipBlock.except ?? []).join(', ')}\n`);
}
