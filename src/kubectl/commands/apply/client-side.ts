/**
 * Applying one object from here: compares the file, what was applied last and what is live, and sends the difference
 * (kubectl pkg/cmd/apply/apply.go: applyOneObject, patcher.go).
 */
import { draft } from '../../../api/json.ts';
import type { KubeObject } from '../../../api/object.ts';
import type { JsonMap } from '../../../api/patch/index.ts';
import type { PatchType } from '../../../api/request.ts';
import { isConflict, isInvalid, isNotFound } from '../../../api/status.ts';
import type { ResourceClient, WriteOptions } from '../../../client/client.ts';
import { refresh, take } from '../../builder/builder.ts';
import { objectOf, type Info, type UnstructuredObject } from '../../builder/info.ts';
import { addSource, CommandError, textOf } from '../../errors.ts';
import { toJson } from '../../printers/json.ts';
import { infoName, infoText } from '../../shared/info-text.ts';
import { annotateLastApplied, encodeSorted, LAST_APPLIED, originalConfiguration } from '../../shared/last-applied.ts';
import { markSeen, warnIfDeleting, type ApplyRun } from '../apply.ts';

/** How often a patch is made anew after a conflict; from the second time on a second passes in between. */
const MAX_PATCH_RETRIES = 5;
const RETRY_PAUSE_MS = 1000;

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
    const patcher = new Patcher(run, info, modified);
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

class Patcher {
  /** The patch last tried, as JSON; '' before there was one. */
  text = '';
  readonly #api: Promise<ResourceClient<KubeObject>>;

  constructor(
    private readonly run: ApplyRun,
    private readonly info: Info,
    /** The file with its annotation, as JSON. */
    private readonly modified: string,
  ) {
    this.#api = run.ctx.client().then((client) => client.of<KubeObject>(info.resource));
  }

  /** The object as it is after the patch. Conflicts are tried again; --force replaces what cannot be patched. */
  async patch(live: UnstructuredObject): Promise<KubeObject> {
    const { info, run } = this;
    let current: KubeObject = live as KubeObject;
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#patchOnce(current);
      } catch (error) {
        if (isConflict(error) && attempt < MAX_PATCH_RETRIES) {
          if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, RETRY_PAUSE_MS));
          current = await (await this.#api).get(info.namespace || undefined, info.name);
          continue;
        }
        if ((isConflict(error) || isInvalid(error)) && run.values.force) return this.#deleteAndCreate(current);
        throw addSource('patching', info.source, error);
      }
    }
  }

  async #patchOnce(current: KubeObject): Promise<KubeObject> {
    const { info, run } = this;
    const { patch, type } = await this.#difference(current);
    this.text = toJson(patch, 'sorted', '');
    if (this.text === '{}') return current;
    return (await this.#api).patch(info.namespace || undefined, info.name, patch, type, writeOptions(run));
  }

  async #difference(current: KubeObject): Promise<{ readonly patch: object; readonly type: PatchType }> {
    const { createThreeWayJsonMergePatch, createThreeWayMergePatch, PatchError, schemaForKind } = await import('../../../api/patch/index.ts');
    const { apiVersion, kind } = this.info.object ?? {};
    const originalText = originalConfiguration(current);
    const modified = JSON.parse(this.modified) as UnstructuredObject;
    try {
      const original = originalText === undefined || originalText === '' ? {} : parseOriginal(originalText);
      const schema = schemaForKind(apiVersion ?? '', kind ?? '');
      if (!schema) return { patch: checkIdentity(createThreeWayJsonMergePatch(original as JsonMap, modified, current as JsonMap)), type: 'merge' };
      const patch = createThreeWayMergePatch(original, modified, current, schema);
      if (!this.run.values.overwrite) (await import('./conflicts.ts')).checkConflicts(original, current, patch, schema);
      return { patch, type: 'strategic' };
    } catch (error) {
      if (!(error instanceof PatchError || error instanceof CommandError)) throw error;
      throw new CommandError(`creating patch with:\noriginal:\n${originalText ?? ''}\nmodified:\n${this.modified}\ncurrent:\n${encodeSorted(current)}\nfor:: ${textOf(error)}`);
    }
  }

  async #deleteAndCreate(current: KubeObject): Promise<KubeObject> {
    const { info, run } = this;
    const api = await this.#api;
    const { values } = run;
    const namespace = info.namespace || undefined;
    this.text = this.modified;
    await api.delete(namespace, info.name, { propagationPolicy: run.propagationPolicy, ...(values['grace-period'] >= 0 ? { gracePeriodSeconds: values['grace-period'] } : {}) });
    await this.#waitUntilGone();
    try {
      return await api.create(JSON.parse(this.modified) as KubeObject, writeOptions(run));
    } catch (error) {
      // What was there before comes back; the user still learns what was wrong.
      const { resourceVersion: _, uid: _uid, ...metadata } = current.metadata ?? {};
      try {
        await api.create({ ...current, metadata }, writeOptions(run));
      } catch (again) {
        throw new CommandError(`An error occurred force-replacing the existing object with the newly provided one:\n\n${textOf(error)}.\n\nAdditionally, an error occurred attempting to restore the original object:\n\n${textOf(again)}`);
      }
      throw error;
    }
  }

  async #waitUntilGone(): Promise<void> {
    const { info, run } = this;
    const { until, WaitTimeout } = await import('../../shared/until.ts');
    try {
      await until(run.ctx, { resource: info.resource, namespace: info.namespace, name: info.name, deadlineMs: Date.now() + run.values.timeout, done: (object) => object === undefined });
    } catch (error) {
      throw error instanceof WaitTimeout ? new CommandError('context deadline exceeded') : error;
    }
  }
}

function parseOriginal(text: string): object {
  try {
    return JSON.parse(text) as object;
  } catch {
    throw new CommandError('invalid JSON document');
  }
}

/** A merge patch must not turn an object into another (mergepatch preconditions). */
function checkIdentity(patch: object): object {
  const { apiVersion, kind, metadata } = patch as KubeObject;
  if (apiVersion !== undefined || kind !== undefined || metadata?.name !== undefined) throw new CommandError('At least one of apiVersion, kind and name was changed');
  return patch;
}
