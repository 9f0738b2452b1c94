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
      const account = await cluster.get(SERVICEACCOUNTS, attributes.namespace, spec.serviceAccountName);
      if (!account) {
        const missing = notFound({ group: '', plural: 'serviceaccount' }, spec.serviceAccountName);
        throw refuse(attributes, `error looking up service account ${attributes.namespace}/${spec.serviceAccountName}: ${missing.message}`);
      }
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
  };
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
