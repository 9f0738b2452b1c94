/**
 * apply --prune --applyset: what is applied together carries a label with the set's name, and a parent object keeps
 * account of where such objects may be, so that pruning finds all of them and nothing else (KEP-3659; kubectl
 * pkg/cmd/apply/applyset.go, applyset_pruner.go). A run goes: validate, addLabels, beforeApply, the objects, prune.
 */
import type { KubeObject } from '../../../../api/object.ts';
import { goQuote } from '../../../../api/quote.ts';
import { apiVersionOf, groupResourceName, type ResourceFacts } from '../../../../api/resource.ts';
import { isConflict, isNotFound } from '../../../../api/status.ts';
import type { CommandContext } from '../../../command.ts';
import { CommandError, textOf } from '../../../errors.ts';
import { objectOf, type Info } from '../../../builder/info.ts';
import { klogLine } from '../../../klog.ts';
import { ignoringPrintFaults } from '../../../shared/print-flags.ts';
import { VERSION } from '../../../version.ts';
import type { ApplyRun } from '../../apply.ts';
import { deletePruned } from '../prune.ts';
import { Contents, groupKind } from './contents.ts';
import { applySetId, isBuiltinParent, parentText, parseParentRef, validateParent, type ParentRef } from './parent.ts';

/** On the parent: the set's name. */
const ID_LABEL = 'applyset.kubernetes.io/id';
/** On members: the name of their set. */
const PART_OF_LABEL = 'applyset.kubernetes.io/part-of';
/** On the parent: the tool whose set it is, "NAME/VERSION". Others keep their hands off it. */
const TOOLING_ANNOTATION = 'applyset.kubernetes.io/tooling';
/** Whatever the program is called by: both are the same tool. */
const TOOL = 'kubectl';
const FIELD_MANAGER = `${TOOL}-applyset`;

/** An object of the set, and the resource that serves it. */
interface Member {
  readonly object: KubeObject;
  readonly resource: ResourceFacts;
}

export class ApplySet {
  readonly #id: string;
  /** As the parent had it when the run began. */
  #before = new Contents();
  /** As it is to be once the run is through. */
  readonly #after = new Contents();

  private constructor(
    private readonly ctx: CommandContext,
    private readonly parent: ParentRef,
  ) {
    this.#id = applySetId(parent);
  }

  /** The set that --applyset names. */
  static async of(ctx: CommandContext, reference: string): Promise<ApplySet> {
    return new ApplySet(ctx, await parseParentRef(ctx, reference));
  }

  /** Throws where the parent cannot be one. */
  validate(): Promise<void> {
    return validateParent(this.ctx, this.parent);
  }

