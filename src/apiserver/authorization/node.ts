/**
 * What a kubelet may: its own node, its own lease, and of secrets, ConfigMaps, claims and volumes those that its pods
 * refer to. Follows kubernetes plugin/pkg/auth/authorizer/node/node_authorizer.go.
 */
import type { PolicyRule } from '../../api/generated/types.ts';
import type { UserInfo } from '../../api/request.ts';
import { goQuote } from '../../api/quote.ts';
import { ruleAllowsPath, ruleAllowsResource } from '../../api/rbac/rules.ts';
import type { Storages } from '../storage/storages.ts';
import { NO_OPINION, NO_RULES, noOpinion, type AccessQuestion, type Authorizer, type Decision, type ResourceQuestion, type RuleResolver, type RulesList } from './authorizer.ts';
import { CLUSTER_ROLES } from './bootstrap/cluster-roles.ts';
import { parseRule } from './bootstrap/rules.ts';
import { nodeIdentity } from './node-identity.ts';
import { NodeRelations, type RelatedKind } from './node-relations.ts';

type Answer = Decision | Promise<Decision>;

const ALLOWED: Decision = { allowed: true, reason: '', by: 'Node' };
const NODE_LEASES = 'kube-node-lease';

export class NodeAuthorizer implements Authorizer, RuleResolver {
  readonly #relations: NodeRelations;
  #rules: readonly PolicyRule[] | undefined;

  constructor(storages: Storages) {
    this.#relations = new NodeRelations(storages);
  }

  authorize(question: AccessQuestion): Answer {
    const node = nodeIdentity(question.user);
    if (node === undefined) return NO_OPINION;
    if (node === '') return noOpinion(`unknown node for user ${goQuote(question.user.username)}`);
    if ('path' in question) return this.#rest().some((rule) => ruleAllowsPath(rule, question.verb, question.path)) ? ALLOWED : NO_OPINION;
    switch (`${question.group}/${question.resource}`) {
      case '/secrets':
        return this.#read(node, 'secret', question);
      case '/configmaps':
        return this.#read(node, 'configmap', question);
      case '/persistentvolumeclaims':
        return question.subresource === 'status' ? this.#updateStatus(node, question) : this.#get(node, 'pvc', question);
      case '/persistentvolumes':
        return this.#get(node, 'pv', question);
      case 'resource.k8s.io/resourceclaims':
        return this.#get(node, 'resourceclaim', question);
      case 'storage.k8s.io/volumeattachments':
        return this.#get(node, 'volumeattachment', question);
      case '/serviceaccounts':
        return this.#serviceAccount(node, question);
      case 'coordination.k8s.io/leases':
        return lease(node, question);
      case 'storage.k8s.io/csinodes':
        return csiNode(node, question);
      case 'resource.k8s.io/resourceslices':
        return this.#resourceSlice(node, question);
      case '/nodes':
        return ownNode(node, question);
      case '/pods':
        return this.#pod(node, question);
      default:
        return this.#rest().some((rule) => ruleAllowsResource(rule, question)) ? ALLOWED : NO_OPINION;
    }
  }

  rulesFor(user: UserInfo): RulesList {
    return nodeIdentity(user) === undefined ? NO_RULES : { ...NO_RULES, incomplete: true, errors: ['node authorizer does not support user rule resolution'] };
  }

  /** What is not told apart by node. */
  #rest(): readonly PolicyRule[] {
    return (this.#rules ??= (CLUSTER_ROLES['system:node'] ?? []).map(parseRule));
  }

