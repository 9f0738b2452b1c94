/**
 * How far long work has come, for a person who waits for it: a line on the terminal that standard error is, gone when
 * the work is done (progress-line.ts, loaded only there). Without a terminal there is nothing but the work.
 *
 *     await withProgress(ctx, async (tell) => {
 *       for (const [index, info] of infos.entries()) {
 *         …
 *         tell(countOf('applied', index + 1, infos.length));
 *       }
 *     });
 */
import type { CommandContext } from '../command.ts';

/** Says what is being done, or how much has been; '' takes the line away. */
export type Tell = (text: string) => void;

/** Fewer objects are not worth a line. */
const MANY = 20;

/** Runs the work, and shows what it tells while it takes long; within other such work that goes on telling. */
export async function withProgress<Result>(ctx: Pick<CommandContext, 'streams' | 'env' | 'signal'>, work: (tell: Tell) => Promise<Result>): Promise<Result> {
  const { screen } = ctx.streams;
  if (screen.overlay || ctx.env.TERM === 'dumb' || !screen.usable) return work(() => undefined);
  const { ProgressLine } = await import('./progress-line.ts');
  const line = new ProgressLine(screen, ctx.signal);
  try {
    return await work((text) => line.tell(text));
  } finally {
    line.end();
  }
}

/** "applied 120 of 400 objects"; '' where there are few. */
export const countOf = (done: string, count: number, total: number): string => (total < MANY ? '' : `${done} ${count} of ${total} objects`);
