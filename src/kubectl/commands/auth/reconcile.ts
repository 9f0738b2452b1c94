/** kubectl auth reconcile (kubectl pkg/cmd/auth/reconcile.go). */
import type { PolicyRule, RbacV1Subject } from '../../../api/generated/types.ts';
import { NAMESPACES, type Resource } from '../../../api/kinds.ts';
import type { KubeObject } from '../../../api/object.ts';
import { reconcileBinding, reconcileRole, type AnyBinding, type AnyRole, type ReconcileOperation } from '../../../api/rbac/reconcile.ts';
import { CLUSTERROLEBINDINGS, CLUSTERROLES, ROLEBINDINGS, ROLES } from '../../../api/rbac/resources.ts';
import { isAlreadyExists, isConflict, isForbidden, isNotFound } from '../../../api/status.ts';
import type { Client } from '../../../client/client.ts';
import { findResources } from '../../builder/builder.ts';
import { objectOf } from '../../builder/info.ts';
import { defineCommand, type CommandContext } from '../../command.ts';
import { CommandError, textOf } from '../../errors.ts';
import { goList } from '../../describe/format.ts';
import { typedPrinter } from '../../generate/typed.ts';
import { dryRunFlags, dryRunOf, type DryRun } from '../../shared/dry-run.ts';
import { filenameFlags, filenameOptions, requireFilename } from '../../shared/filename-flags.ts';
import { ignoringPrintFaults, printFlags } from '../../shared/print-flags.ts';

/** How often an object may come and go while it is reconciled. */
const ATTEMPTS = 3;

interface Result {
  readonly object: KubeObject;
  readonly operation: ReconcileOperation;
  readonly protected: boolean;
  readonly missingSubjects?: readonly RbacV1Subject[];
  readonly extraSubjects?: readonly RbacV1Subject[];
  readonly missingRules?: readonly PolicyRule[];
  readonly extraRules?: readonly PolicyRule[];
}

const KINDS: Readonly<Record<string, Resource<KubeObject>>> = {
  Role: ROLES as Resource<KubeObject>, ClusterRole: CLUSTERROLES as Resource<KubeObject>,
  RoleBinding: ROLEBINDINGS as Resource<KubeObject>, ClusterRoleBinding: CLUSTERROLEBINDINGS as Resource<KubeObject>,
};

export const command = defineCommand({
  name: 'reconcile',
  usage: 'reconcile -f FILENAME',
  short: 'Reconciles rules for RBAC role, role binding, cluster role, and cluster role binding objects.',
  long: `Reconciles rules for RBAC role, role binding, cluster role, and cluster role binding objects.

 What is missing is created, with the namespace that it needs. Roles get the permissions that they lack, and with --remove-extra-permissions lose others; bindings get the subjects that they lack, and with --remove-extra-subjects lose others. Unlike 'apply', it knows what rules and subjects mean.`,
  examples: `# The roles and bindings of a file
kubectl auth reconcile -f my-rbac-rules.yaml`,
  flags: {
    ...printFlags,
    ...filenameFlags,
    ...dryRunFlags,
    'remove-extra-permissions': { type: 'bool', default: false, description: 'Take permissions from roles that the files do not give them.' },
    'remove-extra-subjects': { type: 'bool', default: false, description: 'Take subjects from bindings that the files do not name.' },
  },
  async run(ctx, args, flags) {
    const { values } = flags;
    const files = filenameOptions(flags);
    requireFilename(files);
    if (args.length > 0) throw new CommandError('no arguments are allowed');
    const dryRun = clientDryRun(ctx, flags as unknown as Parameters<typeof dryRunOf>[0]);
    const found = await findResources(ctx, { files, namespace: await ctx.namespace(), enforceNamespace: ctx.namespaceGiven, continueOnError: true, local: true, typed: true });
    const printer = await typedPrinter(ctx, flags as unknown as Parameters<typeof typedPrinter>[1], dryRun ? 'reconciled (dry run)' : 'reconciled');
    const removeExtra = { rules: values['remove-extra-permissions'], subjects: values['remove-extra-subjects'] };
    const client = await ctx.client();
    await found.visit(async (info) => {
      const object = objectOf(info);
      const resource = object.apiVersion?.startsWith('rbac.authorization.k8s.io/') ? KINDS[object.kind ?? ''] : undefined;
      if (!resource) return;
      const result = await reconcile(client, resource, object, removeExtra, !dryRun);
      ignoringPrintFaults(() => printer.print(result.object));
      report(ctx, result, removeExtra);
    });
  },
});