  #related(node: string, kind: RelatedKind, { namespace, name }: ResourceQuestion): Answer {
    if (name === '') return noOpinion('No Object name found');
    const answer = (related: boolean) => (related ? ALLOWED : noOpinion(`no relationship found between node '${node}' and this object`));
    const related = this.#relations.has(node, kind, namespace, name);
    return related instanceof Promise ? related.then(answer) : answer(related);
  }

  #read(node: string, kind: RelatedKind, question: ResourceQuestion): Answer {
    if (!['get', 'list', 'watch'].includes(question.verb)) return noOpinion('can only read resources of this type');
    if (question.subresource !== '') return noOpinion('cannot read subresource');
    if (question.namespace === '') return noOpinion('can only read namespaced object of this type');
    return this.#related(node, kind, question);
  }

  #get(node: string, kind: RelatedKind, question: ResourceQuestion): Answer {
    if (question.verb !== 'get') return noOpinion('can only get individual resources of this type');
    if (question.subresource !== '') return noOpinion('cannot get subresource');
    return this.#related(node, kind, question);
  }

  #updateStatus(node: string, question: ResourceQuestion): Answer {
    return question.verb === 'update' || question.verb === 'patch' ? this.#related(node, 'pvc', question) : noOpinion('can only get/update/patch this type');
  }

  #serviceAccount(node: string, question: ResourceQuestion): Answer {
    const { verb, subresource, name } = question;
    if (verb === 'get' && subresource === '') return noOpinion('not allowed to get service accounts');
    if (verb !== 'create' || name === '') return noOpinion('can only create tokens for individual service accounts');
    return subresource === 'token' ? this.#related(node, 'serviceAccount', question) : noOpinion('can only create token subresource of serviceaccount');
  }

  #resourceSlice(node: string, question: ResourceQuestion): Answer {
    if (question.subresource !== '') return noOpinion('cannot authorize ResourceSlice subresources');
    switch (question.verb) {
      case 'create':
        return ALLOWED;
      case 'get':
      case 'update':
      case 'patch':
      case 'delete':
        return this.#related(node, 'resourceslice', question);
      case 'watch':
      case 'list':
      case 'deletecollection':
        return selects(question, 'spec.nodeName', node) ? ALLOWED : noOpinion('can only list/watch/deletecollection resourceslices with nodeName field selector');
      default:
        return noOpinion('only the following verbs are allowed for a ResourceSlice: get, watch, list, create, update, patch, delete, deletecollection');
    }
  }

  #pod(node: string, question: ResourceQuestion): Answer {
    const { verb, subresource, name } = question;
    const changes = verb === 'update' || verb === 'patch';
    if (subresource === 'status') return changes ? ALLOWED : NO_OPINION;
    if (subresource === 'eviction') return verb === 'create' ? ALLOWED : NO_OPINION;
    if (subresource !== '') return NO_OPINION;
    if (verb === 'create' || verb === 'delete') return ALLOWED;
    if (verb === 'get') return this.#related(node, 'pod', question);
    if (verb !== 'list' && verb !== 'watch') return NO_OPINION;
    if (selects(question, 'spec.nodeName', node)) return ALLOWED;
    return name === '' ? noOpinion('can only list/watch pods with spec.nodeName field selector') : this.#related(node, 'pod', question);
  }
}

const selects = ({ fieldRequirements }: ResourceQuestion, field: string, value: string): boolean =>
  fieldRequirements?.some((requirement) => requirement.field === field && requirement.operator === '=' && requirement.value === value) ?? false;

const OWN_VERBS = ['get', 'create', 'update', 'patch', 'delete'];

/** The name is not known on creation: NodeRestriction looks at it. */
function lease(node: string, { verb, namespace, name }: ResourceQuestion): Decision {
  if (!OWN_VERBS.includes(verb)) return noOpinion('can only get, create, update, patch, or delete a node lease');
  if (namespace !== NODE_LEASES) return noOpinion(`can only access leases in the ${goQuote(NODE_LEASES)} system namespace`);
  return verb !== 'create' && name !== node ? noOpinion('can only access node lease with the same name as the requesting node') : ALLOWED;
}

function csiNode(node: string, { verb, subresource, name }: ResourceQuestion): Decision {
  if (!OWN_VERBS.includes(verb)) return noOpinion('can only get, create, update, patch, or delete a CSINode');
  if (subresource !== '') return noOpinion('cannot authorize CSINode subresources');
  return verb !== 'create' && name !== node ? noOpinion('can only access CSINode with the same name as the requesting node') : ALLOWED;
}

function ownNode(node: string, { verb, subresource, name }: ResourceQuestion): Decision {
  const changes = verb === 'update' || verb === 'patch';
  if (subresource === 'status') return changes ? ALLOWED : NO_OPINION;
  if (subresource !== '') return NO_OPINION;
  if (changes || verb === 'create') return ALLOWED;
  if (verb !== 'get' && verb !== 'list' && verb !== 'watch') return NO_OPINION;
  if (name === node) return ALLOWED;
  return noOpinion(name === '' ? `node '${node}' cannot read all nodes, only its own Node object` : `node '${node}' cannot read '${name}', only its own Node object`);
}
