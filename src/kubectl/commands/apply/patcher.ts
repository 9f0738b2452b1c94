/**
 * The three-way patch of one object: what the file says, what was applied last, and what is live; conflicts are tried
 * again, and --force replaces what cannot be patched (kubectl pkg/cmd/apply/patcher.go).
 */
import type { KubeObject } from '../../../api/object.ts';
import type { JsonMap } from '../../../api/patch/index.ts';
import type { PatchType, PropagationPolicy } from '../../../api/request.ts';
import { isConflict, isInvalid } from '../../../api/status.ts';
import type { ResourceClient, WriteOptions } from '../../../client/client.ts';
import type { Info, UnstructuredObject } from '../../builder/info.ts';
import type { CommandContext } from '../../command.ts';
import { addSource, CommandError, textOf } from '../../errors.ts';
import { isDisabled } from '../../feature-gates.ts';
import { toJson } from '../../../api/go-json.ts';
import { encodeSorted, originalConfiguration } from '../../shared/last-applied.ts';

/** How often a patch is made anew after a conflict; from the second time on a second passes in between. */
const MAX_PATCH_RETRIES = 5;
const RETRY_PAUSE_MS = 1000;

/** How --force deletes before it creates anew. */
export interface ForceOptions {
  readonly propagationPolicy: PropagationPolicy;
  /** Seconds; negative for the object's own. */
  readonly gracePeriod: number;
  readonly timeoutMs: number;
}

export interface PatcherOptions {
  readonly ctx: CommandContext;
  readonly info: Info;
  /** The file as JSON, with the annotation that it is to get. */
  readonly modified: string;
  readonly write: WriteOptions;
  readonly overwrite: boolean;
  /** Patches are made by the server's documents first, where they know the kind: what goes wrong there is told beforehand (patcher.go: patchSimple). */
  readonly documents?: boolean;
  /** The patch is for this version of the object only. */
  readonly resourceVersion?: string;
  readonly force?: ForceOptions;
}

export class Patcher {
  /** The patch last tried, as JSON; '' before there was one. */
  text = '';
  readonly #api: Promise<ResourceClient<KubeObject>>;

  constructor(private readonly options: PatcherOptions) {
    this.#api = options.ctx.client().then((client) => client.of<KubeObject>(options.info.resource));
  }

  /** The object as it is after the patch. Conflicts are tried again; --force replaces what cannot be patched. */
  async patch(live: UnstructuredObject): Promise<KubeObject> {
    const { info } = this.options;
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
        const { force } = this.options;
        if ((isConflict(error) || isInvalid(error)) && force) return this.#deleteAndCreate(current, force);
        throw addSource('patching', info.source, error);
      }
    }
  }

  async #patchOnce(current: KubeObject): Promise<KubeObject> {
    const { info } = this.options;
    const { patch, type } = await this.#difference(current);
    this.text = toJson(patch, 'sorted', '');
    if (this.text === '{}') return current;
    const { resourceVersion, write } = this.options;
    const locked = resourceVersion === undefined ? patch : withResourceVersion(patch, resourceVersion);
    return (await this.#api).patch(info.namespace || undefined, info.name, locked, type, write);
  }

  async #difference(current: KubeObject): Promise<{ readonly patch: object; readonly type: PatchType }> {
    const { createThreeWayJsonMergePatch, createThreeWayMergePatch, PatchError, schemaForKind } = await import('../../../api/patch/index.ts');
    const { info, overwrite } = this.options;
    const { apiVersion, kind } = info.object ?? {};
    const originalText = originalConfiguration(current);
    const modified = JSON.parse(this.options.modified) as UnstructuredObject;
    try {
      const original = originalText === undefined || originalText === '' ? {} : parseOriginal(originalText);
      const schema = schemaForKind(apiVersion ?? '', kind ?? '');
      if (!schema) return { patch: checkIdentity(createThreeWayJsonMergePatch(original as JsonMap, modified, current as JsonMap)), type: 'merge' };
      const patch = createThreeWayMergePatch(original, modified, current, schema);
      if (!overwrite) (await import('./conflicts.ts')).checkConflicts(original, current, patch, schema);
      return { patch, type: 'strategic' };
    } catch (error) {
      if (!(error instanceof PatchError || error instanceof CommandError)) throw error;
      if (this.options.documents && schemaForKind(apiVersion ?? '', kind ?? '')) this.#warnOf(error);
      throw new CommandError(`creating patch with:\noriginal:\n${originalText ?? ''}\nmodified:\n${this.options.modified}\ncurrent:\n${encodeSorted(current)}\nfor:: ${textOf(error)}`);
    }
  }

  #warnOf(error: Error): void {
    const { env, streams } = this.options.ctx;
    for (const document of [...(isDisabled('KUBECTL_OPENAPIV3_PATCH', env) ? [] : ['openapi v3']), 'openapi']) streams.stderr.write(`warning: error calculating patch from ${document} spec: ${textOf(error)}\n`);
  }

  async #deleteAndCreate(current: KubeObject, { propagationPolicy, gracePeriod, timeoutMs }: ForceOptions): Promise<KubeObject> {
    const { info, modified, write } = this.options;
    const api = await this.#api;
    const namespace = info.namespace || undefined;
    this.text = modified;
    await api.delete(namespace, info.name, { propagationPolicy, ...(gracePeriod >= 0 ? { gracePeriodSeconds: gracePeriod } : {}) });
    await this.#waitUntilGone(timeoutMs);
    try {
      return await api.create(JSON.parse(modified) as KubeObject, write);
    } catch (error) {
      // What was there before comes back; the user still learns what was wrong.
      const { resourceVersion: _, uid: _uid, ...metadata } = current.metadata ?? {};
      try {
        await api.create({ ...current, metadata }, write);
      } catch (again) {
        throw new CommandError(`An error occurred force-replacing the existing object with the newly provided one:\n\n${textOf(error)}.\n\nAdditionally, an error occurred attempting to restore the original object:\n\n${textOf(again)}`);
      }
      throw error;
    }
  }

  async #waitUntilGone(timeoutMs: number): Promise<void> {
    const { ctx, info } = this.options;
    const { untilGone, WaitTimeout } = await import('../../shared/until.ts');
    try {
      await untilGone(ctx, { resource: info.resource, namespace: info.namespace, name: info.name, deadlineMs: Date.now() + timeoutMs });
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

function withResourceVersion(patch: object, resourceVersion: string): object {
  const { metadata } = patch as KubeObject;
  return { ...patch, metadata: { ...metadata, resourceVersion } };
}
