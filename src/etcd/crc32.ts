/** CRC-32 (the polynomial of zlib and gzip), the checksum of the store's files. */
import * as zlib from 'node:zlib';

/** Goes on from `start` over `bytes`; the host's own where it has one (Node 20.15 and later). */
export const crc32: (bytes: Uint8Array, start?: number) => number =
  typeof zlib.crc32 === 'function' ? zlib.crc32 : tableCrc32;

let table: Uint32Array | undefined;

/** The same in JavaScript, for older hosts. */
export function tableCrc32(bytes: Uint8Array, start = 0): number {
  table ??= makeTable();
  let crc = ~start;
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ (table[(crc ^ (bytes[i] as number)) & 0xff] as number);
  return ~crc >>> 0;
}

function makeTable(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, index) => {
    let value = index;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value;
  });
}

/** A checksum as it stands in the files: eight lower-case hexadecimal digits. */
export function formatCrc(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}
