/** Whether definitions in Kubernetes' own groups were approved. Follows apiextensions-apiserver pkg/apihelpers/helpers.go and pkg/controller/apiapproval. */
import type { CustomResourceDefinition } from '../../api/generated/types.ts';
import type { KubeObject } from '../../api/object.ts';
import { goQuote } from '../../api/quote.ts';
import type { Condition } from './conditions.ts';

export const APPROVAL_ANNOTATION = 'api-approved.kubernetes.io';
const DESIGN = 'see https://github.com/kubernetes/enhancements/pull/1111';

/** "k8s.io", "kubernetes.io" and what ends so. */
export const isProtectedGroup = (group: string): boolean => /(^|\.)(k8s|kubernetes)\.io$/.test(group);

export type Approval = 'ApprovedAnnotation' | 'UnapprovedAnnotation' | 'MissingAnnotation' | 'InvalidAnnotation';

/** What the annotation says, with the text about it. */
export function approvalOf({ metadata }: KubeObject): { readonly state: Approval; readonly text: string } {
  const annotation = metadata?.annotations?.[APPROVAL_ANNOTATION] ?? '';
  const needed = `protected groups must have approval annotation ${goQuote(APPROVAL_ANNOTATION)}`;
  if (annotation === '') return { state: 'MissingAnnotation', text: `${needed}, ${DESIGN}` };
  if (annotation.startsWith('unapproved')) return { state: 'UnapprovedAnnotation', text: `not approved: ${goQuote(annotation)}` };
  if (/^[a-zA-Z][a-zA-Z0-9+.-]*:\/\/[^/]/.test(annotation)) return { state: 'ApprovedAnnotation', text: `approved in ${annotation}` };
  return { state: 'InvalidAnnotation', text: `${needed} with either a URL or a reason starting with "unapproved", ${DESIGN}` };
}

/** The condition of a definition in a protected group; undefined for all others. */
export function approvalCondition(definition: CustomResourceDefinition): Condition | undefined {
  if (!isProtectedGroup(definition.spec.group)) return undefined;
  const { state, text } = approvalOf(definition);
  return { type: 'KubernetesAPIApprovalPolicyConformant', status: state === 'ApprovedAnnotation' ? 'True' : 'False', reason: state, message: text };
}
