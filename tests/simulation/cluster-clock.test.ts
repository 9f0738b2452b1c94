import { ClusterClock, type WallClock } from '../../src/simulation/cluster-clock.ts';

/** A wall clock that only moves when told. */
class FakeWall implements WallClock {
  ms = 1_000_000;
  readonly #timers = new Set<{ due: number; fire: () => void }>();
  now(): number {
    return this.ms;
  }
  setTimeout(fire: () => void, delayMs: number): () => void {
    const timer = { due: this.ms + delayMs, fire };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }
  pass(ms: number): void {
    const target = this.ms + ms;
    for (;;) {
      const [next] = [...this.#timers].filter(({ due }) => due <= target).sort((a, b) => a.due - b.due);
      if (!next) break;
      this.#timers.delete(next);
      this.ms = Math.max(this.ms, next.due);
      next.fire();
    }
    this.ms = target;
  }
}

describe('a clock that follows the wall', () => {
  test('time runs at the speed asked for', () => {
    const wall = new FakeWall();
    const clock = new ClusterClock({ wall, speed: 60, startMs: 0 });
    wall.pass(1000);
    expect(clock.now()).toBe(60_000);
  });

  test('timers fire in the order of their due times, at their speed', () => {
    const wall = new FakeWall();
    const clock = new ClusterClock({ wall, speed: 10, startMs: 0 });
    const fired: string[] = [];
    clock.setTimer(2000, () => fired.push(`late at ${clock.now()}`));
    clock.setTimer(1000, () => fired.push(`early at ${clock.now()}`));
    wall.pass(99);
    expect(fired).toEqual([]);
    wall.pass(200);
    expect(fired).toEqual(['early at 1000', 'late at 2000']);
  });

  test('a cancelled timer does not fire', () => {
    const wall = new FakeWall();
    const clock = new ClusterClock({ wall });
    let fired = false;
    clock.setTimer(10, () => (fired = true)).cancel();
    wall.pass(100);
    expect(fired).toBe(false);
    expect(clock.pending('progress')).toBe(0);
  });

  test('paused time stands still and goes on from there', () => {
    const wall = new FakeWall();
    const clock = new ClusterClock({ wall, startMs: 0 });
    wall.pass(500);
    clock.pause();
    wall.pass(10_000);
    expect(clock.now()).toBe(500);
    clock.resume();
    wall.pass(250);
    expect(clock.now()).toBe(750);
  });
});

describe('a clock that jumps', () => {
  test('advance fires each timer at its own moment, those that others set on the way included', async () => {
    const clock = new ClusterClock({ speed: 0, startMs: 0 });
    const fired: number[] = [];
    const again = () => {
      fired.push(clock.now());
      clock.setTimer(100, again);
    };
    clock.setTimer(100, again);
    await clock.advance(350);
    expect(fired).toEqual([100, 200, 300]);
    expect(clock.now()).toBe(350);
  });

  test('what a timer sets off is finished before the next one fires', async () => {
    const clock = new ClusterClock({ speed: 0, startMs: 0 });
    const order: string[] = [];
    clock.setTimer(10, () => void Promise.resolve().then(() => Promise.resolve()).then(() => order.push('first done')));
    clock.setTimer(11, () => order.push('second'));
    await clock.advance(20);
    expect(order).toEqual(['first done', 'second']);
  });

  test('work that waits for the outside holds time still', async () => {
    const clock = new ClusterClock({ speed: 0, startMs: 0 });
    const seen: number[] = [];
    clock.setTimer(10, () => {
      const release = clock.activity.begin();
      setImmediate(() => setImmediate(() => setImmediate(() => {
        seen.push(clock.now());
        release();
      })));
    });
    clock.setTimer(20, () => seen.push(clock.now()));
    await clock.advance(30);
    expect(seen).toEqual([10, 20]);
  });

  test('step goes to the next timer', async () => {
    const clock = new ClusterClock({ speed: 0, startMs: 0 });
    clock.setTimer(5000, () => undefined);
    expect(await clock.step()).toBe(true);
    expect(clock.now()).toBe(5000);
    expect(await clock.step()).toBe(false);
  });

  test('converging waits for progress, not for what goes on for ever', async () => {
    const clock = new ClusterClock({ speed: 0, startMs: 0 });
    let beats = 0;
    const beat = () => {
      beats++;
      clock.setTimer(10_000, beat, 'background');
    };
    clock.setTimer(10_000, beat, 'background');
    clock.setTimer(300_000, () => undefined, 'retry');
    clock.setTimer(25_000, () => undefined);
    expect(await clock.converge(3_600_000)).toBe(true);
    expect(clock.now()).toBe(25_000);
    expect(beats).toBe(2);
  });

  test('converging gives up at its limit', async () => {
    const clock = new ClusterClock({ speed: 0, startMs: 0 });
    const again = () => clock.setTimer(1000, again);
    clock.setTimer(1000, again);
    expect(await clock.converge(10_000)).toBe(false);
    expect(clock.now()).toBeLessThanOrEqual(10_000);
  });

  test('a sleep ends early when its signal aborts', async () => {
    const clock = new ClusterClock({ speed: 0 });
    const stop = new AbortController();
    const sleeping = clock.sleep(1000, stop.signal);
    stop.abort(new Error('stop'));
    await expect(sleeping).rejects.toThrow('stop');
    expect(clock.pending('progress')).toBe(0);
  });
});
