/**
 * The roles and bindings that an API server puts into its cluster. Follows kubernetes
 * plugin/pkg/auth/authorizer/rbac/bootstrappolicy: policy.go, controller_policy.go and namespace_policy.go.
 */
import type { ClusterRole, ClusterRoleBinding, ObjectMeta, RbacV1Subject, Role, RoleBinding } from '../../../api/generated/types.ts';
import { aggregatedRules } from '../../../api/rbac/aggregation.ts';
import { RBAC_GROUP } from '../../../api/rbac/resources.ts';
import { CLUSTER_ROLES } from './cluster-roles.ts';
import { CONTROLLER_ROLES } from './controller-roles.ts';
import { parseRule, type RuleText } from './rules.ts';

export interface BootstrapPolicy {
  readonly clusterRoles: readonly ClusterRole[];
  readonly clusterRoleBindings: readonly ClusterRoleBinding[];
  readonly roles: readonly Role[];
  readonly roleBindings: readonly RoleBinding[];
}

const CONTROLLER_PREFIX = 'system:controller:';
const AGGREGATE = 'rbac.authorization.k8s.io/aggregate-to-';

/** Roles that are made of others, and the role that they are part of. */
const AGGREGATED: readonly (readonly [role: string, partOf?: string])[] = [['admin'], ['edit', 'admin'], ['view', 'edit']];

const group = (name: string): RbacV1Subject => ({ apiGroup: RBAC_GROUP, kind: 'Group', name });
const user = (name: string): RbacV1Subject => ({ apiGroup: RBAC_GROUP, kind: 'User', name });
const account = (name: string): RbacV1Subject => ({ kind: 'ServiceAccount', name, namespace: 'kube-system' });

const CONTROLLER_MANAGER = 'system:kube-controller-manager';
const SCHEDULER = 'system:kube-scheduler';

/** Who has a ClusterRole from the start. Nodes are the node authorizer's: their binding stays without subjects. */
const CLUSTER_ROLE_BINDINGS: Readonly<Record<string, readonly RbacV1Subject[]>> = {
  'cluster-admin': [group('system:masters')],
  'system:basic-user': [group('system:authenticated')],
  'system:discovery': [group('system:authenticated')],
  [CONTROLLER_MANAGER]: [user(CONTROLLER_MANAGER)],
  'system:kube-dns': [account('kube-dns')],
  [SCHEDULER]: [user(SCHEDULER)],
  'system:monitoring': [group('system:monitoring')],
  'system:node': [],
  'system:node-proxier': [user('system:kube-proxy')],
  'system:public-info-viewer': [group('system:authenticated'), group('system:unauthenticated')],
  'system:service-account-issuer-discovery': [group('system:serviceaccounts')],
  'system:volume-scheduler': [user(SCHEDULER)],
};

const EVENTS: RuleText = 'create,patch,update core,events.k8s.io events';
const LEADER_LEASES: readonly RuleText[] = ['create,get,list,update,watch coordination.k8s.io leases', 'create,get,list,update,watch coordination.k8s.io leasecandidates'];

interface NamespaceRole {
  readonly namespace: string;
  readonly name: string;
  readonly rules: readonly RuleText[];
  readonly subjects: readonly RbacV1Subject[];
  /** The binding's name where it isn't the role's. */
  readonly binding?: string;
}

const controllerRole = (namespace: string, controller: string, rules: readonly RuleText[]): NamespaceRole => ({ namespace, name: CONTROLLER_PREFIX + controller, rules, subjects: [account(controller)] });

const leaderRole = (component: string, subjects: readonly RbacV1Subject[]): NamespaceRole => ({
  namespace: 'kube-system',
  name: `system::leader-locking-${component}`,
  rules: ['watch core configmaps', `get,update core configmaps ${component}`, ...LEADER_LEASES],
  subjects,
});

const NAMESPACE_ROLES: readonly NamespaceRole[] = [
  controllerRole('kube-public', 'bootstrap-signer', ['get,list,watch core configmaps', 'update core configmaps cluster-info', EVENTS]),
  {
    namespace: 'kube-system',
    name: 'extension-apiserver-authentication-reader',
    rules: ['get,list,watch core configmaps extension-apiserver-authentication'],
    subjects: [user(CONTROLLER_MANAGER), user(SCHEDULER)],
    binding: 'system::extension-apiserver-authentication-reader',
  },
  leaderRole('kube-controller-manager', [user(CONTROLLER_MANAGER), account('kube-controller-manager'), account('leader-election-controller')]),
  leaderRole('kube-scheduler', [user(SCHEDULER), account('kube-scheduler')]),
  controllerRole('kube-system', 'bootstrap-signer', ['get,list,watch core secrets']),
  controllerRole('kube-system', 'cloud-provider', ['create,get,list,watch core configmaps']),
  controllerRole('kube-system', 'token-cleaner', ['delete,get,list,watch core secrets', EVENTS]),
];

const meta = (name: string, more: ObjectMeta = {}): ObjectMeta => ({
  annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
  labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults', ...more.labels },
  name,
  ...(more.namespace ? { namespace: more.namespace } : {}),
});

function clusterRole(name: string, rules: readonly RuleText[]): ClusterRole {
  const target = name.startsWith('system:aggregate-to-') ? name.slice('system:aggregate-to-'.length) : undefined;
  return { metadata: meta(name, target ? { labels: { [AGGREGATE + target]: 'true' } } : {}), rules: rules.map(parseRule) };
}

function aggregatedRole(name: string, partOf?: string): ClusterRole {
  return {
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [AGGREGATE + name]: 'true' } }] },
    metadata: meta(name, partOf ? { labels: { [AGGREGATE + partOf]: 'true' } } : {}),
  };
}

/** The roles with the rules of those that are made of others filled in, as the aggregation controller would find them. */
function clusterRoles(): ClusterRole[] {
  const roles = [
    ...Object.entries(CLUSTER_ROLES).map(([name, rules]) => clusterRole(name, rules)),
    ...Object.entries(CONTROLLER_ROLES).map(([name, rules]) => clusterRole(CONTROLLER_PREFIX + name, rules)),
  ];
  for (const [name, partOf] of [...AGGREGATED].reverse()) {
    const role = aggregatedRole(name, partOf);
    roles.push({ ...role, rules: aggregatedRules(role, roles) });
  }
  return roles;
}

/** The policy, made anew; objects without uid and time. */
export function bootstrapPolicy(): BootstrapPolicy {
  const binding = (name: string, subjects: readonly RbacV1Subject[]): ClusterRoleBinding => ({
    metadata: meta(name),
    roleRef: { apiGroup: RBAC_GROUP, kind: 'ClusterRole', name },
    ...(subjects.length > 0 ? { subjects } : {}),
  });
  return {
    clusterRoles: clusterRoles(),
    clusterRoleBindings: [
      ...Object.entries(CLUSTER_ROLE_BINDINGS).map(([name, subjects]) => binding(name, subjects)),
      ...Object.keys(CONTROLLER_ROLES).map((name) => binding(CONTROLLER_PREFIX + name, [account(name)])),
    ],
    roles: NAMESPACE_ROLES.map(({ namespace, name, rules }) => ({ metadata: meta(name, { namespace }), rules: rules.map(parseRule) })),
    roleBindings: NAMESPACE_ROLES.map(({ namespace, name, subjects, binding: bindingName = name }) => ({
      metadata: meta(bindingName, { namespace }),
      roleRef: { apiGroup: RBAC_GROUP, kind: 'Role', name },
      subjects,
    })),
  };
}
