/** What `certificate approve` and `certificate deny` do alike (kubectl pkg/cmd/certificates/certificates.go). */
import type { CertificateSigningRequest, CertificateSigningRequestCondition } from '../../../api/generated/types.ts';
import type { Resource } from '../../../api/kinds.ts';
import type { Stored } from '../../../api/object.ts';
import { goQuote } from '../../../api/quote.ts';
import { resourceAt } from '../../../api/resource.ts';
import { isConflict, isNotFound } from '../../../api/status.ts';
import { formatTime } from '../../../api/time.ts';
import { findResources } from '../../builder/builder.ts';
import { objectOf } from '../../builder/info.ts';
import type { CommandContext } from '../../command.ts';
import { CommandError, textOf } from '../../errors.ts';
import type { Flags } from '../../flags.ts';
import { filenameFlags, filenameOptions } from '../../shared/filename-flags.ts';
import { objectPrinter, printFlags } from '../../shared/print-flags.ts';

const REQUESTS = resourceAt('certificates.k8s.io', 'v1', 'certificatesigningrequests') as Resource<CertificateSigningRequest>;
const ATTEMPTS = 10;

export const certificateFlags = (done: string) => ({
  ...printFlags,
  ...filenameFlags,
  force: { type: 'bool', default: false, description: `Update the request even if it is ${done} already.` },
}) as const;

/** What is decided about the requests. */
export interface Verdict {
  /** The condition that says so, and the one that says otherwise. */
  readonly type: 'Approved' | 'Denied';
  readonly opposite: 'Approved' | 'Denied';
  readonly reason: string;
  readonly message: string;
  /** "approved" */
  readonly done: string;
}

export async function decide(ctx: CommandContext, args: readonly string[], given: object, verdict: Verdict): Promise<void> {
  const flags = given as Flags<ReturnType<typeof certificateFlags>>;
  const printer = await objectPrinter(ctx, flags as unknown as Flags<typeof printFlags>, verdict.done);
  const files = filenameOptions(flags as unknown as Flags<typeof filenameFlags>);
  if (args.length === 0 && files.filenames.length === 0 && files.kustomize === '') throw new CommandError('one or more CSRs must be specified as <name> or -f <filename>');
  const found = await findResources(ctx, {
    // No namespace is asked for: requests have none.
    files, namespace: '', continueOnError: true, latest: true,
    ...(args.length > 0 ? { args, defaultType: REQUESTS.plural } : {}),
  });
  let count = 0;
  await found.visit(async (info) => {
    const { kind, group } = info.resource;
    if (kind !== REQUESTS.kind || group !== REQUESTS.group) throw new CommandError(`can only handle CertificateSigningRequest.certificates.k8s.io objects, got ${group === '' ? kind : `${kind}.${group}`}`);
    await decideOne(ctx, info.name, verdict, flags.values.force);
    count++;
    printer.print(objectOf(info));
  });
  if (count === 0) ctx.streams.stdout.write('No resources found\n');
}

async function decideOne(ctx: CommandContext, name: string, verdict: Verdict, force: boolean): Promise<void> {
  const requests = (await ctx.client()).of(REQUESTS);
  for (let attempt = 0; ; attempt++) {
    const request = await requests.get(undefined, name).catch((error: unknown) => {
      throw isNotFound(error) ? new CommandError(`could not find v1 version of ${name}: ${textOf(error)}`) : error;
    });
    const conditions = request.status?.conditions ?? [];
    if (conditions.some(({ type }) => type === verdict.opposite)) throw new CommandError(`certificate signing request ${goQuote(name)} is already ${verdict.opposite}`);
    const decided = conditions.some(({ type }) => type === verdict.type);
    if (decided && !force) return;
    try {
      await requests.update(decided ? request : withCondition(request, condition(verdict, await ctx.now())), { subresource: 'approval' });
      return;
    } catch (error) {
      if (!isConflict(error) || attempt >= ATTEMPTS) throw error;
    }
  }
}

const condition = ({ type, reason, message }: Verdict, nowMs: number): CertificateSigningRequestCondition =>
  ({ type, status: 'True', reason, message, lastUpdateTime: formatTime(nowMs), lastTransitionTime: null }) as unknown as CertificateSigningRequestCondition;

function withCondition(request: Stored<CertificateSigningRequest>, added: CertificateSigningRequestCondition): CertificateSigningRequest {
  return { ...request, status: { ...request.status, conditions: [...(request.status?.conditions ?? []), added] } };
}
