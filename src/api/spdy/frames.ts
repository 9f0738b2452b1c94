/** SPDY/3.1's frames as bytes (SPDY protocol draft 3.1, 2.2), as far as exec, attach and port-forward use them. */

const VERSION = 3;
const HEADER_BYTES = 8;
/** The longest frame that its 24 bits of length can tell of. */
const MAX_LENGTH = 0xffffff;

export const FrameType = { SynStream: 1, SynReply: 2, RstStream: 3, Settings: 4, Ping: 6, GoAway: 7, Headers: 8, WindowUpdate: 9 } as const;

export const FLAG_FIN = 1;

export type Frame =
  | { readonly kind: 'control'; readonly type: number; readonly flags: number; readonly payload: Buffer }
  | { readonly kind: 'data'; readonly streamId: number; readonly fin: boolean; readonly payload: Buffer };

export function controlFrame(type: number, flags: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(HEADER_BYTES);
  head.writeUInt16BE(0x8000 | VERSION, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt32BE(((flags << 24) | payload.length) >>> 0, 4);
  return Buffer.concat([head, payload]);
}

/** One frame, or as many as the bytes need. */
export function dataFrames(streamId: number, bytes: Uint8Array, fin: boolean): Buffer {
  const frames: Buffer[] = [];
  for (let at = 0; at < bytes.length || at === 0; at += MAX_LENGTH) {
    const part = bytes.subarray(at, at + MAX_LENGTH);
    const head = Buffer.alloc(HEADER_BYTES);
    head.writeUInt32BE(streamId, 0);
    head.writeUInt32BE((((fin && at + MAX_LENGTH >= bytes.length ? FLAG_FIN : 0) << 24) | part.length) >>> 0, 4);
    frames.push(head, Buffer.from(part));
  }
  return Buffer.concat(frames);
}

export const uint32 = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeUInt32BE(value >>> 0, index * 4));
  return bytes;
};

/** Takes bytes as they come and gives whole frames. Throws an Error for what is no SPDY/3. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  *read(bytes: Uint8Array): Generator<Frame> {
    this.#rest = this.#rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#rest, bytes]);
    while (this.#rest.length >= HEADER_BYTES) {
      const word = this.#rest.readUInt32BE(4);
      const length = word & MAX_LENGTH;
      if (this.#rest.length < HEADER_BYTES + length) return;
      const first = this.#rest.readUInt32BE(0);
      const payload = this.#rest.subarray(HEADER_BYTES, HEADER_BYTES + length);
      this.#rest = this.#rest.subarray(HEADER_BYTES + length);
      const flags = word >>> 24;
      if (first >>> 31 === 0) yield { kind: 'data', streamId: first, fin: (flags & FLAG_FIN) !== 0, payload };
      else if (((first >>> 16) & 0x7fff) !== VERSION) throw new Error(`spdy: version ${(first >>> 16) & 0x7fff}`);
      else yield { kind: 'control', type: first & 0xffff, flags, payload };
    }
  }
}
