/** The question in a review's spec. Follows kubernetes pkg/registry/authorization/util/helpers.go. */
import type { ResourceAttributes, SubjectAccessReviewSpec } from '../../api/generated/types.ts';
import { parseFieldSelector, type FieldRequirement } from '../../api/fields.ts';
import { parseSelector, type Requirement, type SelectorOperator } from '../../api/labels.ts';
import type { UserInfo } from '../../api/request.ts';
import type { AccessQuestion } from './authorizer.ts';

export type ReviewSpec = Partial<SubjectAccessReviewSpec>;

/** A selector's requirements as far as they can be read. */
interface Read<T> {
  readonly requirements: readonly T[];
  readonly failed: boolean;
}

/** What is asked (about `user`, or whom the spec names), and what of it could not be read. */
export function reviewQuestion(user: UserInfo | undefined, spec: ReviewSpec): { readonly question: AccessQuestion; readonly evaluationErrors: readonly string[] } {
  const subject = user ?? { username: spec.user ?? '', groups: spec.groups ?? [], ...(spec.uid ? { uid: spec.uid } : {}), ...(spec.extra ? { extra: spec.extra } : {}) };
  const { resourceAttributes: attributes, nonResourceAttributes } = spec;
  if (!attributes) return { question: { user: subject, verb: nonResourceAttributes?.verb ?? '', path: nonResourceAttributes?.path ?? '' }, evaluationErrors: [] };
  const fields = fieldRequirements(attributes);
  const labels = labelRequirements(attributes);
  return {
    question: {
      user: subject,
      verb: attributes.verb ?? '', group: attributes.group ?? '', version: attributes.version || '*',
      resource: attributes.resource ?? '', subresource: attributes.subresource ?? '', namespace: attributes.namespace ?? '', name: attributes.name ?? '',
      ...(fields.requirements.length > 0 ? { fieldRequirements: fields.requirements } : {}),
      ...(labels.requirements.length > 0 ? { labelRequirements: labels.requirements } : {}),
    },
    evaluationErrors: [...ignored('fieldSelector', fields), ...ignored('labelSelector', labels)],
  };
}

function ignored(name: string, { requirements, failed }: Read<unknown>): string[] {
  return failed ? [`spec.resourceAttributes.${name}${requirements.length > 0 ? ' partially' : ''} ignored due to parse error`] : [];
}

function readText<T>(parse: () => readonly T[]): Read<T> {
  try {
    return { requirements: parse(), failed: false };
  } catch {
    return { requirements: [], failed: true };
  }
}

function readEach<From, To>(list: readonly From[], read: (from: From) => To | undefined): Read<To> {
  const requirements = list.map(read).filter((one): one is Awaited<To> & To => one !== undefined);
  return { requirements, failed: requirements.length < list.length };
}

function fieldRequirements({ fieldSelector: selector }: ResourceAttributes): Read<FieldRequirement> {
  if (selector?.requirements?.length) {
    return readEach(selector.requirements, ({ key, operator, values }) => {
      const [value, ...more] = values ?? [];
      if (value === undefined || more.length > 0 || (operator !== 'In' && operator !== 'NotIn')) return undefined;
      return { field: key, operator: operator === 'In' ? '=' : '!=', value } as const;
    });
  }
  const text = selector?.rawSelector ?? '';
  return readText(() => parseFieldSelector(text).requirements);
}

const OPERATORS: Readonly<Record<string, SelectorOperator>> = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: '!' };

function labelRequirements({ labelSelector: selector }: ResourceAttributes): Read<Requirement> {
  if (selector?.requirements?.length) {
    return readEach(selector.requirements, ({ key, operator, values }) => {
      const known = OPERATORS[operator];
      return known && { key, operator: known, values: values ?? [] };
    });
  }
  const text = selector?.rawSelector ?? '';
  return readText(() => parseSelector(text).requirements);
}
