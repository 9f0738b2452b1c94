/**
 * Policies and webhooks with expressions are compiled as they are checked, so what compiles them is loaded before; what
 * doesn't fit the types of the kinds that a policy is about is told in its status. Who writes them has to be allowed to
 * read their parameters. Follows apiserver
 * pkg/admission/plugin/policy/validating/typechecking.go.
 */
import type { MutatingWebhookConfiguration, ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding, ValidatingWebhookConfiguration } from '../../../api/generated/types.ts';
import { equal, type Draft } from '../../../api/json.ts';
import type { KubeObject } from '../../../api/object.ts';
import type { Finish, WriteHooks } from '../../registry/create.ts';
import type { RequestScope } from '../../registry/scope.ts';
import { validateAdmissionPolicy, validateAdmissionPolicyBinding } from '../../validation/admission-registration.ts';
import { invalidObject, type FieldError } from '../../validation/field.ts';
import { loadExpressions } from '../expressions-loader.ts';
import { paramKindFaults, paramRefFaults, type ParamAccess } from './param-access.ts';

const finish: Finish = () => undefined;

type Configuration = MutatingWebhookConfiguration | ValidatingWebhookConfiguration;

/** By "group/plural". */
export const expressionHooks = (access: ParamAccess): Readonly<Record<string, WriteHooks>> => ({
  'admissionregistration.k8s.io/mutatingwebhookconfigurations': webhookHooks,
  'admissionregistration.k8s.io/validatingwebhookconfigurations': webhookHooks,
  'admissionregistration.k8s.io/validatingadmissionpolicies': policyHooks(access),
  'admissionregistration.k8s.io/validatingadmissionpolicybindings': bindingHooks(access),
});

async function loadForWebhooks({ webhooks }: Draft<Configuration>): Promise<Finish> {
  if (webhooks?.some(({ matchConditions }) => matchConditions?.length)) await loadExpressions();
  return finish;
}

const webhookHooks: WriteHooks = {
  beforeCreate: (_, object) => loadForWebhooks(object as Draft<Configuration>),
  beforeUpdate: (_, object) => loadForWebhooks(object as Draft<Configuration>),
};

/** Access is asked for objects that are valid. */
function refuse({ resource, name }: RequestScope, object: Draft<KubeObject>, faults: readonly FieldError[], isValid: () => boolean): void {
  if (faults.length > 0 && isValid()) throw invalidObject(resource, object.metadata?.name ?? name, faults);
}

function bindingHooks(access: ParamAccess): WriteHooks {
  const check = async (scope: RequestScope, object: Draft<KubeObject>, old?: KubeObject): Promise<Finish> => {
    const binding = object as ValidatingAdmissionPolicyBinding;
    refuse(scope, object, await paramRefFaults(access, scope, binding, old as ValidatingAdmissionPolicyBinding | undefined), () => validateAdmissionPolicyBinding(binding).length === 0);
    return finish;
  };
  return { beforeCreate: check, beforeUpdate: check };
}

/** What the status of a policy tells of its expressions. */
function policyHooks(access: ParamAccess): WriteHooks {
  const { served } = access;
  const check = async (scope: RequestScope, object: Draft<KubeObject>, old?: KubeObject): Promise<Finish> => {
    await loadExpressions();
    const policy = object as Draft<ValidatingAdmissionPolicy>;
    refuse(scope, object, await paramKindFaults(access, scope, policy, old as ValidatingAdmissionPolicy | undefined), () => validateAdmissionPolicy(policy).length === 0);
    const { typeWarnings } = await import('./type-checking.ts');
    const warnings = await typeWarnings(policy, served());
    policy.status = { ...policy.status, observedGeneration: policy.metadata?.generation ?? 1, typeChecking: warnings.length > 0 ? { expressionWarnings: warnings } : {} };
    return finish;
  };
  return {
    beforeCreate: check,
    async beforeUpdate(scope, object, old) {
      await loadExpressions();
      return equal((object as ValidatingAdmissionPolicy).spec, (old as ValidatingAdmissionPolicy).spec) ? finish : check(scope, object, old);
    },
  };
}
