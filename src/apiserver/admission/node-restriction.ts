/** Keeps kubelets to their own node and its pods. Follows kubernetes plugin/pkg/admission/noderestriction/admission.go. */
import type { CertificateSigningRequest, Node, PersistentVolumeClaim, Pod, TokenRequestSpec } from '../../api/generated/types.ts';
import { parseCertificateRequest } from '../../api/certificates/request.ts';
import { KUBELET_CLIENT, KUBELET_SERVING } from '../../api/certificates/signers.ts';
import { equal } from '../../api/json.ts';
import { NODES, PODS } from '../../api/kinds.ts';
import type { KubeObject } from '../../api/object.ts';
import { goQuote } from '../../api/quote.ts';
import { notFound } from '../../api/status.ts';
import { nodeIdentity } from '../authorization/node-identity.ts';
import { referencesOf } from '../authorization/pod-references.ts';
import type { Authorizer } from '../authorization/authorizer.ts';
import type { Lookup } from '../storage/storages.ts';
import { forbiddenLabels, modifiedLabels } from './node-labels.ts';
import { refuse, type AdmissionPlugin, type Attributes } from './plugin.ts';

/** Throws the refusal; `why` is its text. */
type Check = (node: string, attributes: Attributes, cluster: Lookup, authorizer: Authorizer) => void | Promise<void>;

const MIRROR = 'kubernetes.io/config.mirror';
const NODE_LEASES = 'kube-node-lease';

const CHECKS: Readonly<Record<string, Check>> = {
  '/pods/': checkPod,
  '/pods/status': checkPodStatus,
  '/pods/eviction': checkEviction,
  '/nodes/': checkNode,
  '/nodes/status': checkNode,
  '/persistentvolumeclaims/status': checkClaimStatus,
  '/serviceaccounts/token': checkToken,
  'coordination.k8s.io/leases/': checkLease,
  'storage.k8s.io/csinodes/': checkCsiNode,
  'certificates.k8s.io/certificatesigningrequests/': checkCertificateRequest,
};

const checkOf = ({ resource, subresource }: Pick<Attributes, 'resource' | 'subresource'>): Check | undefined => CHECKS[`${resource.group}/${resource.plural}/${subresource}`];

export const nodeRestriction = (authorizer: Authorizer): AdmissionPlugin => ({
  name: 'NodeRestriction',
  handles: (_operation, resource, subresource) => checkOf({ resource, subresource }) !== undefined,
  async admit(attributes, cluster) {
    const node = nodeIdentity(attributes.user);
    if (node === undefined) return undefined;
    if (node === '') throw refuse(attributes, `could not determine node from user ${goQuote(attributes.user.username)}`);
    await checkOf(attributes)?.(node, attributes, cluster, authorizer);
    return undefined;
  },
});

async function checkPod(node: string, attributes: Attributes, cluster: Lookup): Promise<void> {
  const { operation, old, object } = attributes;
  if (operation === 'create') return checkMirrorPod(node, attributes, object as Pod, cluster);
  if (operation === 'update') throw refuse(attributes, `unexpected operation "UPDATE", node ${goQuote(node)} can only create and delete mirror pods`);
  if ((old as Pod | undefined)?.spec?.nodeName !== node) throw refuse(attributes, `node ${goQuote(node)} can only delete pods with spec.nodeName set to itself`);
}

