/**
 * Applying one object from here: compares the file, what was applied last and what is live, and sends the difference
 * (kubectl pkg/cmd/apply/apply.go: applyOneObject).
 */
import { draft } from '../../../api/json.ts';
import type { KubeObject } from '../../../api/object.ts';
import { isNotFound } from '../../../api/status.ts';
import type { WriteOptions } from '../../../client/client.ts';
import { refresh, take } from '../../builder/retrieve.ts';
import { objectOf, type Info, type UnstructuredObject } from '../../builder/info.ts';
import { addSource } from '../../errors.ts';
import { infoName, infoText } from '../../shared/info-text.ts';
import { annotateLastApplied, encodeSorted, LAST_APPLIED, originalConfiguration } from '../../shared/last-applied.ts';
import { markSeen, warnIfDeleting, type ApplyRun } from '../apply.ts';
import { Patcher } from './patcher.ts';

export async function applyOnClient(run: ApplyRun, info: Info): Promise<void> {
  const { ctx, dryRun } = run;
  const file = objectOf(info);
  const configured = draft(file) as UnstructuredObject;
  annotateLastApplied(configured);
  const modified = encodeSorted(configured);
  const client = await ctx.client();
  try {
    await refresh(client, info);
  } catch (error) {
    if (!isNotFound(error)) throw addSource(`retrieving current configuration of:\n${infoText(info)}\nfrom server for:`, info.source, error);
    return create(run, info, file);
  }
  markSeen(run, info);
  if (dryRun !== 'client') {
    const live = objectOf(info);
    if (originalConfiguration(live) === undefined) {
      ctx.streams.stderr.write(
        `Warning: resource ${infoName(info)} is missing the ${LAST_APPLIED} annotation which is required by ${ctx.program} apply. ${ctx.program} apply should only be used on resources created declaratively by either ${ctx.program} create --save-config or ${ctx.program} apply. The missing annotation will be patched automatically.\n`,
      );
    }
    const patcher = new Patcher({
      ctx, info, modified, write: writeOptions(run), overwrite: run.values.overwrite, documents: run.values['openapi-patch'],
      ...(run.values.force ? { force: { propagationPolicy: run.propagationPolicy, gracePeriod: run.values['grace-period'], timeoutMs: run.values.timeout } } : {}),
    });
    try {
      take(info, await patcher.patch(live));
    } catch (error) {
      throw addSource(`applying patch:\n${patcher.text}\nto:\n${infoText(info)}\nfor:`, info.source, error);
    }
    warnIfDeleting(run, objectOf(info) as KubeObject);
    if (patcher.text === '{}' && !run.printsObjects) return run.line(objectOf(info) as KubeObject, 'unchanged');
  }
  if (!run.printsObjects) await run.line(objectOf(info) as KubeObject, 'configured');
}

async function create(run: ApplyRun, info: Info, file: UnstructuredObject): Promise<void> {
  annotateLastApplied(file);
  info.object = withoutNulls(file) as UnstructuredObject;
  if (run.dryRun !== 'client') {
    const client = await run.ctx.client();
    try {
      take(info, await client.of<KubeObject>(info.resource).create(info.object as KubeObject, writeOptions(run)));
    } catch (error) {
      throw addSource('creating', info.source, error);
    }
  }
  markSeen(run, info);
  if (!run.printsObjects) await run.line(objectOf(info) as KubeObject, 'created');
}

/** Fields that are null in the file are not sent; elements of lists stay. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([, child]) => child !== null).map(([key, child]) => [key, withoutNulls(child)]));
}

export function writeOptions({ fieldManager, fieldValidation, dryRun }: ApplyRun): WriteOptions {
  return { fieldManager, fieldValidation, ...(dryRun === 'server' ? { dryRun: true } : {}) };
}
