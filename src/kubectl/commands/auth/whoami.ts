/** kubectl auth whoami (kubectl pkg/cmd/auth/whoami.go). */
import type { UserInfo } from '../../../api/request.ts';
import { isForbidden, isNotFound } from '../../../api/status.ts';
import { goList } from '../../describe/format.ts';
import { defineCommand, type CommandContext } from '../../command.ts';
import { CommandError } from '../../errors.ts';
import { typedPrinter } from '../../generate/typed.ts';
import { TabWriter } from '../../printers/tab-writer.ts';
import { printFlags } from '../../shared/print-flags.ts';
import { askReview, SELFSUBJECTREVIEWS } from './reviews.ts';

interface WhoAmI {
  readonly userInfo?: Partial<UserInfo>;
}

export const command = defineCommand({
  name: 'whoami',
  usage: 'whoami',
  short: 'Experimental: Check who you are and your attributes (groups, extra).',
  long: `Experimental: Check who you are and your attributes (groups, extra).

 Shows what the API server takes you for, whatever way you have shown who you are.`,
  examples: `# Your attributes
kubectl auth whoami

# The same as JSON
kubectl auth whoami -o json`,
  flags: printFlags,
  async run(ctx, _args, flags) {
    const print = !flags.changed('output') ? undefined : await typedPrinter(ctx, flags, '');
    const review = await ask(ctx);
    if (print) return print.print(review);
    const { username, uid, groups = [], extra = {} } = review.status.userInfo ?? {};
    const writer = new TabWriter();
    writer.row(['ATTRIBUTE', 'VALUE']);
    if (username) writer.row(['Username', username]);
    if (uid) writer.row(['UID', uid]);
    if (groups.length > 0) writer.row(['Groups', goList(groups)]);
    for (const key of Object.keys(extra).sort()) writer.row([`Extra: ${key}`, goList(extra[key])]);
    ctx.streams.stdout.write(writer.flush());
  },
});

async function ask(ctx: CommandContext) {
  try {
    return await askReview<WhoAmI>(ctx, SELFSUBJECTREVIEWS);
  } catch (error) {
    if (isForbidden(error)) throw new CommandError('the selfsubjectreviews API is not enabled in the cluster or you do not have permission to call it');
    if (isNotFound(error)) throw new CommandError('the selfsubjectreviews API is not enabled in the cluster\nenable APISelfSubjectReview feature gate and authentication.k8s.io/v1alpha1 or authentication.k8s.io/v1beta1 API');
    throw error;
  }
}
