/** No new objects in namespaces that are missing or on their way out; some namespaces stay. Follows apiserver pkg/admission/plugin/namespace/lifecycle. */
import type { Namespace } from '../../api/generated/types.ts';
import { NAMESPACES } from '../../api/kinds.ts';
import { forbidden, notFound, StatusError } from '../../api/status.ts';
import type { Lookup } from '../storage/storages.ts';
import { refuse, type AdmissionPlugin, type Attributes } from './plugin.ts';

const IMMORTAL: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public']);

const isNamespace = ({ group, plural }: { group: string; plural: string }): boolean => group === '' && plural === 'namespaces';

export const namespaceLifecycle: AdmissionPlugin = {
  name: 'NamespaceLifecycle',

  handles(operation, resource) {
    if (isNamespace(resource)) return operation === 'delete';
    // Updates and deletions find an object, and so a namespace.
    return operation === 'create' && resource.namespaced && resource.plural !== 'localsubjectaccessreviews';
  },

  admit(attributes: Attributes, cluster: Lookup) {
    const { operation, resource, namespace, name } = attributes;
    if (operation === 'delete') {
      if (IMMORTAL.has(name)) throw forbidden(resource, name, 'this namespace may not be deleted');
      return undefined;
    }
    // Asked for every object that is created: no promise where the answer is there.
    const found = cluster.get(NAMESPACES, undefined, namespace);
    return found instanceof Promise ? found.then((read) => checkOpen(attributes, read)) : checkOpen(attributes, found);
  },
};

function checkOpen(attributes: Attributes, found: Namespace | undefined): undefined {
  const { namespace } = attributes;
  if (!found) throw notFound(NAMESPACES, namespace);
  if (found.status?.phase !== 'Terminating') return undefined;
  const error = refuse(attributes, `unable to create new content in namespace ${namespace} because it is being terminated`);
  throw new StatusError(error.code, error.reason, error.message, {
    ...error.status.details,
    causes: [{ reason: 'NamespaceTerminating', message: `namespace ${namespace} is being terminated`, field: 'metadata.namespace' }],
  });
}
