/** Strategies of kinds that configure the API server itself: admission, aggregation, flow control. Follows kubernetes pkg/registry/{admissionregistration,flowcontrol} and kube-aggregator pkg/registry/apiservice. */
import type { APIService, FlowSchema, MutatingWebhookConfiguration, PriorityLevelConfiguration, ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding, ValidatingWebhookConfiguration } from '../../api/generated/types.ts';
import { formatTime } from '../../api/time.ts';
import { defaultApiService, defaultFlowSchema, defaultPriorityLevel } from '../defaults/extensions.ts';
import { defaultAdmissionPolicy, defaultAdmissionPolicyBinding, defaultMutatingWebhooks, defaultValidatingWebhooks } from '../defaults/policy.ts';
import { nameIsPathSegment } from '../validation/formats.ts';
import type { Strategy } from '../strategy.ts';
import { validateAdmissionPolicy, validateAdmissionPolicyBinding, validateAdmissionPolicyStatus, validateWebhooks } from '../validation/admission-registration.ts';
import { validateApiService, validateApiServiceStatus } from '../validation/api-service.ts';
import { validateConditionTypes, validateFlowSchema, validatePriorityLevel } from '../validation/flowcontrol.ts';
import { keepStatus } from './common.ts';

const webhooks = { validate: (configuration: object) => validateWebhooks(configuration), validateUpdate: validateWebhooks, allowUnconditionalUpdate: false };

export const validatingWebhookStrategy: Strategy<ValidatingWebhookConfiguration> = { ...webhooks, applyDefaults: defaultValidatingWebhooks };
export const mutatingWebhookStrategy: Strategy<MutatingWebhookConfiguration> = { ...webhooks, applyDefaults: defaultMutatingWebhooks };

export const admissionPolicyStrategy: Strategy<ValidatingAdmissionPolicy> = {
  applyDefaults: defaultAdmissionPolicy,
  validate: validateAdmissionPolicy,
  validateUpdate: validateAdmissionPolicy,
  validateStatusUpdate: validateAdmissionPolicyStatus,
  allowUnconditionalUpdate: false,
};

export const admissionPolicyBindingStrategy: Strategy<ValidatingAdmissionPolicyBinding> = {
  applyDefaults: defaultAdmissionPolicyBinding,
  validate: validateAdmissionPolicyBinding,
  validateUpdate: validateAdmissionPolicyBinding,
  allowUnconditionalUpdate: false,
};

export const apiServiceStrategy: Strategy<APIService> = {
  // The core's is called "v1.".
  validateName: nameIsPathSegment,
  applyDefaults: defaultApiService,
  prepareForCreate(service, { nowMs }) {
    service.status = {};
    // What this server serves itself is there at once.
    if (!service.spec?.service) service.status.conditions = [{ type: 'Available', status: 'True', lastTransitionTime: formatTime(nowMs), reason: 'Local', message: 'Local APIServices are always available' }];
  },
  prepareForUpdate: keepStatus,
  validate: validateApiService,
  validateUpdate: validateApiService,
  validateStatusUpdate: validateApiServiceStatus,
  allowUnconditionalUpdate: false,
};

export const flowSchemaStrategy: Strategy<FlowSchema> = { applyDefaults: defaultFlowSchema, validate: validateFlowSchema, validateUpdate: validateFlowSchema, validateStatusUpdate: validateConditionTypes };

export const priorityLevelStrategy: Strategy<PriorityLevelConfiguration> = { applyDefaults: defaultPriorityLevel, validate: validatePriorityLevel, validateUpdate: validatePriorityLevel, validateStatusUpdate: validateConditionTypes };
