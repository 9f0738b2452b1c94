/** kubectl set selector (kubectl pkg/cmd/set/set_selector.go). */
import { draft } from '../../../api/json.ts';
import { parseSelector } from '../../../api/labels.ts';
import { goQuote } from '../../../api/quote.ts';
import { findResources, LOCAL_RESOURCE } from '../../builder/builder.ts';
import { objectOf, type UnstructuredObject } from '../../builder/info.ts';
import { defineCommand } from '../../command.ts';
import { CommandError, textOf } from '../../errors.ts';
import { record, recordFlags } from '../../shared/record.ts';
import { sendPatch, strategicPatch } from '../../shared/strategic-patch.ts';
import { setFlags, settingOf } from './shared.ts';

const { kustomize: _, ...common } = setFlags;
const flagTable = {
  ...common,
  ...recordFlags,
  recursive: { ...setFlags.recursive, default: true },
  'resource-version': { type: 'string', default: '', description: 'Change the object only if this is its resource version. For a single object.' },
} as const;

export const command = defineCommand({
  name: 'selector',
  usage: 'selector (-f FILENAME | TYPE NAME) EXPRESSIONS [--resource-version=version]',
  short: 'Set the selector on a resource',
  long: 'Give a Service another selector in place of the one that it has. Only Services have a selector that can be set.',
  examples: `# Labels and selector of a deployment and its service, before they are created
kubectl create service clusterip my-svc --clusterip="None" -o yaml --dry-run=client | kubectl set selector --local -f - 'environment=qa' -o yaml | kubectl create -f -
kubectl create deployment my-dep -o yaml --dry-run=client | kubectl label --local -f - environment=qa -o yaml | kubectl create -f -`,
  flags: flagTable,
  async run(ctx, args, flags) {
    const { values } = flags;
    let selector: ParsedLabelSelector | undefined;
    const setting = await settingOf(ctx, flags, 'selector updated', () => {
      const text = args.at(-1);
      if (text !== undefined) selector = parseLabelSelector(text);
    });
    if (!selector) throw new CommandError('one selector is required');
    const wanted = selector;
    if (values.local && args.length > 1) throw new CommandError(LOCAL_RESOURCE);
    const found = await findResources(ctx, {
      files: { filenames: values.filename, kustomize: '', recursive: values.recursive },
      namespace: await ctx.namespace(),
      enforceNamespace: ctx.namespaceGiven,
      continueOnError: true,
      typed: true,
      ...(values.local ? { local: true } : { args: args.slice(0, -1), typeSelectsAll: values.all, latest: true }),
    });
    await found.visit(async (info) => {
      const object = objectOf(info);
      if (values['resource-version'] !== '' && object.metadata) delete object.metadata.resourceVersion;
      const before = draft(object) as UnstructuredObject;
      if (values['resource-version'] !== '' && object.metadata) object.metadata.resourceVersion = values['resource-version'];
      setSelector(object, wanted);
      record(ctx, flagTable, values, object);
      if (!setting.local && setting.dryRun !== 'client') {
        const patch = await strategicPatch(before, object);
        info.object = await sendPatch(ctx, info, patch ?? {}, { fieldManager: setting.fieldManager, ...(setting.dryRun === 'server' ? { dryRun: true } : {}) });
      }
      setting.printer.print(objectOf(info));
    });
  },
});

interface ParsedLabelSelector {
  readonly matchLabels: Readonly<Record<string, string>>;
  readonly matchExpressions: readonly { readonly key: string; readonly operator: string; readonly values: readonly string[] }[];
}

const OPERATORS: Readonly<Record<string, string>> = { in: 'In', notin: 'NotIn', exists: 'Exists', '!': 'DoesNotExist' };

/** metav1.ParseToLabelSelector */
function parseLabelSelector(text: string): ParsedLabelSelector {
  const matchLabels: Record<string, string> = {};
  const matchExpressions: { key: string; operator: string; values: readonly string[] }[] = [];
  let requirements;
  try {
    ({ requirements } = parseSelector(text));
  } catch (error) {
    throw new CommandError(`couldn't parse the selector string "${text}": ${textOf(error)}`);
  }
  for (const { key, operator, values } of requirements) {
    if (operator === '=' || operator === '==') matchLabels[key] = values[0] ?? '';
    else {
      const name = OPERATORS[operator];
      if (name === undefined) throw new CommandError(`${goQuote(operator)} ${operator === '!=' ? 'is not a valid label selector operator' : "isn't supported in label selectors"}`);
      matchExpressions.push({ key, operator: name, values });
    }
  }
  return { matchLabels, matchExpressions };
}

function setSelector(object: UnstructuredObject, { matchLabels, matchExpressions }: ParsedLabelSelector): void {
  if (object.kind !== 'Service') throw new CommandError('setting a selector is only supported for Services');
  if (matchExpressions.length > 0) {
    const shown = matchExpressions.map(({ key, operator, values }) => `{${key} ${operator} [${values.join(' ')}]}`).join(' ');
    throw new CommandError(`match expression [${shown}] not supported on this object`);
  }
  const { spec } = object as unknown as { spec: { selector?: Record<string, string> } };
  if (Object.keys(matchLabels).length > 0) spec.selector = { ...matchLabels };
  else delete spec.selector;
}
