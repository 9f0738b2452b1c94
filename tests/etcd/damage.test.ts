/** Damaged and missing files: recovery without loss, or an error that names the file and the place. Never wrong data. */
import fc from '../support/property.ts';
import { CorruptError, type Store } from '../../src/etcd/store.ts';
import { verify } from '../../src/etcd/verify.ts';
import { MemoryDisk } from '../../src/simulation/memory-disk.ts';
import { contents, LogLines, openOn, put, remove } from './support.ts';

const LOG = '/etcd/wal/00000002-0000000000000008.wal';
const SNAPSHOT = '/etcd/snap/00000002-0000000000000008.snap';

async function filled(): Promise<{ disk: MemoryDisk; store: Store }> {
  const disk = new MemoryDisk();
  const store = await openOn(disk);
  const lease = await store.grantLease(3_600_000);
  for (let i = 2; i <= 8; i++) await store.txn([], [put(`/registry/pods/default/p${i % 3}`, JSON.stringify({ i, text: 'é' }))]);
  await store.snapshot();
  for (let i = 9; i <= 13; i++) await store.txn([], [put(`/registry/pods/default/p${i % 3}`, JSON.stringify({ i })), remove(`/registry/pods/default/p${(i + 1) % 3}`)]);
  await store.txn([], [put('/registry/events/default/e', '{"last":1}', lease)]);
  await store.close();
  return { disk, store };
}

/** The outcome of opening: what is there, or where the damage is. */
async function outcome(disk: MemoryDisk): Promise<string[] | CorruptError> {
  try {
    return await contents(await openOn(disk));
  } catch (error) {
    if (error instanceof CorruptError) return error;
    throw error;
  }
}

it.each([LOG, SNAPSHOT])('one changed byte anywhere in %s is found', async (file) => {
  const { disk } = await filled();
  const bytes = disk.readFile(file);
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, bits) => {
      const damaged = disk.copy();
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] as number) ^ bits;
      damaged.overwrite(file, changed);
      const result = await outcome(damaged);
      if (!(result instanceof CorruptError)) throw new Error(`byte ${at}: opened with ${result.join(' ')}`);
      expect(result.file).toBe(file);
      expect(result.offset).toBeLessThanOrEqual(at);
      expect(damaged.readFile(file)).toEqual(changed);
      expect(verify('/etcd', damaged).problems[0]).toMatchObject({ file, offset: result.offset });
    }),
    { numRuns: 300 },
  );
});

it('bytes that were appended to the log are cut off or reported', async () => {
  const { disk } = await filled();
  const whole = await outcome(disk.copy());
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 40 }), async (garbage) => {
      const damaged = disk.copy();
      damaged.overwrite(LOG, Buffer.concat([disk.readFile(LOG), garbage]));
      const result = await outcome(damaged);
      if (result instanceof CorruptError) expect(result.offset).toBe(disk.readFile(LOG).length);
      else expect(result).toEqual(whole);
    }),
    { numRuns: 200 },
  );
});

it('a record that is taken out, doubled or moved is found, though each line by itself is right', async () => {
  const { disk } = await filled();
  const lines = disk.readFile(LOG).toString('latin1').split('\n');
  const tries = {
    out: [...lines.slice(0, 2), ...lines.slice(3)],
    doubled: [...lines.slice(0, 3), ...lines.slice(2)],
    moved: [lines[0], lines[2], lines[1], ...lines.slice(3)],
  };
  for (const [name, changed] of Object.entries(tries)) {
    const damaged = disk.copy();
    damaged.overwrite(LOG, Buffer.from(changed.join('\n'), 'latin1'));
    const result = await outcome(damaged);
    expect([name, (result as CorruptError).message]).toEqual([name, expect.stringContaining(`${LOG}: offset `)]);
    expect((result as CorruptError).offset).toBeGreaterThan(0);
  }
});

