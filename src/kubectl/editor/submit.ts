/** What becomes of an edited object: a patch, a new object, or a new annotation (kubectl editoptions.go: visitToPatch, visitToCreate, visitToApplyEditPatch). */
import { equal } from '../../api/json.ts';
import type { KubeObject } from '../../api/object.ts';
import type { WriteOptions } from '../../client/client.ts';
import { take } from '../builder/retrieve.ts';
import { objectOf, type Info } from '../builder/info.ts';
import type { CommandContext } from '../command.ts';
import { applyPatch } from '../commands/apply/set-last-applied.ts';
import { CommandError } from '../errors.ts';
import { toJson } from '../../api/go-json.ts';
import type { EditSession } from './edit-session.ts';

export interface SubmitOptions {
  readonly write: WriteOptions;
  /** Prints "deployment.apps/web edited", or the object. */
  print(object: KubeObject, operation: string): Promise<void>;
  /** --output-patch */
  readonly outputPatch?: boolean;
}

type Submit = EditSession['submit'];

function originalOf(edited: Info, originals: readonly Info[]): Info {
  const uid = edited.object?.metadata?.uid ?? '';
  const original = originals.find((info) => (info.object?.metadata?.uid ?? '') === uid);
  if (!original) throw new CommandError(`no original object found for ${JSON.stringify(edited.object)}`);
  return original;
}

/** Sends the difference between an object and what the user made of it. */
export function patching(ctx: CommandContext, { write, print, outputPatch = false }: SubmitOptions): Submit {
  return async (info, originals, results) => {
    const before = objectOf(originalOf(info, originals));
    const after = objectOf(info);
    if (equal(before, after)) return print(after as KubeObject, 'skipped');
    const { createMergePatch, createTwoWayMergePatch, schemaForKind } = await import('../../api/patch/index.ts');
    const schema = schemaForKind(after.apiVersion ?? '', after.kind ?? '');
    const patch = schema ? createTwoWayMergePatch(before, after, schema) : createMergePatch({ ...before }, { ...after });
    const { apiVersion, kind, metadata } = patch as KubeObject;
    if (apiVersion !== undefined || kind !== undefined || metadata?.name !== undefined) throw new CommandError('At least one of apiVersion, kind and name was changed');
    if (outputPatch) ctx.streams.stdout.write(`Patch: ${toJson(patch, 'sorted', '')}\n`);
    try {
      const client = await ctx.client();
      take(info, await client.of<KubeObject>(info.resource).patch(info.namespace || undefined, info.name, patch, schema ? 'strategic' : 'merge', write));
    } catch (error) {
      ctx.streams.stderr.write(`${results.add(error, info)}\n`);
      return;
    }
    await print(objectOf(info) as KubeObject, 'edited');
  };
}

/** Creates what the user edited. */
export function creating(ctx: CommandContext, { write, print }: SubmitOptions): Submit {
  return async (info) => {
    const client = await ctx.client();
    take(info, await client.of<KubeObject>(info.resource).create(objectOf(info) as KubeObject, write));
    await print(objectOf(info) as KubeObject, 'created');
  };
}

/** Writes the edited configuration into the live object's annotation. */
export function annotating(ctx: CommandContext, { write, print }: SubmitOptions): Submit {
  return async (info, originals) => {
    const before = objectOf(originalOf(info, originals));
    const after = objectOf(info);
    if (equal(before, after)) return print(after as KubeObject, 'skipped');
    const client = await ctx.client();
    await client.of<KubeObject>(info.resource).patch(info.resource.namespaced ? await ctx.namespace() : undefined, info.name, applyPatch(after).patch, 'merge', write);
    await print(after as KubeObject, 'edited');
  };
}
