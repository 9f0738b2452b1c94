/**
 * What the user of a request may do: authorizer.group('apps').resource('deployments').check('get').allowed(). Follows
 * apiserver pkg/cel/library/authz.go. An answer that takes time suspends the evaluation, which begins anew with the
 * answer known; so expressions need not know that authorizers may wait.
 */
import type { UserInfo } from '../../../api/request.ts';
import { dns1123LabelErrors, dns1123SubdomainErrors } from '../../../api/names.ts';
import { CelError } from '../errors.ts';
import { opaque, type CelType } from '../types.ts';
import { CelOpaque } from '../values.ts';
import { overload, traversal, type Overload } from './library.ts';

export interface AccessCheck {
  readonly user: UserInfo;
  readonly verb: string;
  /** Either a path … */
  readonly path?: string;
  /** … or a resource. */
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
}

export interface AccessAnswer {
  readonly allowed: boolean;
  readonly reason: string;
  readonly error?: string;
}

export type AskAccess = (check: AccessCheck) => AccessAnswer | Promise<AccessAnswer>;

/** Thrown through an evaluation that needs an answer; once `answer` has come it can be begun anew. */
export class Suspended {
  constructor(readonly answer: Promise<void>) {}
}

const CHECK_COST = 350_000;
export const AUTHORIZER = opaque('kubernetes.authorization.Authorizer');
const PATH_CHECK = opaque('kubernetes.authorization.PathCheck');
const GROUP_CHECK = opaque('kubernetes.authorization.GroupCheck');
export const RESOURCE_CHECK = opaque('kubernetes.authorization.ResourceCheck');
const DECISION = opaque('kubernetes.authorization.Decision');

class Value<T> extends CelOpaque {
  constructor(
    readonly type: CelType,
    readonly held: T,
  ) {
    super();
  }
  equals(other: CelOpaque): boolean {
    return other === this;
  }
}

/** Asks each question once. */
class Questions {
  readonly #answers = new Map<string, AccessAnswer>();
  constructor(private readonly ask: AskAccess) {}

  answer(check: AccessCheck): AccessAnswer {
    const key = JSON.stringify(check);
    const known = this.#answers.get(key);
    if (known) return known;
    const answer = this.ask(check);
    if (answer instanceof Promise) throw new Suspended(answer.then((late) => void this.#answers.set(key, late)));
    this.#answers.set(key, answer);
    return answer;
  }
}

interface Check extends Omit<AccessCheck, 'verb'> {
  readonly questions: Questions;
}

const NOTHING = { group: '', resource: '', subresource: '', namespace: '', name: '' };

/** The variable `authorizer`. */
export function authorizerValue(user: UserInfo, ask: AskAccess): CelOpaque {
  return new Value<Check>(AUTHORIZER, { questions: new Questions(ask), user, ...NOTHING });
}

/** The variable `authorizer.requestResource`. */
export function resourceCheckValue(authorizer: CelOpaque, resource: Omit<AccessCheck, 'user' | 'verb' | 'path'>): CelOpaque {
  return new Value<Check>(RESOURCE_CHECK, { ...(authorizer as Value<Check>).held, ...resource });
}

const refine = (type: CelType, { held }: Value<Check>, part: Partial<Check>): CelOpaque => new Value<Check>(type, { ...held, ...part });

function present(text: string, what: string): string {
  if (text.trim() === '') throw new CelError(`${what} must not be empty`);
  return text;
}

function serviceAccount({ held }: Value<Check>, namespace: string, name: string): CelOpaque {
  if (dns1123SubdomainErrors(name).length > 0) throw new CelError('Invalid service account name');
  if (dns1123LabelErrors(namespace).length > 0) throw new CelError('Invalid service account namespace');
  const user: UserInfo = { username: `system:serviceaccount:${namespace}:${name}`, groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'] };
  return new Value<Check>(AUTHORIZER, { ...held, user });
}

function check({ held }: Value<Check>, verb: string): CelOpaque {
  const { questions, ...question } = held;
  return new Value<AccessAnswer>(DECISION, questions.answer({ ...question, verb }));
}

const selectorCost = (_check: unknown, selector: string): number => 10 + traversal(selector.length) + Math.ceil(selector.length * 0.5) * 50;

export const AUTHORIZATION: readonly Overload[] = [
  overload(`${AUTHORIZER.name}.path(string): ${PATH_CHECK.name}`, (value: Value<Check>, path: string) => refine(PATH_CHECK, value, { path: present(path, 'path') })),
  overload(`${AUTHORIZER.name}.group(string): ${GROUP_CHECK.name}`, (value: Value<Check>, group: string) => refine(GROUP_CHECK, value, { group })),
  overload(`${AUTHORIZER.name}.serviceAccount(string, string): ${AUTHORIZER.name}`, serviceAccount),
  overload(`${GROUP_CHECK.name}.resource(string): ${RESOURCE_CHECK.name}`, (value: Value<Check>, resource: string) => refine(RESOURCE_CHECK, value, { resource: present(resource, 'resource') })),
  overload(`${RESOURCE_CHECK.name}.subresource(string): ${RESOURCE_CHECK.name}`, (value: Value<Check>, subresource: string) => refine(RESOURCE_CHECK, value, { subresource })),
  overload(`${RESOURCE_CHECK.name}.namespace(string): ${RESOURCE_CHECK.name}`, (value: Value<Check>, namespace: string) => refine(RESOURCE_CHECK, value, { namespace })),
  overload(`${RESOURCE_CHECK.name}.name(string): ${RESOURCE_CHECK.name}`, (value: Value<Check>, name: string) => refine(RESOURCE_CHECK, value, { name })),
  // RBAC grants whatever the selector; the other authorizers here don't look at selectors either.
  overload(`${RESOURCE_CHECK.name}.fieldSelector(string): ${RESOURCE_CHECK.name}`, (value: Value<Check>, _selector: string) => value, selectorCost),
  overload(`${RESOURCE_CHECK.name}.labelSelector(string): ${RESOURCE_CHECK.name}`, (value: Value<Check>, _selector: string) => value, selectorCost),
  overload(`${PATH_CHECK.name}.check(string): ${DECISION.name}`, check, () => CHECK_COST),
  overload(`${RESOURCE_CHECK.name}.check(string): ${DECISION.name}`, check, () => CHECK_COST),
  overload(`${DECISION.name}.errored(): bool`, ({ held }: Value<AccessAnswer>) => held.error !== undefined),
  overload(`${DECISION.name}.error(): string`, ({ held }: Value<AccessAnswer>) => held.error ?? ''),
  overload(`${DECISION.name}.allowed(): bool`, ({ held }: Value<AccessAnswer>) => held.allowed),
  overload(`${DECISION.name}.reason(): string`, ({ held }: Value<AccessAnswer>) => held.reason),
];
