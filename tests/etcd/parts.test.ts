import fc from '../support/property.ts';
import { crc32, tableCrc32 } from '../../src/etcd/crc32.ts';
import { SortedKeys } from '../../src/etcd/sorted-keys.ts';

describe('crc32', () => {
  it('is the known one', () => {
    expect(tableCrc32(Buffer.from('123456789'))).toBe(0xcbf43926);
    expect(crc32(Buffer.from('123456789'))).toBe(0xcbf43926);
  });

  it('goes on where it stopped, the same in both', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
        const whole = Buffer.concat([a, b]);
        expect(tableCrc32(b, tableCrc32(a))).toBe(crc32(whole));
        expect(crc32(b, crc32(a))).toBe(tableCrc32(whole));
      }),
    );
  });
});

describe('sorted keys', () => {
  it('are what a sorted set is, beyond one chunk', () => {
    const step = fc.record({ add: fc.boolean(), number: fc.nat(3000) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 3000, size: 'max' }), fc.nat(3000), fc.boolean(), (steps, start, load) => {
        const keys = new SortedKeys<{ key: string }>();
        const model = new Set<string>();
        if (load) {
          for (let i = 0; i < 1200; i += 2) model.add(String(i));
          keys.load([...model].sort().map((key) => ({ key })));
        }
        for (const { add, number } of steps) {
          const key = String(number);
          if (add && !model.has(key)) keys.add({ key });
          if (!add) keys.delete(key);
          if (add) model.add(key);
          else model.delete(key);
        }
        const seen: string[] = [];
        keys.scan(String(start), ({ key }) => seen.push(key) > 0);
        expect(seen).toEqual([...model].sort().filter((key) => key >= String(start)));
      }),
      { numRuns: 30 },
    );
  });
});