it('a record that is taken out is found even if no revision is missing with it', async () => {
  const disk = new MemoryDisk();
  const log = '/etcd/wal/00000001-0000000000000001.wal';
  const store = await openOn(disk);
  await store.grantLease(1000);
  const lease = await store.grantLease(2000);
  await store.txn([], [put('/registry/a', '{}', lease)]);
  await store.close();
  const lines = disk.readFile(log).toString().split('\n');
  disk.overwrite(log, Buffer.from([lines[0], ...lines.slice(2)].join('\n')));
  expect(((await outcome(disk)) as CorruptError).message).toBe(`${log}: offset ${`${lines[0]}\n`.length}: the record does not match its checksum`);
});

it('a log file whose last record is taken out is found by the one that follows', async () => {
  const disk = new MemoryDisk();
  const log = '/etcd/wal/00000001-0000000000000001.wal';
  const store = await openOn(disk);
  await store.txn([], [put('/registry/a', '{}')]);
  await store.grantLease(1000);
  await store.snapshot();
  await store.close();
  const lines = disk.readFile(log).toString().split('\n');
  disk.overwrite(log, Buffer.from(`${lines.slice(0, -2).join('\n')}\n`));
  disk.remove('/etcd/snap/00000002-0000000000000002.snap');
  expect(((await outcome(disk)) as CorruptError).message).toContain('00000002-0000000000000002.wal: offset 0: follows a file with checksum');
});

it('zeros at the end, as a power cut leaves them, are cut off', async () => {
  const { disk } = await filled();
  const whole = await outcome(disk.copy());
  const lines = new LogLines();
  disk.overwrite(LOG, Buffer.concat([disk.readFile(LOG), Buffer.from('0a1b2c3d 00000'), Buffer.alloc(5000)]));
  const store = await openOn(disk, { log: lines });
  expect(await contents(store)).toEqual(whole);
  expect(lines.lines).toEqual(['info cut off the end of a write that was not finished']);
});

describe('missing files', () => {
  it.each([
    ['the log after a snapshot', LOG, `${LOG}: offset 0: the file is missing`],
    ['the log between', '/etcd/wal/00000002-0000000000000008.wal', 'offset 0: log file 2, which comes before it, is missing', true],
  ])('%s', async (_what, file, message, further = false) => {
    const { disk } = await filled();
    if (further) {
      const store = await openOn(disk);
      await store.snapshot();
      await store.close();
      disk.remove('/etcd/snap/00000003-0000000000000014.snap');
    }
    disk.remove(file);
    expect((await outcome(disk)) as Error).toMatchObject({ message: expect.stringContaining(message) });
  });

  it('a snapshot, where the log before it is there, costs nothing', async () => {
    const { disk } = await filled();
    const whole = await outcome(disk.copy());
    disk.remove(SNAPSHOT);
    expect(await outcome(disk)).toEqual(whole);
  });

  it('a snapshot, where the log before it has been compacted away', async () => {
    const { disk } = await filled();
    disk.remove(SNAPSHOT);
    disk.remove('/etcd/wal/00000001-0000000000000001.wal');
    expect(((await outcome(disk)) as CorruptError).message).toBe(`${SNAPSHOT}: offset 0: the file is missing`);
  });

  it('old history: what is current opens, what is older says what is missing', async () => {
    const { disk } = await filled();
    disk.remove('/etcd/wal/00000001-0000000000000001.wal');
    const store = await openOn(disk);
    expect((await store.get('/registry/pods/default/p0', store.revision))?.value).toBeDefined();
    await expect(store.range('', { revision: 3 as typeof store.revision })).rejects.toThrow('is missing');
  });
});

it('a log that another version wrote is refused', async () => {
  const { disk } = await filled();
  const { RecordBuffer } = await import('../../src/etcd/log-record.ts');
  const lines = new RecordBuffer(0);
  lines.addJson('{"format":"mock-kubectl etcd log","version":2,"after":8}');
  disk.overwrite(LOG, lines.bytes);
  expect(((await outcome(disk)) as CorruptError).message).toContain('not a log of this version: {"format":"mock-kubectl etcd log","version":2');
});
