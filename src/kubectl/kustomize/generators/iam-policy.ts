/** A ServiceAccount that stands for one of a cloud's (kustomize IAMPolicyGenerator, api/filters/iampolicygenerator). */
import { KustomizeError } from '../errors.ts';
import type { Generator } from '../plugin.ts';
import { readResources } from '../read-resources.ts';

export interface IamPolicyConfig {
  readonly cloud?: string;
  readonly kubernetesService?: { readonly name?: string; readonly namespace?: string };
  readonly serviceAccount?: { readonly name?: string; readonly projectId?: string };
}

export function iamPolicyGenerator({ cloud = '', kubernetesService: { name = '', namespace = '' } = {}, serviceAccount = {} }: IamPolicyConfig): Generator {
  return {
    generate() {
      if (cloud !== 'gke') throw new KustomizeError(`cloud provider ${cloud} not supported yet`);
      return readResources([
        'apiVersion: v1', 'kind: ServiceAccount', 'metadata:', '  annotations:', `    iam.gke.io/gcp-service-account: ${serviceAccount.name ?? ''}@${serviceAccount.projectId ?? ''}.iam.gserviceaccount.com`,
        `  name: ${name}`, ...(namespace === '' ? [] : [`  namespace: ${namespace}`]),
      ].join('\n'));
    },
  };
}