/** reconcile.go: getClientSideDryRun */
function clientDryRun(ctx: CommandContext, flags: Parameters<typeof dryRunOf>[0]): boolean {
  let dryRun: DryRun;
  try {
    dryRun = dryRunOf(flags, (line) => ctx.streams.stderr.write(`${line}\n`));
  } catch (error) {
    throw new CommandError(`error accessing --dry-run flag for command reconcile: ${textOf(error)}`);
  }
  if (dryRun === 'server') throw new CommandError('--dry-run=server for command reconcile is not supported yet');
  return dryRun === 'client';
}

type RemoveExtra = { readonly rules: boolean; readonly subjects: boolean };

async function reconcile(client: Client, resource: Resource<KubeObject>, expected: KubeObject, removeExtra: RemoveExtra, confirm: boolean, attempt = 0): Promise<Result> {
  if (attempt >= ATTEMPTS) throw new CommandError('exceeded maximum attempts');
  const api = client.of(resource);
  const { namespace, name = '' } = expected.metadata ?? {};
  const existing = await api.get(namespace, name).catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });
  const result = compare(existing, expected, removeExtra);
  if (result.protected || !confirm || result.operation === 'none') return result;
  try {
    if (result.operation === 'update') return { ...result, object: await api.update(result.object) };
    if (result.operation === 'recreate' && existing) await deleteOne(api, namespace, name, existing.metadata.uid);
    if (resource.namespaced) await ensureNamespace(client, namespace);
    return { ...result, object: await api.create(result.object) };
  } catch (error) {
    const changed = result.operation === 'update' ? isNotFound(error) : isAlreadyExists(error) || (result.operation === 'recreate' && isConflict(error));
    if (!changed) throw error;
    return reconcile(client, resource, expected, removeExtra, confirm, attempt + 1);
  }
}

function compare(existing: KubeObject | undefined, expected: KubeObject, removeExtra: RemoveExtra): Result {
  if (expected.kind === 'Role' || expected.kind === 'ClusterRole') {
    const { role, ...result } = reconcileRole(existing as AnyRole | undefined, expected as AnyRole, removeExtra.rules);
    return { object: role, ...result };
  }
  const { binding, ...result } = reconcileBinding(existing as AnyBinding | undefined, expected as AnyBinding, removeExtra.subjects);
  return { object: binding, ...result };
}

async function deleteOne(api: ReturnType<Client['of']>, namespace: string | undefined, name: string, uid: string): Promise<void> {
  await api.delete(namespace, name, { preconditions: { uid } }).catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
  });
}

/** Who may not see or make namespaces may still have one. */
async function ensureNamespace(client: Client, name = ''): Promise<void> {
  // What client-go says of a name that is none.
  if (name === '') throw new CommandError('resource name may not be empty');
  const namespaces = client.of(NAMESPACES);
  try {
    await namespaces.get(undefined, name);
    return;
  } catch (error) {
    if (!isNotFound(error) && !isForbidden(error)) throw error;
  }
  await namespaces.create({ metadata: { name } }).catch((error: unknown) => {
    if (!isAlreadyExists(error) && !isForbidden(error)) throw error;
  });
}

function report(ctx: CommandContext, { operation, protected: spared, missingSubjects = [], extraSubjects = [], missingRules = [], extraRules = [] }: Result, removeExtra: RemoveExtra): void {
  if (operation === 'none') return;
  const lines = [`\treconciliation required ${operation}${spared ? ', but object opted out (rbac.authorization.kubernetes.io/autoupdate: false)' : ''}`];
  const section = (title: string, texts: readonly string[]): void => {
    if (texts.length > 0) lines.push(`\t${title}:`, ...texts.map((text) => `\t\t${text}`));
  };
  section('missing subjects added', missingSubjects.map(subjectText));
  if (removeExtra.subjects) section('extra subjects removed', extraSubjects.map(subjectText));
  section('missing rules added', missingRules.map(ruleText));
  if (removeExtra.rules) section('extra rules removed', extraRules.map(ruleText));
  ctx.streams.stderr.write(`${lines.join('\n')}\n`);
}

/** Go's %+v of the structs. */
const subjectText = ({ kind, apiGroup = '', name, namespace = '' }: RbacV1Subject): string => `{Kind:${kind} APIGroup:${apiGroup} Name:${name} Namespace:${namespace}}`;
const ruleText = ({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule): string =>
  `{Verbs:${goList(verbs)} APIGroups:${goList(apiGroups)} Resources:${goList(resources)} ResourceNames:${goList(resourceNames)} NonResourceURLs:${goList(nonResourceURLs)}}`;