async function checkMirrorPod(node: string, attributes: Attributes, pod: Pod, cluster: Lookup): Promise<void> {
  const name = goQuote(node);
  const { annotations, ownerReferences = [] } = pod.metadata ?? {};
  const { spec } = pod;
  if (annotations?.[MIRROR] === undefined) throw refuse(attributes, `pod does not have "${MIRROR}" annotation, node ${name} can only create mirror pods`);
  if (spec?.nodeName !== node) throw refuse(attributes, `node ${name} can only create pods with spec.nodeName set to itself`);
  const [owner, ...more] = ownerReferences;
  if (more.length > 0) throw refuse(attributes, `node ${name} can only create pods with a single owner reference set to itself`);
  if (owner?.apiVersion !== 'v1' || owner.kind !== 'Node' || owner.name !== node) throw refuse(attributes, `node ${name} can only create pods with an owner reference set to itself`);
  if (!owner.controller) throw refuse(attributes, `node ${name} can only create pods with a controller owner reference set to itself`);
  if (owner.blockOwnerDeletion) throw refuse(attributes, `node ${name} must not set blockOwnerDeletion on an owner reference`);
  const itself = await cluster.get(NODES, undefined, node);
  if (!itself) throw notFound({ group: '', plural: 'node' }, node);
  if (owner.uid !== itself.metadata.uid) throw refuse(attributes, `node ${node} UID mismatch: expected ${owner.uid} got ${itself.metadata.uid}`);
  const why = forbiddenReference(spec);
  if (why !== undefined) throw refuse(attributes, `node ${name} can not create pods that reference ${why}`);
}

/** What a mirror pod refers to although it may refer to nothing. */
function forbiddenReference(spec: NonNullable<Pod['spec']>): string | undefined {
  const references = referencesOf({ spec });
  if (spec.serviceAccountName) return 'a service account';
  if (references.secrets.size > 0) return 'secrets';
  if (references.configMaps.size > 0) return 'configmaps';
  if (spec.volumes?.some(({ projected }) => projected?.sources?.some(({ clusterTrustBundle }) => clusterTrustBundle))) return 'clustertrustbundles';
  if (spec.volumes?.some(({ persistentVolumeClaim }) => persistentVolumeClaim)) return 'persistentvolumeclaims';
  return spec.resourceClaims?.length ? 'resourceclaims' : undefined;
}

function checkPodStatus(node: string, attributes: Attributes): void {
  const old = attributes.old as Pod | undefined;
  const pod = attributes.object as Pod | undefined;
  if (old?.spec?.nodeName !== node) throw refuse(attributes, `node ${goQuote(node)} can only update pod status for pods with spec.nodeName set to itself`);
  if (!equal(old.metadata?.labels ?? {}, pod?.metadata?.labels ?? {})) throw refuse(attributes, `node ${goQuote(node)} cannot update labels through pod status`);
  if (!equal(old.status?.resourceClaimStatuses ?? [], pod?.status?.resourceClaimStatuses ?? [])) throw refuse(attributes, `node ${goQuote(node)} cannot update resource claim statues`);
}

async function checkEviction(node: string, attributes: Attributes, cluster: Lookup): Promise<void> {
  const name = attributes.name || (attributes.object?.metadata?.name ?? '');
  const pod = await cluster.get(PODS, attributes.namespace, name);
  if (!pod) throw notFound({ group: '', plural: 'pod' }, name);
  if (pod.spec?.nodeName !== node) throw refuse(attributes, `node ${node} can only evict pods with spec.nodeName set to itself`);
}

function checkNode(node: string, attributes: Attributes): void {
  const { operation } = attributes;
  const name = attributes.name || (attributes.object?.metadata?.name ?? '');
  if (name !== node) throw refuse(attributes, `node ${goQuote(node)} is not allowed to modify node ${goQuote(name)}`);
  if (operation === 'delete') return;
  const wanted = attributes.object as Node;
  const old = attributes.old as Node | undefined;
  if (operation === 'create') {
    if (wanted.spec?.configSource) throw refuse(attributes, `node ${goQuote(node)} is not allowed to create pods with a non-nil configSource`);
    const labels = forbiddenLabels(modifiedLabels(wanted, undefined));
    if (labels.length > 0) throw refuse(attributes, `node ${goQuote(node)} is not allowed to set the following labels: ${labels.join(', ')}`);
    return;
  }
  if (wanted.spec?.configSource && !equal(wanted.spec.configSource, old?.spec?.configSource)) throw refuse(attributes, `node ${goQuote(node)} is not allowed to update configSource to a new non-nil configSource`);
  if (!equal(wanted.spec?.taints ?? [], old?.spec?.taints ?? [])) throw refuse(attributes, `node ${goQuote(node)} is not allowed to modify taints`);
  if (!equal(wanted.metadata?.ownerReferences ?? [], old?.metadata?.ownerReferences ?? [])) throw refuse(attributes, `node ${goQuote(node)} is not allowed to modify ownerReferences`);
  const labels = forbiddenLabels(modifiedLabels(wanted, old));
  if (labels.length > 0) throw refuse(attributes, `is not allowed to modify labels: ${labels.join(', ')}`);
}

