/** kubectl create poddisruptionbudget. */
import { parseSelector } from '../../../api/labels.ts';
import { goQuote } from '../../../api/quote.ts';
import { defineCommand } from '../../command.ts';
import { CommandError, textOf } from '../../errors.ts';
import { intOrString, newMeta, type StringMap } from '../../generate/object.ts';
import { createFlags, prepareCreate, requireName } from './shared.ts';

const AMOUNT = /^[0-9]+%?$/;

export const command = defineCommand({
  name: 'poddisruptionbudget',
  aliases: ['pdb'],
  usage: 'poddisruptionbudget NAME --selector=SELECTOR --min-available=N [--dry-run=server|client|none]',
  short: 'Create a pod disruption budget with the specified name.',
  long: 'Create a pod disruption budget with the specified name, selector, and desired minimum available pods.',
  examples: `# At least one of the pods with app=rails
kubectl create poddisruptionbudget my-pdb --selector=app=rails --min-available=1

# At least half of the pods with app=nginx
kubectl create pdb my-pdb --selector=app=nginx --min-available=50%`,
  flags: {
    ...createFlags,
    'max-unavailable': { type: 'string', default: '', description: 'How many pods, or which share of them, may be unavailable at most.' },
    'min-available': { type: 'string', default: '', description: 'How many pods, or which share of them, must be available at least.' },
    selector: { type: 'string', default: '', description: 'Label query for the pods. Only equality-based queries are supported.' },
  },
  async run(ctx, args, flags) {
    const { 'max-unavailable': maxUnavailable, 'min-available': minAvailable, selector } = flags.values;
    const { name, namespace, create } = await prepareCreate(ctx, args, flags);
    requireName(name);
    if (selector === '') throw new CommandError('a selector must be specified');
    if (maxUnavailable === '' && minAvailable === '') throw new CommandError('one of min-available or max-unavailable must be specified');
    if (maxUnavailable !== '' && minAvailable !== '') throw new CommandError('min-available and max-unavailable cannot be both specified');
    if (minAvailable !== '' && !AMOUNT.test(minAvailable)) throw new CommandError('invalid format specified for min-available');
    if (maxUnavailable !== '' && !AMOUNT.test(maxUnavailable)) throw new CommandError('invalid format specified for max-unavailable');
    const amount = minAvailable !== '' ? { minAvailable: intOrString(minAvailable) } : { maxUnavailable: intOrString(maxUnavailable) };
    await create(
      {
        kind: 'PodDisruptionBudget', apiVersion: 'policy/v1', metadata: newMeta(name, namespace),
        spec: { ...amount, selector: labelSelector(selector) },
        status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
      },
      { failure: 'failed to create poddisruptionbudgets:' },
    );
  },
});

const OPERATORS: Readonly<Record<string, string>> = { in: 'In', notin: 'NotIn', exists: 'Exists', '!': 'DoesNotExist' };

/** A selector's text as an object (metav1.ParseToLabelSelector). */
function labelSelector(text: string): object {
  let requirements;
  try {
    ({ requirements } = parseSelector(text));
  } catch (error) {
    throw new CommandError(`couldn't parse the selector string "${text}": ${textOf(error)}`);
  }
  const matchLabels: StringMap = {};
  const matchExpressions: object[] = [];
  for (const { key, operator, values } of requirements) {
    if (operator === '=' || operator === '==') matchLabels[key] = values[0] ?? '';
    else if (operator === 'gt' || operator === 'lt') throw new CommandError(`${goQuote(operator)} isn't supported in label selectors`);
    else if (OPERATORS[operator] === undefined) throw new CommandError(`${goQuote(operator)} is not a valid label selector operator`);
    else matchExpressions.push({ key, operator: OPERATORS[operator], ...(values.length > 0 ? { values: [...values].sort() } : {}) });
  }
  return { ...(Object.keys(matchLabels).length > 0 ? { matchLabels } : {}), ...(matchExpressions.length > 0 ? { matchExpressions } : {}) };
}
