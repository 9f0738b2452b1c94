/**
 * Policies and webhooks with expressions are compiled as they are checked, so what compiles them is loaded before; what
 * doesn't fit the types of the kinds that a policy is about is told in its status. Follows apiserver
 * pkg/admission/plugin/policy/validating/typechecking.go.
 */
import type { MutatingWebhookConfiguration, ValidatingAdmissionPolicy, ValidatingWebhookConfiguration } from '../../../api/generated/types.ts';
import { equal, type Draft } from '../../../api/json.ts';
import type { KubeObject } from '../../../api/object.ts';
import type { Finish, WriteHooks } from '../../registry/create.ts';
import type { ServedResources } from '../../served-resources.ts';
import { loadExpressions } from '../expressions-loader.ts';

const finish: Finish = () => undefined;

type Configuration = MutatingWebhookConfiguration | ValidatingWebhookConfiguration;

/** By "group/plural". */
export const expressionHooks = (served: () => ServedResources): Readonly<Record<string, WriteHooks>> => ({
  'admissionregistration.k8s.io/mutatingwebhookconfigurations': webhookHooks,
  'admissionregistration.k8s.io/validatingwebhookconfigurations': webhookHooks,
  'admissionregistration.k8s.io/validatingadmissionpolicies': policyHooks(served),
});

async function loadForWebhooks({ webhooks }: Draft<Configuration>): Promise<Finish> {
  if (webhooks?.some(({ matchConditions }) => matchConditions?.length)) await loadExpressions();
  return finish;
}

const webhookHooks: WriteHooks = {
  beforeCreate: (_, object) => loadForWebhooks(object as Draft<Configuration>),
  beforeUpdate: (_, object) => loadForWebhooks(object as Draft<Configuration>),
};

/** What the status of a policy tells of its expressions. */
function policyHooks(served: () => ServedResources): WriteHooks {
  const check = async (object: Draft<KubeObject>): Promise<Finish> => {
    await loadExpressions();
    const policy = object as Draft<ValidatingAdmissionPolicy>;
    const { typeWarnings } = await import('./type-checking.ts');
    const warnings = await typeWarnings(policy, served());
    policy.status = { ...policy.status, observedGeneration: policy.metadata?.generation ?? 1, typeChecking: warnings.length > 0 ? { expressionWarnings: warnings } : {} };
    return finish;
  };
  return {
    beforeCreate: (_, object) => check(object),
    async beforeUpdate(_, object, old) {
      await loadExpressions();
      return equal((object as ValidatingAdmissionPolicy).spec, (old as ValidatingAdmissionPolicy).spec) ? finish : check(object);
    },
  };
}
