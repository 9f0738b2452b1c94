/** The flow schemas and priority levels that every cluster has. Follows apiserver pkg/apis/flowcontrol/bootstrap/default.go, v1.33. */
import type { FlowcontrolV1Subject, FlowSchema, NonResourcePolicyRule, PriorityLevelConfiguration, ResourcePolicyRule } from '../../api/generated/types.ts';

const metadata = (name: string) => ({ name, annotations: { 'apf.kubernetes.io/autoupdate-spec': 'true' } });

const EXEMPT: PriorityLevelConfiguration = { metadata: metadata('exempt'), spec: { type: 'Exempt', exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } } };
const CATCH_ALL: PriorityLevelConfiguration = { metadata: metadata('catch-all'), spec: { type: 'Limited', limited: { nominalConcurrencyShares: 5, limitResponse: { type: 'Reject' }, lendablePercent: 0 } } };

function queued(name: string, nominalConcurrencyShares: number, lendablePercent: number, queues: number, handSize: number): PriorityLevelConfiguration {
  return { metadata: metadata(name), spec: { type: 'Limited', limited: { nominalConcurrencyShares, limitResponse: { type: 'Queue', queuing: { queues, handSize, queueLengthLimit: 50 } }, lendablePercent } } };
}

export const MANDATORY_PRIORITY_LEVELS: readonly PriorityLevelConfiguration[] = [CATCH_ALL, EXEMPT];

export const PRIORITY_LEVELS: readonly PriorityLevelConfiguration[] = [
  ...MANDATORY_PRIORITY_LEVELS,
  queued('system', 30, 33, 64, 6),
  queued('node-high', 40, 25, 64, 6),
  queued('leader-election', 10, 0, 16, 4),
  queued('workload-high', 40, 50, 128, 6),
  queued('workload-low', 100, 90, 128, 6),
  queued('global-default', 20, 50, 128, 6),
];

interface Rules {
  readonly resourceRules?: readonly ResourcePolicyRule[];
  readonly nonResourceRules?: readonly NonResourcePolicyRule[];
}

const ALL: Rules = {
  resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'] }],
  nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
};
const groups = (...names: string[]): FlowcontrolV1Subject[] => names.map((name) => ({ kind: 'Group', group: { name } }));
const users = (...names: string[]): FlowcontrolV1Subject[] => names.map((name) => ({ kind: 'User', user: { name } }));
const SYSTEM_ACCOUNTS: FlowcontrolV1Subject = { kind: 'ServiceAccount', serviceAccount: { namespace: 'kube-system', name: '*' } };
const EVERYBODY = groups('system:unauthenticated', 'system:authenticated');

function schema(name: string, level: string, matchingPrecedence: number, distinguisher: 'ByUser' | 'ByNamespace' | '', subjects: readonly FlowcontrolV1Subject[], rules: Rules): FlowSchema {
  return {
    metadata: metadata(name),
    spec: { priorityLevelConfiguration: { name: level }, matchingPrecedence, ...(distinguisher ? { distinguisherMethod: { type: distinguisher } } : {}), rules: [{ subjects, ...rules }] },
  };
}

const leases = (verbs: readonly string[]): ResourcePolicyRule => ({ verbs, apiGroups: ['coordination.k8s.io'], resources: ['leases'], namespaces: ['*'] });

export const MANDATORY_FLOW_SCHEMAS: readonly FlowSchema[] = [
  schema('exempt', 'exempt', 1, '', groups('system:masters'), ALL),
  schema('catch-all', 'catch-all', 10000, 'ByUser', EVERYBODY, ALL),
];

export const FLOW_SCHEMAS: readonly FlowSchema[] = [
  ...MANDATORY_FLOW_SCHEMAS,
  schema('probes', 'exempt', 2, '', EVERYBODY, { nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/healthz', '/readyz', '/livez'] }] }),
  schema('system-leader-election', 'leader-election', 100, 'ByUser', [...users('system:kube-controller-manager', 'system:kube-scheduler'), SYSTEM_ACCOUNTS], { resourceRules: [leases(['get', 'create', 'update'])] }),
  schema('system-node-high', 'node-high', 400, 'ByUser', groups('system:nodes'), { resourceRules: [{ verbs: ['*'], apiGroups: [''], resources: ['nodes', 'nodes/status'], clusterScope: true, namespaces: ['*'] }, leases(['*'])] }),
  schema('system-nodes', 'system', 500, 'ByUser', groups('system:nodes'), ALL),
  schema('kube-controller-manager', 'workload-high', 800, 'ByNamespace', users('system:kube-controller-manager'), ALL),
  schema('kube-scheduler', 'workload-high', 800, 'ByNamespace', users('system:kube-scheduler'), ALL),
  schema('kube-system-service-accounts', 'workload-high', 900, 'ByNamespace', [SYSTEM_ACCOUNTS], ALL),
  schema('service-accounts', 'workload-low', 9000, 'ByUser', groups('system:serviceaccounts'), ALL),
  schema('global-default', 'global-default', 9900, 'ByUser', EVERYBODY, ALL),
];
