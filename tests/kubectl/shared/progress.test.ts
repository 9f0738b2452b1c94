/** The line that shows how far long work is: on a terminal of tests, in a time of its own. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findResources } from '../../../src/kubectl/builder/builder.ts';
import { Context } from '../../../src/kubectl/context.ts';
import { flagsOf, parseFlags } from '../../../src/kubectl/flags.ts';
import { GLOBAL_FLAGS } from '../../../src/kubectl/global-flags.ts';
import { ProgressLine } from '../../../src/kubectl/shared/progress-line.ts';
import { countOf, withProgress } from '../../../src/kubectl/shared/progress.ts';
import { memoryStreams, type Output, type Screen } from '../../../src/kubectl/streams.ts';
import type { WallClock } from '../../../src/simulation/cluster-clock.ts';
import { Terminal } from '../../support/terminal.ts';

/** Passes only when it is told to. */
class StillClock implements WallClock {
  #now = 1_000_000;
  readonly timers = new Map<object, { readonly dueMs: number; readonly fire: () => void }>();

  now(): number {
    return this.#now;
  }

  setTimeout(fire: () => void, delayMs: number): () => void {
    const key = {};
    this.timers.set(key, { dueMs: this.#now + delayMs, fire });
    return () => void this.timers.delete(key);
  }

  pass(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const [next] = [...this.timers].filter(([, { dueMs }]) => dueMs <= end).sort(([, a], [, b]) => a.dueMs - b.dueMs);
      if (!next) break;
      this.timers.delete(next[0]);
      this.#now = next[1].dueMs;
      next[1].fire();
    }
    this.#now = end;
  }
}

/** A terminal with a line on it, and what else is printed there. */
function setup(columns = 40) {
  const terminal = new Terminal(columns);
  const clock = new StillClock();
  const interrupt = new AbortController();
  const drawn: string[] = [];
  const screen: Screen & { broken?: boolean } = {
    usable: true,
    width: columns,
    overlay: undefined,
    draw(text) {
      if (screen.broken) throw new Error('EIO');
      drawn.push(text);
      terminal.write(text);
    },
  };
  const print: Output['write'] = (text) => {
    screen.overlay?.clear();
    terminal.write(String(text));
    screen.overlay?.printed(String(text).endsWith('\n'));
  };
  const line = new ProgressLine(screen, interrupt.signal, clock);
  return { terminal, clock, interrupt, drawn, screen, print, line };
}

describe('the line', () => {
  it('does not show for work that is done soon', () => {
    const { clock, drawn, line } = setup();
    line.tell('reading');
    clock.pass(399);
    line.end();
    expect(drawn).toEqual([]);
    expect(clock.timers.size).toBe(0);
  });

  it('shows by itself what was told before, and counts seconds', () => {
    const { terminal, clock, drawn, line } = setup();
    line.tell('reading');
    clock.pass(400);
    expect(terminal.line).toBe('reading');
    clock.pass(599);
    expect(drawn).toHaveLength(1);
    clock.pass(1);
    expect(terminal.line).toBe('reading (1s)');
    clock.pass(2000);
    expect(terminal.line).toBe('reading (3s)');
    expect(drawn).toHaveLength(4);
    line.end();
    expect(terminal.text()).toBe('');
    expect(clock.timers.size).toBe(0);
  });

  it('is drawn by what is told where no timer can fire, ten times a second at most', () => {
    const { terminal, clock, drawn, line } = setup();
    for (let count = 1; count <= 2000; count++) {
      // Timers that are due in the middle of synchronous work.
      clock.timers.clear();
      clock.pass(1);
      line.tell(countOf('applied', count, 2000));
    }
    expect(drawn.length).toBeGreaterThan(10);
    expect(drawn.length).toBeLessThanOrEqual(17);
    clock.pass(100);
    expect(terminal.line).toBe('applied 2000 of 2000 objects (2s)');
  });

  it('stays below what is printed, and leaves no trace in it', () => {
    const { terminal, clock, print, line } = setup();
    print('one\n');
    line.tell('working');
    clock.pass(400);
    print('two\nthree\n');
    expect(terminal.text()).toBe('one\ntwo\nthree\nworking');
    line.tell('');
    clock.pass(100);
    expect(terminal.text()).toBe('one\ntwo\nthree\n');
    line.tell('working on');
    clock.pass(100);
    line.end();
    print('four\n');
    expect(terminal.text()).toBe('one\ntwo\nthree\nfour\n');
  });

  it('waits while what was printed has not ended its line', () => {
    const { terminal, clock, print, line } = setup();
    line.tell('working');
    clock.pass(400);
    print('sure? ');
    clock.pass(5000);
    expect(terminal.text()).toBe('sure? ');
    print('yes\n');
    expect(terminal.text()).toBe('sure? yes\nworking (5s)');
  });

  it('fits the terminal, whatever it is told', () => {
    const { terminal, clock, line } = setup(20);
    line.tell('\x1b[31mas long as the terminal is wide, and longer');
    clock.pass(400);
    expect(terminal.text()).toBe('?[31mas long as the');
    line.end();
    expect(terminal.text()).toBe('');
  });

  it('goes with Ctrl-C and does not come again', () => {
    const { terminal, clock, interrupt, print, line } = setup();
    line.tell('working');
    clock.pass(400);
    interrupt.abort();
    expect(terminal.text()).toBe('');
    line.tell('still working');
    print('x\n');
    clock.pass(5000);
    line.end();
    expect(terminal.text()).toBe('x\n');
  });

  it('is no fault where the terminal has gone', () => {
    const { clock, screen, line } = setup();
    line.tell('working');
    screen.broken = true;
    clock.pass(5000);
    line.tell('working on');
    line.end();
    expect(screen.overlay).toBeUndefined();
    expect(clock.timers.size).toBe(0);
  });
});

describe('work with progress', () => {
  const { signal } = new AbortController();

  it('is the work alone where nobody looks', async () => {
    for (const [columns, env] of [[0, {}], [80, { TERM: 'dumb' }]] as const) {
      const streams = memoryStreams('', columns);
      const answer = await withProgress({ streams, env, signal }, (tell) => {
        tell('working');
        return Promise.resolve(streams.screen.overlay);
      });
      expect(answer).toBeUndefined();
      expect(streams.err()).toBe('');
    }
  });

  it('takes the line away whatever becomes of it', async () => {
    const streams = memoryStreams('', 80);
    const failing = withProgress({ streams, env: { TERM: 'xterm' }, signal }, () => {
      expect(streams.screen.overlay).toBeDefined();
      return Promise.reject(new Error('no'));
    });
    await expect(failing).rejects.toThrow('no');
    expect(streams.screen.overlay).toBeUndefined();
    expect(streams.err()).toBe('');
  });

  it('has one line, also for work within it', async () => {
    const streams = memoryStreams('', 80);
    const ctx = { streams, env: {}, signal };
    await withProgress(ctx, async () => {
      const outer = streams.screen.overlay;
      await withProgress(ctx, () => Promise.resolve(expect(streams.screen.overlay).toBe(outer)));
      expect(streams.screen.overlay).toBe(outer);
    });
    expect(streams.screen.overlay).toBeUndefined();
  });

  it('knows how many objects files hold before it has come to them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mock-kubectl-progress-'));
    const object = (name: string): string => JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
    writeFileSync(join(folder, 'a.yaml'), [object('a'), object('b'), object('c')].join('\n---\n').replace('{', ' # YAML\n{'));
    writeFileSync(join(folder, 'b.json'), `{"apiVersion":"v1","kind":"List","items":[${object('d')},${object('e')}]}`);
    writeFileSync(join(folder, 'c.json'), object('f'));
    const context = new Context({
      streams: memoryStreams(), env: { MOCK_KUBECTL_HOME: folder }, program: 'kubectl', commandPath: 'kubectl create', argv: [], signal,
      globals: flagsOf(GLOBAL_FLAGS, parseFlags(GLOBAL_FLAGS, [])),
    });
    const found = await findResources(context, { files: { filenames: [folder], kustomize: '', recursive: false }, namespace: 'default', local: true });
    const known: string[] = [];
    await found.visit(({ name }) => void known.push(`${name} of ${found.known()}`));
    expect(known).toEqual(['a of 5', 'b of 5', 'c of 5', 'd of 6', 'e of 6', 'f of 6']);
    rmSync(folder, { recursive: true });
  });

  it('counts only what is many', () => {
    expect(countOf('applied', 1, 19)).toBe('');
    expect(countOf('applied', 1, 20)).toBe('applied 1 of 20 objects');
  });
});
