/** `clock`: looks at the cluster's clock and moves it. */
import { formatGoDuration, parseGoDuration } from '../../api/duration.ts';
import type { ClockOrder, ClockView } from '../../daemon/clock-paths.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import { CommandError, usageError } from '../errors.ts';
import { requireNoArguments } from '../shared/no-arguments.ts';

async function show(ctx: CommandContext, order?: ClockOrder): Promise<void> {
  const { transport } = await ctx.client();
  const response = order ? await transport.raw('POST', '/mock/clock', order) : await transport.raw('GET', '/mock/clock');
  const view = JSON.parse(response.body) as ClockView;
  const state = view.paused ? 'paused' : view.speed === 0 ? 'stands still, jumps to the next timer' : `runs at ${view.speed}x`;
  const next = view.nextDueMs === undefined ? 'no timer is set' : `next timer in ${formatGoDuration(Math.max(0, view.nextDueMs - view.nowMs))}`;
  ctx.streams.stdout.write(`${new Date(view.nowMs).toISOString()}  ${state}; ${next}\n`);
}

const verb = (name: string, short: string, order: ClockOrder | undefined) => {
  const command = defineCommand({
    name,
    usage: name,
    short,
    flags: {},
    async run(ctx, args) {
      requireNoArguments(ctx, args);
      await show(ctx, order);
    },
  });
  return { name, short, load: () => Promise.resolve({ command }) };
};

const advance = defineCommand({
  name: 'advance',
  usage: 'advance DURATION',
  short: 'Let time pass: everything that is due on the way happens at its moment',
  examples: `  # Six minutes, long enough for the pods of a dead node to be replaced
  mock-kubectl clock advance 6m`,
  flags: {},
  async run(ctx, args) {
    const [text] = args;
    if (text === undefined || args.length > 1) throw usageError(ctx, 'exactly one DURATION is required, like 90s or 6m');
    let ms: number;
    try {
      ms = parseGoDuration(text);
    } catch (error) {
      throw new CommandError((error as Error).message);
    }
    if (ms < 0) throw new CommandError('time does not go back');
    await show(ctx, { action: 'advance', ms });
  },
});

const speed = defineCommand({
  name: 'speed',
  usage: 'speed FACTOR',
  short: 'Let time run faster or slower than the wall clock',
  flags: {},
  async run(ctx, args) {
    const factor = Number(args[0]);
    if (args.length !== 1 || !Number.isFinite(factor) || factor < 0) throw usageError(ctx, 'exactly one FACTOR is required, a number of 0 or more');
    await show(ctx, { action: 'speed', speed: factor });
  },
});

export const command = defineCommand({
  name: 'clock',
  usage: 'clock',
  short: "Show the cluster's clock, pause it, step it, let time pass",
  flags: {},
  subcommands: [
    verb('show', "Show the cluster's time", undefined),
    verb('pause', 'Stop the clock: nothing that waits for time happens', { action: 'pause' }),
    verb('resume', 'Let the clock run again', { action: 'resume' }),
    verb('step', 'Jump to the next timer and let it fire', { action: 'step' }),
    { name: 'advance', short: advance.short, load: () => Promise.resolve({ command: advance }) },
    { name: 'speed', short: speed.short, load: () => Promise.resolve({ command: speed }) },
  ],
  run: (ctx) => show(ctx),
});
