/** Pod security: what pods of a namespace may ask for, by the namespace's labels. Follows pod-security-admission admission/admission.go. */
import type { Container, Namespace, Pod, PodSpec, PodTemplateSpec } from '../../../api/generated/types.ts';
import { equal } from '../../../api/json.ts';
import { NAMESPACES, PODS } from '../../../api/kinds.ts';
import { controllerOf } from '../../../api/object.ts';
import { goQuote } from '../../../api/quote.ts';
import { groupResourceName } from '../../../api/resource.ts';
import { invalidObject } from '../../validation/field.ts';
import type { Lookup } from '../../storage/storages.ts';
import { refuse, type AdmissionPlugin, type Attributes } from '../plugin.ts';
import { describeViolations, violations, type CheckedPod } from './checks.ts';
import { compareLevels, formatPolicy, isPrivileged, policyOf, samePolicy, type LevelVersion } from './policy.ts';

const WORKLOADS = new Set(['replicationcontrollers', 'podtemplates', 'replicasets.apps', 'deployments.apps', 'statefulsets.apps', 'daemonsets.apps', 'jobs.batch', 'cronjobs.batch']);
const IGNORED_SUBRESOURCES = new Set(['exec', 'attach', 'binding', 'eviction', 'log', 'portforward', 'proxy', 'status']);
/** Pods that are looked at when a namespace's policy changes. */
const MOST_PODS = 3000;

export const podSecurity: AdmissionPlugin = {
  name: 'PodSecurity',

  handles(operation, resource, subresource) {
    if (operation !== 'create' && operation !== 'update') return false;
    const name = groupResourceName(resource);
    if (name === 'pods') return !IGNORED_SUBRESOURCES.has(subresource);
    return subresource === '' && (name === 'namespaces' || WORKLOADS.has(name));
  },

  validate(attributes: Attributes, cluster: Lookup) {
    if (attributes.resource.plural === 'namespaces') return validateNamespace(attributes, cluster);
    // Asked for every pod: no promise where the answer is there.
    const found = cluster.get(NAMESPACES, undefined, attributes.namespace);
    return found instanceof Promise ? found.then((namespace) => validatePods(attributes, namespace)) : validatePods(attributes, found);
  },
};

function validatePods(attributes: Attributes, namespace: Namespace | undefined): undefined {
  const { policy, errors } = policyOf(namespace?.metadata?.labels);
  if (errors.length === 0 && isPrivileged(policy)) return;
  const isPod = attributes.resource.plural === 'pods';
  const pod = podOf(attributes);
  if (!pod || (isPod && attributes.old && !isSignificant(attributes.object as Pod, attributes.old as Pod))) return;
  const found = (level: LevelVersion) => violations(level, pod);
  if (isPod) {
    const enforced = found(policy.enforce);
    attributes.annotate('pod-security.kubernetes.io/enforce-policy', formatPolicy(policy.enforce));
    if (enforced.length > 0) throw refuse(attributes, `violates PodSecurity ${goQuote(formatPolicy(policy.enforce))}: ${describeViolations(enforced)}`);
  }
  const wouldViolate = (level: LevelVersion): string | undefined => {
    const violated = found(level);
    return violated.length > 0 ? `would violate PodSecurity ${goQuote(formatPolicy(level))}: ${describeViolations(violated)}` : undefined;
  };
  const audited = wouldViolate(policy.audit);
  if (audited) attributes.annotate('pod-security.kubernetes.io/audit-violations', audited);
  const warned = wouldViolate(policy.warn);
  if (warned) attributes.warn(warned);
}

interface WithTemplate {
  readonly spec?: { readonly template?: PodTemplateSpec; readonly jobTemplate?: { readonly spec?: { readonly template?: PodTemplateSpec } } };
  readonly template?: PodTemplateSpec;
}

/** The pod, or the pod that a workload makes. */
function podOf({ resource, object }: Attributes): CheckedPod | undefined {
  if (resource.plural === 'pods') return checked(object as Pod);
  const workload = object as WithTemplate;
  const template = workload.template ?? workload.spec?.template ?? workload.spec?.jobTemplate?.spec?.template;
  return template && checked(template);
}

const checked = ({ metadata, spec }: { readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> }; readonly spec?: PodSpec }): CheckedPod => ({ annotations: metadata?.annotations ?? {}, spec: spec ?? { containers: [] } });

/** Whether a change of a pod could matter: a new image, another container. */
function isSignificant(pod: Pod, old: Pod): boolean {
  const images = (containers: readonly Container[] | undefined): string[] => (containers ?? []).map(({ image }) => image ?? '');
  if (!equal(images(pod.spec?.containers), images(old.spec?.containers)) || !equal(images(pod.spec?.initContainers), images(old.spec?.initContainers))) return true;
  const before = new Map((old.spec?.ephemeralContainers ?? []).map(({ name, image }) => [name, image]));
  return (pod.spec?.ephemeralContainers ?? []).some(({ name, image }) => !before.has(name) || before.get(name) !== image);
}

async function validateNamespace(attributes: Attributes, cluster: Lookup): Promise<undefined> {
  const namespace = attributes.object as Namespace;
  const { policy, errors } = policyOf(namespace.metadata?.labels);
  const before = attributes.old && policyOf((attributes.old as Namespace).metadata?.labels);
  if (errors.length > 0 && (!before || before.errors.length === 0 || !equal(errors, before.errors))) throw invalidObject(attributes.resource, attributes.name || (namespace.metadata?.name ?? ''), errors);
  if (!before) return;
  const { enforce } = policy;
  const was = before.policy.enforce;
  if (samePolicy(enforce, was) || enforce.level === 'privileged' || (enforce.minor === was.minor && compareLevels(enforce.level, was.level) < 1)) return;
  for (const text of await podWarnings(cluster, namespace.metadata?.name ?? '', enforce)) attributes.warn(text);
}

/** What of the pods that are there a new policy would refuse; pods with the same faults are told together. */
async function podWarnings(cluster: Lookup, namespace: string, enforce: LevelVersion): Promise<string[]> {
  const pods = onePerController(await cluster.list(PODS, namespace));
  const byReason = new Map<string, string[]>();
  for (const pod of pods.slice(0, MOST_PODS)) {
    const reason = violations(enforce, checked(pod)).map((violation) => violation.reason).join(', ');
    if (reason) byReason.set(reason, [...(byReason.get(reason) ?? []), pod.metadata?.name ?? '']);
  }
  const warnings: string[] = [];
  if (pods.length > MOST_PODS) warnings.push(`new PodSecurity enforce level only checked against the first ${MOST_PODS} of ${pods.length} existing pods`);
  if (byReason.size > 0) warnings.push(`existing pods in namespace ${goQuote(namespace)} violate the new PodSecurity enforce level ${goQuote(formatPolicy(enforce))}`);
  const texts = [...byReason].map(([reason, names]) => {
    const [first = ''] = names.sort();
    const others = names.length - 1;
    return `${first}${others === 0 ? '' : ` (and ${others} other ${others === 1 ? 'pod' : 'pods'})`}: ${reason}`;
  });
  return [...warnings, ...texts.sort()];
}

/** The pods with those first that tell something new: of a controller's pods the first. */
function onePerController(pods: readonly Pod[]): Pod[] {
  const seen = new Set<string>();
  const first: Pod[] = [];
  const others: Pod[] = [];
  for (const pod of pods) {
    const uid = controllerOf(pod)?.uid;
    if (uid !== undefined && seen.has(uid)) others.push(pod);
    else first.push(pod);
    if (uid !== undefined) seen.add(uid);
  }
  return [...first, ...others];
}