  /** Marks objects as members. Throws on one that carries such a mark already. */
  addLabels(infos: readonly Info[]): void {
    for (const info of infos) {
      const object = objectOf(info);
      const labels = Object.entries((object.metadata?.labels ?? {}) as Readonly<Record<string, string | null>>);
      if (labels.some(([key]) => key === PART_OF_LABEL)) throw new CommandError(`ApplySet label ${goQuote(PART_OF_LABEL)} already set in input data`);
      object.metadata = { ...object.metadata, labels: { ...Object.fromEntries(labels.map(([key, value]) => [key, value ?? ''])), [PART_OF_LABEL]: this.#id } };
    }
  }

  /** Lets the parent name what was in the set and what is to come: a run that is cut short loses track of nothing. */
  async beforeApply(run: ApplyRun, infos: readonly Info[]): Promise<void> {
    await this.#readParent();
    for (const { resource, namespace } of infos) this.#after.add(resource, namespace);
    await this.#updateParent(run, this.#before.union(this.#after));
  }

  /** Deletes the members that were not applied; only then does the parent forget where they were. */
  async prune(run: ApplyRun): Promise<void> {
    const printer = await run.printer('pruned');
    for (const { object, resource } of await this.#findPruned(run)) {
      try {
        await deletePruned(run, object, resource);
      } catch (error) {
        const { namespace, name = '' } = object.metadata ?? {};
        throw new CommandError(`pruning ${groupKind(resource)} ${namespace === undefined ? '' : `${namespace}/`}${name}: ${textOf(error)}`);
      }
      ignoringPrintFaults(() => printer.print(object));
    }
    try {
      await this.#updateParent(run, this.#after);
    } catch (error) {
      throw new CommandError(`apply and prune succeeded, but ApplySet update failed: ${textOf(error)}`);
    }
  }

  async #readParent(): Promise<void> {
    const { parent, ctx } = this;
    const { resource, namespace, name } = parent;
    const quoted = goQuote(parentText(parent));
    let object: KubeObject;
    try {
      object = await (await ctx.client()).of<KubeObject>(resource).get(namespace || undefined, name);
    } catch (error) {
      if (!isNotFound(error)) throw new CommandError(`failed to fetch ApplySet parent object ${quoted}: ${textOf(error)}`);
      if (!isBuiltinParent(parent)) throw new CommandError('custom resource ApplySet parents cannot be created automatically');
      return;
    }
    const { annotations = {}, labels = {} } = object.metadata ?? {};
    const tooling = annotations[TOOLING_ANNOTATION];
    if (tooling === undefined) throw new CommandError(`ApplySet parent object ${quoted} already exists and is missing required annotation ${goQuote(TOOLING_ANNOTATION)}`);
    const tool = tooling.replace(/\/[^/]*$/, '');
    if (tool !== TOOL) throw new CommandError(`ApplySet parent object ${quoted} already exists and is managed by tooling ${goQuote(tool)} instead of ${goQuote(TOOL)}`);
    const id = labels[ID_LABEL];
    if (id === undefined) throw new CommandError(`ApplySet parent object ${quoted} exists and does not have required label ${ID_LABEL}`);
    if (id !== this.#id) throw new CommandError(`ApplySet parent object ${quoted} exists and has incorrect value for label ${goQuote(ID_LABEL)} (got: ${id}, want: ${this.#id})`);
    try {
      this.#before = await Contents.read(annotations, await ctx.mapper());
    } catch (error) {
      throw new CommandError(`parsing ApplySet annotation on ${quoted}: ${textOf(error)}`);
    }
    if (resource.namespaced) this.#before.namespaces.add(namespace);
  }

  async #updateParent({ dryRun, fieldValidation }: ApplyRun, contents: Contents): Promise<void> {
    if (dryRun === 'client') return;
    const { resource, namespace, name } = this.parent;
    const config = {
      apiVersion: apiVersionOf(resource),
      kind: resource.kind,
      metadata: {
        name, ...(namespace === '' ? {} : { namespace }),
        annotations: { [TOOLING_ANNOTATION]: `${TOOL}/${VERSION.gitVersion}`, ...contents.annotations(namespace) },
        labels: { [ID_LABEL]: this.#id },
      },
    };
    const api = (await this.ctx.client()).of<KubeObject>(resource);
    const apply = (force: boolean) => api.patch(namespace || undefined, name, config, 'apply', { fieldManager: FIELD_MANAGER, fieldValidation, force, ...(dryRun === 'server' ? { dryRun: true } : {}) });
    try {
      await apply(false).catch((error: unknown) => {
        if (!isConflict(error)) throw error;
        this.ctx.streams.stderr.write(klogLine('W', 'applyset.go:447', `WARNING: failed to update ApplySet: ${textOf(error)}\nApplySet field manager ${FIELD_MANAGER} should own these fields. Retrying with conflicts forced.`));
        return apply(true);
      });
    } catch (error) {
      throw new CommandError(`failed to update ApplySet: ${textOf(error)}`);
    }
  }

  /** The members of old that were not applied this time. */
  async #findPruned({ seenUids }: ApplyRun): Promise<readonly Member[]> {
    const places: { readonly resource: ResourceFacts; readonly namespace: string | undefined }[] = [];
    for (const [index, resource] of [...this.#before.kinds.values()].entries()) {
      for (const namespace of resource.namespaced ? this.#before.namespaces : [undefined]) {
        if (namespace === '') throw new CommandError(`unexpectedly encountered empty namespace during prune of namespace-scoped resource ${index}`);
        places.push({ resource, namespace });
      }
    }
    const lists = await Promise.all(places.map(({ resource, namespace }) => this.#membersIn(resource, namespace)));
    return lists.flat().filter(({ object }) => !seenUids.has(object.metadata?.uid ?? ''));
  }

  async #membersIn(resource: ResourceFacts, namespace: string | undefined): Promise<readonly Member[]> {
    const apiVersion = apiVersionOf(resource);
    const { group, version, kind } = resource;
    try {
      const { items } = await (await this.ctx.client()).of<KubeObject>(resource).list(namespace, { labelSelector: `${PART_OF_LABEL}=${this.#id}` });
      return items.map((item) => ({ object: { ...item, apiVersion, kind }, resource }));
    } catch (error) {
      // The dynamic client, by which kubectl prunes, does not say what it has asked for.
      const text = textOf(error).replace(` (get ${groupResourceName(resource)})`, '');
      throw new CommandError(`listing ${group}/${version}, Kind=${kind} objects for pruning: ${text}`);
    }
  }
}
