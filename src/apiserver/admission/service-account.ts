/** Gives each pod a service account and mounts its token. Follows kubernetes plugin/pkg/admission/serviceaccount/admission.go. */
import type { Container, Pod, PodSpec, ServiceAccount, Volume } from '../../api/generated/types.ts';
import type { Draft } from '../../api/json.ts';
import { SERVICEACCOUNTS } from '../../api/kinds.ts';
import { notFound } from '../../api/status.ts';
import type { Identities } from '../registry/identities.ts';
import type { Lookup } from '../storage/storages.ts';
import { refuse, type AdmissionPlugin, type Attributes } from './plugin.ts';

const DEFAULT_ACCOUNT = 'default';
const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
const VOLUME_PREFIX = 'kube-api-access-';
/** A second more than an hour and seven more: kubelets and clients tell it from one that a user asked for. */
const TOKEN_SECONDS = 3607;
const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror';
/** An account with it lends its pods no other secrets than those that it names. */
const ENFORCE_ANNOTATION = 'kubernetes.io/enforce-mountable-secrets';
/** What strconv.ParseBool takes for true. */
const TRUE = ['1', 't', 'T', 'true', 'TRUE', 'True'];

export function serviceAccount(identities: Identities): AdmissionPlugin {
  return {
    name: 'ServiceAccount',
    handles: (operation, { group, plural }, subresource) => operation === 'create' && group === '' && plural === 'pods' && subresource === '',

    async admit(attributes: Attributes, cluster: Lookup) {
      const pod = attributes.object as Draft<Pod>;
      const spec = pod.spec;
      if (!spec) return undefined;
      if (pod.metadata?.annotations?.[MIRROR_ANNOTATION] !== undefined) return undefined;
      const done: string[] = [];
      if (!spec.serviceAccountName) {
        spec.serviceAccountName = DEFAULT_ACCOUNT;
        done.push(`serviceAccountName ${DEFAULT_ACCOUNT}`);
      }
      spec.serviceAccount = spec.serviceAccountName;
      const account = await accountOf(attributes, spec, cluster);
      if (spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true) {
        const path = `volume ${attributes.namespace}/${attributes.name || (pod.metadata?.generateName ?? '')}`;
        if (mountToken(spec, () => identities.name(path, VOLUME_PREFIX))) done.push('token volume mounted');
      }
      if (!spec.imagePullSecrets?.length && account.imagePullSecrets?.length) {
        spec.imagePullSecrets = copySecrets(account);
        done.push('imagePullSecrets of the account');
      }
      return done.length > 0 ? done.join(', ') : undefined;
    },

    async validate(attributes: Attributes, cluster: Lookup) {
      const pod = attributes.object as Pod;
      if (!pod.spec) return undefined;
      if (pod.metadata?.annotations?.[MIRROR_ANNOTATION] !== undefined) {
        const fault = mirrorFault(pod.spec);
        if (fault) throw refuse(attributes, fault);
        return undefined;
      }
      const account = await accountOf(attributes, pod.spec, cluster);
      const fault = TRUE.includes(account.metadata?.annotations?.[ENFORCE_ANNOTATION] ?? '') ? secretFault(account, pod.spec) : undefined;
      if (fault) throw refuse(attributes, fault);
      return undefined;
    },
  };
}

async function accountOf(attributes: Attributes, { serviceAccountName = '' }: PodSpec, cluster: Lookup): Promise<ServiceAccount> {
  const account = await cluster.get(SERVICEACCOUNTS, attributes.namespace, serviceAccountName);
  if (account) return account;
  const missing = notFound({ group: '', plural: 'serviceaccount' }, serviceAccountName);
  throw refuse(attributes, `error looking up service account ${attributes.namespace}/${serviceAccountName}: ${missing.message}`);
}

/** What a kubelet's own pods may not have. */
function mirrorFault({ serviceAccountName, volumes = [] }: PodSpec): string | undefined {
  if (serviceAccountName) return 'a mirror pod may not reference service accounts';
  if (volumes.some(({ secret }) => secret)) return 'a mirror pod may not reference secrets';
  return volumes.some(({ projected }) => projected?.sources?.some(({ serviceAccountToken }) => serviceAccountToken)) ? 'a mirror pod may not use ServiceAccountToken volume projections' : undefined;
}

/** The first secret that the pod uses and its account doesn't name. */
function secretFault(account: ServiceAccount, spec: PodSpec): string | undefined {
  const name = account.metadata?.name ?? '';
  const mountable = new Set((account.secrets ?? []).map((secret) => secret.name));
  const because = `is not allowed because service account ${name} does not reference that secret`;
  for (const { secret } of spec.volumes ?? []) if (secret && !mountable.has(secret.secretName)) return `volume with secret.secretName="${secret.secretName ?? ''}" ${because}`;
  const kinds: readonly (readonly [string, readonly Container[] | undefined])[] = [['init container', spec.initContainers], ['container', spec.containers]];
  for (const [kind, containers] of kinds) {
    for (const container of containers ?? []) {
      for (const { name: variable, valueFrom } of container.env ?? []) {
        const secret = valueFrom?.secretKeyRef?.name;
        if (valueFrom?.secretKeyRef && !mountable.has(secret)) return `${kind} ${container.name} with envVar ${variable} referencing secret.secretName="${secret ?? ''}" ${because}`;
      }
      for (const { secretRef } of container.envFrom ?? []) if (secretRef && !mountable.has(secretRef.name)) return `${kind} ${container.name} with envFrom referencing secret.secretName="${secretRef.name ?? ''}" ${because}`;
    }
  }
  const pullable = new Set((account.imagePullSecrets ?? []).map((secret) => secret.name));
  for (const [i, secret] of (spec.imagePullSecrets ?? []).entries()) if (!pullable.has(secret.name)) return `imagePullSecrets[${i}].name="${secret.name ?? ''}" is not allowed because service account ${name} does not reference that imagePullSecret`;
  return undefined;
}

const copySecrets = (account: ServiceAccount): { name?: string }[] => (account.imagePullSecrets ?? []).map((secret) => ({ ...secret }));

function mountToken(spec: Draft<PodSpec>, newName: () => string): boolean {
  const existing = spec.volumes?.find((volume) => volume.name.startsWith(VOLUME_PREFIX))?.name;
  const containers: Draft<Container>[] = [...(spec.initContainers ?? []), ...(spec.containers ?? [])].filter((container) => !container.volumeMounts?.some((mount) => mount.mountPath === MOUNT_PATH));
  if (containers.length === 0) return false;
  const name = existing ?? newName();
  for (const container of containers) (container.volumeMounts ??= []).push({ mountPath: MOUNT_PATH, name, readOnly: true });
  if (existing === undefined) (spec.volumes ??= []).push(tokenVolume(name));
  return true;
}

function tokenVolume(name: string): Draft<Volume> {
  return {
    name,
    projected: {
      defaultMode: 420,
      sources: [
        { serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, path: 'token' } },
        { configMap: { items: [{ key: 'ca.crt', path: 'ca.crt' }], name: 'kube-root-ca.crt' } },
        { downwardAPI: { items: [{ fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' }, path: 'namespace' }] } },
      ],
    },
  };
}
