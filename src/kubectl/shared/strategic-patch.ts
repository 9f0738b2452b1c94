/** Changing a typed object: the change is sent as a strategic merge patch (kubectl pkg/cmd/set/helper.go: CalculatePatch). */
import type { KubeObject } from '../../api/object.ts';
import type { WriteOptions } from '../../client/client.ts';
import { objectOf, type Info, type UnstructuredObject } from '../builder/info.ts';
import type { CommandContext } from '../command.ts';

/** The patch that turns one state of an object into another; undefined where nothing differs. */
export async function strategicPatch(before: UnstructuredObject, after: UnstructuredObject): Promise<object | undefined> {
  const { createMergePatch, createTwoWayMergePatch, schemaForKind } = await import('../../api/patch/index.ts');
  const schema = schemaForKind(after.apiVersion ?? '', after.kind ?? '');
  const patch = schema ? createTwoWayMergePatch(before, after, schema) : createMergePatch({ ...before }, { ...after });
  return Object.keys(patch).length === 0 ? undefined : patch;
}

/** Sends a strategic merge patch; returns the object as the server has it then. */
export async function sendPatch(ctx: CommandContext, info: Info, patch: object, options: WriteOptions): Promise<UnstructuredObject> {
  const client = await ctx.client();
  const answer = await client.of<KubeObject>(info.resource).patch(info.namespace || undefined, info.name, patch, 'strategic', options);
  const { apiVersion, kind } = objectOf(info);
  return Object.assign({ apiVersion, kind }, answer) as UnstructuredObject;
}
