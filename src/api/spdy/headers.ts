/** Compressed header blocks: one zlib stream a direction for the whole connection (SPDY protocol draft 3, 2.6.10). */
import { constants, createDeflate, createInflate } from 'node:zlib';
import { HEADER_DICTIONARY } from './dictionary.ts';

export type Headers = Readonly<Record<string, string>>;

/** Names are lower case on the wire; values of one name are joined by zeros, of which only the first is kept here. */
function encode(headers: Headers): Buffer {
  const entries = Object.entries(headers);
  const parts: Buffer[] = [length(entries.length)];
  for (const [name, value] of entries) parts.push(length(Buffer.byteLength(name)), Buffer.from(name.toLowerCase()), length(Buffer.byteLength(value)), Buffer.from(value));
  return Buffer.concat(parts);
}

function length(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function decode(block: Buffer): Headers {
  const headers: Record<string, string> = {};
  let at = 4;
  const text = (): string => {
    const size = block.readUInt32BE(at);
    const start = at + 4;
    at = start + size;
    if (at > block.length) throw new Error('spdy: header block is cut off');
    return block.toString('utf8', start, at);
  };
  for (let count = block.length < 4 ? 0 : block.readUInt32BE(0); count > 0; count--) {
    const name = text();
    headers[name] = text().split('\0')[0] as string;
  }
  return headers;
}

export class HeaderCodec {
  readonly #deflate = createDeflate({ dictionary: HEADER_DICTIONARY, flush: constants.Z_SYNC_FLUSH });
  readonly #inflate = createInflate({ dictionary: HEADER_DICTIONARY, flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH });

  compress(headers: Headers): Promise<Buffer> {
    return through(this.#deflate, encode(headers));
  }

  async decompress(block: Buffer): Promise<Headers> {
    return decode(await through(this.#inflate, block));
  }

  close(): void {
    this.#deflate.destroy();
    this.#inflate.destroy();
  }
}

/** All that comes out for one write. */
function through(stream: ReturnType<typeof createDeflate> | ReturnType<typeof createInflate>, bytes: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const data = (part: Buffer) => void parts.push(part);
    const settle = (error?: Error | null) => {
      stream.off('data', data).off('error', settle);
      if (error) reject(error);
      else resolve(Buffer.concat(parts));
    };
    stream.on('data', data).once('error', settle);
    stream.write(bytes, (error) => settle(error));
  });
}
