/** A process of its own for the lock's tests: takes the lock, notes it in a file, and gives it up or waits to be killed. */
import { appendFileSync } from 'node:fs';
import { acquireLock } from '../../src/etcd/lock.ts';

const [path = '', notes = '', waitMs = '0', then = 'release'] = process.argv.slice(2);
try {
  const lock = await acquireLock(path, { waitMs: Number(waitMs), holder: 'a test' });
  appendFileSync(notes, `+${process.pid}\n`);
  if (then === 'hold') {
    process.stdout.write('held\n');
    setInterval(() => undefined, 1000);
  } else {
    // Long enough that a second owner would come in between.
    for (const until = performance.now() + 3; performance.now() < until; );
    appendFileSync(notes, `-${process.pid}\n`);
    lock.release();
  }
} catch (error) {
  process.stderr.write((error as Error).message);
  process.exitCode = 3;
}