function checkClaimStatus(node: string, attributes: Attributes): void {
  const rest = (object: KubeObject | undefined) => {
    const { metadata = {}, status = {}, ...more } = (object ?? {}) as PersistentVolumeClaim;
    const { resourceVersion: _, managedFields: _fields, ...meta } = metadata;
    const { capacity: _capacity, conditions: _conditions, allocatedResources: _resources, allocatedResourceStatuses: _statuses, ...kept } = status;
    return { ...more, metadata: meta, status: kept };
  };
  if (!equal(rest(attributes.old), rest(attributes.object as KubeObject))) throw refuse(attributes, `node ${goQuote(node)} is not allowed to update fields other than status.quantity and status.conditions: `);
}

async function checkToken(node: string, attributes: Attributes, cluster: Lookup, authorizer: Authorizer): Promise<void> {
  const { spec } = attributes.object as unknown as { readonly spec: TokenRequestSpec };
  const bound = spec.boundObjectRef;
  if (bound?.apiVersion !== 'v1' || bound.kind !== 'Pod' || !bound.name) throw refuse(attributes, 'node requested token not bound to a pod');
  if (!bound.uid) throw refuse(attributes, 'node requested token with a pod binding without a uid');
  const pod = await cluster.get(PODS, attributes.namespace, bound.name);
  if (!pod) throw notFound({ group: '', plural: 'pod' }, bound.name);
  if (bound.uid !== pod.metadata.uid) throw refuse(attributes, `the UID in the bound object reference (${bound.uid}) does not match the UID in record. The object might have been deleted and then recreated`);
  if (pod.spec?.nodeName !== node) throw refuse(attributes, 'node requested token bound to a pod scheduled on a different node');
  const audiences = spec.audiences ?? [];
  if (audiences.length > 1) throw refuse(attributes, 'node may only request 0 or 1 audiences');
  const audience = audiences[0] ?? '';
  if (pod.spec.volumes?.some(({ projected }) => projected?.sources?.some(({ serviceAccountToken: token }) => token && (token.audience ?? '') === audience))) return;
  const { user, namespace, name } = attributes;
  const { allowed } = await authorizer.authorize({ user, verb: 'request-serviceaccounts-token-audience', group: '', version: 'v1', resource: audience, subresource: '', namespace, name });
  if (!allowed) throw refuse(attributes, `audience ${goQuote(audience)} not found in pod spec volume, ${user.username} is not authorized to request tokens for this audience`);
}

/** On creation the name is the object's. */
const nameOf = ({ name, object }: Attributes): string => name || (object?.metadata?.name ?? '');

function checkLease(node: string, attributes: Attributes): void {
  if (attributes.namespace !== NODE_LEASES) throw refuse(attributes, `can only access leases in the "${NODE_LEASES}" system namespace`);
  if (nameOf(attributes) !== node) throw refuse(attributes, 'can only access node lease with the same name as the requesting node');
}

function checkCsiNode(node: string, attributes: Attributes): void {
  if (nameOf(attributes) !== node) throw refuse(attributes, 'can only access CSINode with the same name as the requesting node');
}

function checkCertificateRequest(node: string, attributes: Attributes): void {
  const { signerName, request = '' } = (attributes.object as CertificateSigningRequest | undefined)?.spec ?? {};
  if (attributes.operation !== 'create' || (signerName !== KUBELET_SERVING && signerName !== KUBELET_CLIENT)) return;
  let commonName: string;
  try {
    ({ commonName } = parseCertificateRequest(Buffer.from(request, 'base64').toString('latin1')).subject);
  } catch (error) {
    throw refuse(attributes, `unable to parse csr: ${(error as Error).message}`);
  }
  if (commonName !== `system:node:${node}`) throw refuse(attributes, `can only create a node CSR with CN=system:node:${node}`);
}
