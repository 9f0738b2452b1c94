/** kubectl auth can-i (kubectl pkg/cmd/auth/cani.go). */
import type { PolicyRule } from '../../../api/generated/types.ts';
import type { ResourceFacts } from '../../../api/resource.ts';
import { defineCommand, type CommandContext } from '../../command.ts';
import { CommandError, ExitError } from '../../errors.ts';
import { TabWriter } from '../../printers/tab-writer.ts';
import { RULE_HEADERS, ruleRows } from '../../shared/policy-rules.ts';
import { askReview, SELFSUBJECTACCESSREVIEWS, SELFSUBJECTRULESREVIEWS } from './reviews.ts';

const RESOURCE_VERBS = new Set(['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection', 'use', 'bind', 'impersonate', '*', 'approve', 'sign', 'escalate', 'attest']);
const URL_VERBS = new Set(['get', 'put', 'post', 'head', 'options', 'delete', 'patch', '*']);
/** What can be impersonated and is no resource that a server names. */
const UNLISTED = new Set(['users', 'groups']);

/** What is asked: a URL, or a resource as far as it is known. */
interface Question {
  readonly verb: string;
  readonly url?: string;
  readonly group: string;
  readonly resource: string;
  readonly name: string;
  /** The resource, where the server has it. */
  readonly known?: ResourceFacts;
}

interface AccessStatus {
  readonly allowed?: boolean;
  readonly reason?: string;
  readonly evaluationError?: string;
}

interface RulesStatus {
  readonly resourceRules?: readonly PolicyRule[];
  readonly nonResourceRules?: readonly PolicyRule[];
  readonly incomplete?: boolean;
  readonly evaluationError?: string;
}

export const command = defineCommand({
  name: 'can-i',
  usage: 'can-i VERB [TYPE | TYPE/NAME | NONRESOURCEURL]',
  short: 'Check whether an action is allowed.',
  long: `Check whether an action is allowed.

 VERB is what the API calls it: get, list, watch, delete and so on. TYPE is a resource, by any of its names; a NONRESOURCEURL begins with "/". NAME is the name of one object. Goes well with --as, which asks for somebody else.`,
  examples: `# Pods, in any namespace
kubectl auth can-i create pods --all-namespaces

# Deployments in the current namespace
kubectl auth can-i list deployments.apps

# For a service account of another namespace
kubectl auth can-i list pods --as=system:serviceaccount:dev:foo -n prod

# Everything
kubectl auth can-i '*' '*'

# One object
kubectl auth can-i list jobs.batch/bar -n foo

# A subresource
kubectl auth can-i get pods --subresource=log

# A URL
kubectl auth can-i get /logs/

# Certificates
kubectl auth can-i approve certificates.k8s.io

# All that is allowed in a namespace
kubectl auth can-i --list --namespace=foo`,
  flags: {
    'all-namespaces': { type: 'bool', default: false, short: 'A', description: 'In all namespaces.' },
    list: { type: 'bool', default: false, description: 'Print everything that is allowed.' },
    'no-headers': { type: 'bool', default: false, description: 'Print what is allowed without headers.' },
    quiet: { type: 'bool', default: false, short: 'q', description: 'Print nothing; the exit code tells.' },
    subresource: { type: 'string', default: '', description: 'A subresource, such as log of pods or scale of deployments.' },
  },
  async run(ctx, args, { values }) {
    const { list, quiet, subresource, 'all-namespaces': everywhere, 'no-headers': noHeaders } = values;
    if (list) {
      if (args.length > 0) throw new CommandError('list option must be specified with no arguments');
      if (quiet || everywhere || subresource !== '') throw new CommandError("list option can't be specified with neither quiet, all-namespaces nor subresource options");
      return listAccess(ctx, noHeaders);
    }
    const question = await readQuestion(ctx, args);
    check(ctx, question, subresource, everywhere);
    if (noHeaders) throw new CommandError('--no-headers cannot be set without --list specified');
    const { status } = await askReview<AccessStatus>(ctx, SELFSUBJECTACCESSREVIEWS, await specOf(ctx, question, subresource, everywhere));
    if (!quiet) ctx.streams.stdout.write(`${answer(status)}\n`);
    if (!status.allowed) throw new ExitError(1);
  },
});

function answer({ allowed = false, reason, evaluationError }: AccessStatus): string {
  return allowed ? 'yes' : `no${reason ? ` - ${reason}` : ''}${evaluationError ? ` - ${evaluationError}` : ''}`;
}

async function readQuestion(ctx: CommandContext, args: readonly string[]): Promise<Question> {
  const [verb, what] = args;
  if (verb === undefined || what === undefined || args.length > 2) {
    throw new CommandError("you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples.");
  }
  if (what.startsWith('/')) return { verb, url: what, group: '', resource: '', name: '' };
  const slash = what.indexOf('/');
  const [argument, name] = slash < 0 ? [what, ''] : [what.slice(0, slash), what.slice(slash + 1)];
  if (argument === '*') return { verb, group: '', resource: '*', name };
  const mapper = await ctx.mapper();
  try {
    const known = await mapper.resolve(argument.toLowerCase(), 1);
    return { verb, group: known.group, resource: known.plural, name, known };
  } catch {
    warnUnknown(ctx, argument.toLowerCase());
    return { verb, group: '', resource: argument, name };
  }
}

function warnUnknown(ctx: CommandContext, argument: string): void {
  if (UNLISTED.has(argument)) return;
  const dot = argument.indexOf('.');
  const [resource, group] = dot < 0 ? [argument, ''] : [argument.slice(0, dot), argument.slice(dot + 1)];
  ctx.warn(`the server doesn't have a resource type '${resource}'${group === '' ? '' : ` in group '${group}'`}\n`);
}

function check(ctx: CommandContext, { verb, url, resource, group, known }: Question, subresource: string, everywhere: boolean): void {
  if (url !== undefined) {
    if (subresource !== '') throw new CommandError('--subresource can not be used with NonResourceURL');
    if (!URL_VERBS.has(verb)) ctx.warn(`verb '${verb}' is not a known verb\n`);
  } else if (!everywhere) {
    if (known && !known.namespaced) ctx.warn(`resource '${resource}' is not namespace scoped${group === '' ? '' : ` in group '${group}'`}\n`);
    if (!RESOURCE_VERBS.has(verb)) ctx.warn(`verb '${verb}' is not a known verb\n`);
  }
}

async function specOf(ctx: CommandContext, { verb, url, group, resource, name }: Question, subresource: string, everywhere: boolean): Promise<object> {
  if (url !== undefined) return { nonResourceAttributes: { path: url, verb } };
  const given = Object.entries({ namespace: everywhere ? '' : await ctx.namespace(), verb, group, resource, subresource, name }).filter(([, value]) => value !== '');
  return { resourceAttributes: Object.fromEntries(given) };
}

async function listAccess(ctx: CommandContext, noHeaders: boolean): Promise<void> {
  const { status } = await askReview<RulesStatus>(ctx, SELFSUBJECTRULESREVIEWS, { namespace: await ctx.namespace() });
  if (status.incomplete) ctx.warn(`the list may be incomplete: ${status.evaluationError ?? ''}`);
  const writer = new TabWriter();
  if (!noHeaders) writer.row(RULE_HEADERS);
  for (const row of ruleRows([...(status.resourceRules ?? []), ...(status.nonResourceRules ?? [])])) writer.row(row);
  ctx.streams.stdout.write(writer.flush());
}
