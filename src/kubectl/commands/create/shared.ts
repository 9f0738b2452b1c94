/** What the subcommands of `kubectl create` have in common: flags, the NAME argument, sending and printing. */
import { draft } from '../../../api/json.ts';
import type { KubeObject } from '../../../api/object.ts';
import { resourceForKind } from '../../../api/resource.ts';
import type { UnstructuredObject } from '../../builder/info.ts';
import type { CommandContext } from '../../command.ts';
import { CommandError, textOf, usageError } from '../../errors.ts';
import type { Flags } from '../../flags.ts';
import { asObject, type Generated } from '../../generate/object.ts';
import { typedEncoder, typedPrinter } from '../../generate/typed.ts';
import { dryRunFlags, dryRunOf, dryRunSuffix, type DryRun } from '../../shared/dry-run.ts';
import { createOrUpdateAnnotation } from '../../shared/last-applied.ts';
import { printFlags, type ObjectPrinter } from '../../shared/print-flags.ts';
import { fieldManagerFlags, saveConfigFlags, validateFlags, validationOf } from '../../shared/write-flags.ts';

export const createFlags = { ...printFlags, ...saveConfigFlags, ...validateFlags, ...dryRunFlags, ...fieldManagerFlags('kubectl-create') } as const;

type CreateFlags = Flags<typeof createFlags>;

/** The one NAME; what stands after "--" is a command. */
export function nameArgument(ctx: CommandContext, args: readonly string[], flags: { readonly argumentsBeforeDash: number }): string {
  const count = flags.argumentsBeforeDash < 0 ? args.length : flags.argumentsBeforeDash;
  if (count !== 1) throw usageError(ctx, `exactly one NAME is required, got ${count}`);
  return args[0] as string;
}

/** For the subcommands that refuse an empty NAME themselves. */
export function requireName(name: string): void {
  if (name === '') throw new CommandError('name must be specified');
}

export interface CreateRun {
  readonly name: string;
  /** The namespace of -n; '' where it was not given: only then does the object name one. */
  readonly namespace: string;
  /** Sends (or, dry, does not) what was generated, and prints it. */
  create(object: Generated, options?: CreateOptions): Promise<void>;
}

export interface CreateOptions {
  /** The words before the server's error: "failed to create deployment:". Without them the error keeps its kind. */
  readonly failure?: string;
  /** --save-config is without effect (create service, as in the real kubectl). */
  readonly neverAnnotate?: boolean;
}

/** Reads the common flags, in kubectl's order of checks, and returns what the subcommand needs. */
export async function prepareCreate(ctx: CommandContext, args: readonly string[], given: object): Promise<CreateRun> {
  const flags = given as CreateFlags;
  const name = nameArgument(ctx, args, flags);
  const dryRun = dryRunOf(flags, (line) => ctx.streams.stderr.write(`${line}\n`));
  const printer = await typedPrinter(ctx, flags, `created${dryRunSuffix(dryRun)}`);
  const fieldValidation = validationOf(flags);
  // Nobody is asked with --dry-run=client either, but there must be somebody.
  await ctx.client();
  return {
    name,
    namespace: ctx.namespaceGiven ? await ctx.namespace() : '',
    create: (object, options = {}) => send(ctx, flags, { object, dryRun, printer, fieldValidation, options }),
  };
}

interface Sending {
  readonly object: Generated;
  readonly dryRun: DryRun;
  readonly printer: ObjectPrinter;
  readonly fieldValidation: 'Strict' | 'Warn' | 'Ignore';
  readonly options: CreateOptions;
}

async function send(ctx: CommandContext, flags: CreateFlags, { object, dryRun, printer, fieldValidation, options }: Sending): Promise<void> {
  const { values } = flags;
  if (values['save-config'] && options.neverAnnotate !== true) createOrUpdateAnnotation(true, object as unknown as UnstructuredObject, await typedEncoder());
  if (dryRun === 'client') return printer.print(asObject(object));
  const resource = resourceForKind(object.apiVersion, object.kind);
  if (!resource) throw new CommandError(`no matches for kind "${object.kind}" in version "${object.apiVersion}"`);
  const sent = draft(object);
  if (resource.namespaced) sent.metadata.namespace = await ctx.namespace();
  let stored: KubeObject;
  try {
    const client = await ctx.client();
    stored = await client.of<KubeObject>(resource).create(asObject(sent as unknown as Generated), {
      fieldManager: values['field-manager'], fieldValidation, ...(dryRun === 'server' ? { dryRun: true } : {}),
    });
  } catch (error) {
    if (options.failure === undefined) throw error;
    throw new CommandError(`${options.failure} ${textOf(error)}`);
  }
  printer.print(stored);
}
