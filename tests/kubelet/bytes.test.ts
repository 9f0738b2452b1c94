/** Files of containers are strings: every byte comes out as it went in, and text is text. */
import fc from '../support/property.ts';
import { tarBlocks, tarEnd, tarEntries, TarError, type TarEntry } from '../../src/api/tar.ts';
import { bytesOfText, textOfBytes } from '../../src/kubelet/cri/process/bytes.ts';

test('any bytes survive as text', () => {
  const mixed = fc.array(fc.oneof(fc.uint8Array({ maxLength: 9 }), fc.string({ unit: 'grapheme', maxLength: 5 }).map((text) => new Uint8Array(Buffer.from(text))))).map((parts) => new Uint8Array(Buffer.concat(parts)));
  fc.assert(fc.property(mixed, (bytes) => expect([...bytesOfText(textOfBytes(bytes))]).toEqual([...bytes])), { numRuns: 500 });
});

test('UTF-8 is read as what it says, with its byte order mark', () => {
  expect(textOfBytes(Buffer.from('\ufeffgrüße 🎉'))).toBe('\ufeffgrüße 🎉');
  // An encoded surrogate is no UTF-8.
  expect([...bytesOfText(textOfBytes(Uint8Array.of(0xed, 0xb2, 0x80, 0x41)))]).toEqual([0xed, 0xb2, 0x80, 0x41]);
});

test('archives are read as they were written', () => {
  const name = fc.array(fc.stringMatching(/^[a-zäöü0-9._-]{1,40}$/).filter((part) => part !== '.' && part !== '..'), { minLength: 1, maxLength: 6 }).map((parts) => parts.join('/'));
  const entry = fc.record({ name, type: fc.constant('file' as const), mode: fc.integer({ min: 0, max: 0o777 }), mtime: fc.integer({ min: 0, max: 2 ** 32 }), content: fc.uint8Array({ maxLength: 1500 }) });
  fc.assert(fc.property(fc.array(entry, { maxLength: 5 }), (entries: TarEntry[]) => {
    const archive = Buffer.concat([...entries.map(tarBlocks), tarEnd()]);
    expect([...tarEntries(archive)].map(({ content, ...rest }) => ({ ...rest, content: [...content] }))).toEqual(entries.map(({ content, ...rest }) => ({ ...rest, content: [...content] })));
  }), { numRuns: 200 });
});

test('what is no archive, or only its beginning, is refused', () => {
  expect(() => [...tarEntries(Buffer.alloc(600, 'x'))]).toThrow(TarError);
  const whole = tarBlocks({ name: 'a', type: 'file', mode: 0o644, mtime: 0, content: Buffer.alloc(2000, 'x') });
  expect(() => [...tarEntries(whole.subarray(0, 1500))]).toThrow('unexpected EOF');
});
