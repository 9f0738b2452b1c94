/** ValidatingAdmissionPolicy: what policies bound to the cluster say of a request, in CEL. Follows apiserver pkg/admission/plugin/policy/validating/dispatcher.go. */
import { VALIDATINGADMISSIONPOLICYBINDINGS } from '../../../api/kinds.ts';
import type { Lookup } from '../../storage/storages.ts';
import type { AdmissionContext } from '../index.ts';
import { isExempt } from '../matching.ts';
import type { AdmissionPlugin, Attributes } from '../plugin.ts';

export function validatingAdmissionPolicy(context: AdmissionContext): AdmissionPlugin {
  return {
    name: 'ValidatingAdmissionPolicy',
    handles: (_operation, resource) => !isExempt(resource),

    validate(attributes: Attributes, cluster: Lookup) {
      const bindings = cluster.list(VALIDATINGADMISSIONPOLICYBINDINGS);
      // Asked for every write: no promise, and no CEL, where no policy is bound.
      if (bindings instanceof Promise) return bindings.then((late) => (late.length > 0 ? dispatchLazily(attributes, context, cluster) : undefined));
      return bindings.length > 0 ? dispatchLazily(attributes, context, cluster) : undefined;
    },
  };
}

async function dispatchLazily(attributes: Attributes, context: AdmissionContext, cluster: Lookup): Promise<undefined> {
  const { dispatch } = await import('./dispatch.ts');
  await dispatch(attributes, context, cluster);
}
