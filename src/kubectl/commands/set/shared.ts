/** What the subcommands of `kubectl set` have in common (kubectl pkg/cmd/set/helper.go). */
import { draft } from '../../../api/json.ts';
import { findResources } from '../../builder/builder.ts';
import { objectOf, type Info, type UnstructuredObject } from '../../builder/info.ts';
import type { CommandContext } from '../../command.ts';
import { CommandError, textOf, throwCollected } from '../../errors.ts';
import type { Flags } from '../../flags.ts';
import { typedPrinter } from '../../generate/typed.ts';
import { dryRunFlags, dryRunOf, dryRunSuffix, type DryRun } from '../../shared/dry-run.ts';
import { filenameFlags, filenameOptions } from '../../shared/filename-flags.ts';
import { printFlags, type ObjectPrinter } from '../../shared/print-flags.ts';
import { sendPatch, strategicPatch } from '../../shared/strategic-patch.ts';
import { fieldManagerFlags, selectorFlags } from '../../shared/write-flags.ts';

export const setFlags = {
  ...printFlags,
  ...filenameFlags,
  ...dryRunFlags,
  ...fieldManagerFlags('kubectl-set'),
  all: { type: 'bool', default: false, description: 'Change all objects of the types, in the namespace.' },
  local: { type: 'bool', default: false, description: 'Only change the manifests and print them; no server is asked.' },
} as const;

export { selectorFlags };

/** What a subcommand works with, once its common flags are read. */
export interface Setting {
  readonly dryRun: DryRun;
  readonly printer: ObjectPrinter;
  readonly local: boolean;
  readonly fieldManager: string;
}

/** @param check what is looked at after --dry-run and before -o */
export async function settingOf(ctx: CommandContext, given: object, done: string, check: () => void = () => undefined): Promise<Setting> {
  const flags = given as Flags<typeof setFlags>;
  const dryRun = dryRunOf(flags as unknown as Flags<typeof dryRunFlags>, (line) => ctx.streams.stderr.write(`${line}\n`));
  check();
  const printer = await typedPrinter(ctx, flags as unknown as Flags<typeof printFlags>, `${done}${dryRunSuffix(dryRun)}`);
  return { dryRun, printer, local: flags.values.local, fieldManager: flags.values['field-manager'] };
}

export const SERVER_AND_LOCAL = 'cannot specify --local and --dry-run=server - did you mean --dry-run=client?';

/** The objects, typed. Throws all that is wrong with any of them. */
export async function findTyped(ctx: CommandContext, resources: readonly string[], given: object, options: { readonly files?: boolean; readonly stdinInUse?: boolean } = {}): Promise<Info[]> {
  const flags = given as Flags<typeof setFlags & typeof selectorFlags>;
  const { values } = flags;
  const found = await findResources(ctx, {
    ...(options.files === false ? {} : { files: filenameOptions(flags as unknown as Flags<typeof filenameFlags>) }),
    namespace: await ctx.namespace(),
    enforceNamespace: ctx.namespaceGiven,
    continueOnError: true,
    typed: true,
    ...(options.stdinInUse ? { stdinInUse: true } : {}),
    ...(values.local ? { local: true } : { args: resources, labelSelector: values.selector ?? '', typeSelectsAll: values.all, latest: true }),
  });
  return found.infos();
}

export interface Change {
  /** Changes the object; false where it has nothing that could be changed. What it throws is reported with the object's name. */
  mutate(object: UnstructuredObject): boolean | void | Promise<boolean | void>;
  /** The words before the server's error. */
  readonly failure: string;
  /** Objects that come out as they went in are sent and printed, too. */
  readonly always?: boolean;
  /** Called before an object is printed that the server has changed. */
  check?(): void;
}

/** Changes all objects, then sends and prints each. `faults` may hold some already; all are thrown at the end. */
export async function applyChange(ctx: CommandContext, infos: readonly Info[], setting: Setting, change: Change, faults: unknown[] = []): Promise<void> {
  const patches: { readonly info: Info; readonly patch?: object | undefined; readonly error?: unknown }[] = [];
  for (const info of infos) {
    const before = draft(objectOf(info)) as UnstructuredObject;
    try {
      if ((await change.mutate(objectOf(info))) === false) continue;
      patches.push({ info, patch: await strategicPatch(before, objectOf(info)) });
    } catch (error) {
      patches.push({ info, error });
    }
  }
  for (const { info, patch, error } of patches) {
    if (error !== undefined) {
      faults.push(new CommandError(`error: ${nameOf(info, setting.local)} ${textOf(error)}\n`));
      continue;
    }
    if (!patch && change.always !== true) continue;
    try {
      if (!setting.local && setting.dryRun !== 'client') {
        info.object = await send(ctx, info, patch ?? {}, setting, change);
        change.check?.();
      }
      setting.printer.print(objectOf(info));
    } catch (fault) {
      faults.push(fault);
    }
  }
  throwCollected(faults);
}

async function send(ctx: CommandContext, info: Info, patch: object, { dryRun, fieldManager }: Setting, { failure }: Change): Promise<UnstructuredObject> {
  try {
    return await sendPatch(ctx, info, patch, { fieldManager, ...(dryRun === 'server' ? { dryRun: true } : {}) });
  } catch (error) {
    throw new CommandError(`${failure} ${textOf(error)}`);
  }
}

/** "deployments/web"; of a manifest that no server knows "deployment.apps/web" and, as upstream, a newline after groups (Info.ObjectName). */
function nameOf({ resource: { kind, group, plural }, name }: Info, local: boolean): string {
  if (!local) return `${plural}/${name}`;
  return group === '' ? `${kind.toLowerCase()}/${name}` : `${kind.toLowerCase()}.${group}/${name}\n`;
}
