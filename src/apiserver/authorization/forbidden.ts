/** The refusal, worded as apiserver pkg/endpoints/handlers/responsewriters/errors.go does. */
import { goQuote } from '../../api/quote.ts';
import { forbidden, StatusError } from '../../api/status.ts';
import type { AccessQuestion, Decision } from './authorizer.ts';

export function forbiddenAccess(question: AccessQuestion, { reason }: Pick<Decision, 'reason'>): StatusError {
  const text = withoutMarkup(whatIsForbidden(question)) + (reason === '' ? '' : `: ${reason}`);
  if ('path' in question) return new StatusError(403, 'Forbidden', `forbidden: ${text}`, {});
  return forbidden({ group: question.group, plural: question.resource }, question.name, text);
}

function whatIsForbidden(question: AccessQuestion): string {
  const { user, verb } = question;
  const cannot = `User ${goQuote(user.username)} cannot ${verb}`;
  if ('path' in question) return `${cannot} path ${goQuote(question.path)}`;
  const { group, resource, subresource, namespace } = question;
  const where = namespace ? `in the namespace ${goQuote(namespace)}` : 'at the cluster scope';
  return `${cannot} resource ${goQuote(subresource ? `${resource}/${subresource}` : resource)} in API group ${goQuote(group)} ${where}`;
}

/** No answer may look like HTML to a browser. */
function withoutMarkup(text: string): string {
  return text.replace(/[&<>]/g, (char) => (char === '&' ? '&amp;' : char === '<' ? '&lt;' : '&gt;'));
}
