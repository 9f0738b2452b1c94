/**
 * A SPDY/3.1 connection, of a server or of a client: the client opens streams, both write to them. Follows moby/spdystream
 * as far as exec, attach and port-forward rely on it; like that one it keeps no windows.
 */
import { ByteQueue } from '../byte-queue.ts';
import { controlFrame, dataFrames, FLAG_FIN, FrameReader, FrameType, uint32, type Frame } from './frames.ts';
import { HeaderCodec, type Headers } from './headers.ts';

/** What a connection runs over: a socket, or a WebSocket that carries its bytes. */
export interface ByteLink {
  write(bytes: Uint8Array): void;
  close(): void;
}

/** One stream of a connection. */
export class SpdyStream {
  /** What the other side sends; ends when it has closed its half. */
  readonly incoming = new ByteQueue();
  #closed = false;

  constructor(
    readonly id: number,
    readonly headers: Headers,
    private readonly link: ByteLink,
  ) {}

  write(bytes: Uint8Array): void {
    if (!this.#closed && bytes.length > 0) this.link.write(dataFrames(this.id, bytes, false));
  }

  /** Closes our half. */
  end(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.link.write(dataFrames(this.id, new Uint8Array(0), true));
  }
}

const RST_INVALID_STREAM = 2;

export interface SpdyOptions {
  /** A server takes the streams that are opened; without this it is a client. */
  readonly onStream?: (stream: SpdyStream) => void;
  /** Called once. */
  readonly onClose?: () => void;
}

export class SpdyConnection {
  readonly #streams = new Map<number, SpdyStream>();
  readonly #reader = new FrameReader();
  readonly #headers = new HeaderCodec();
  #work: Promise<void> = Promise.resolve();
  #opening: Promise<unknown> = Promise.resolve();
  /** The client's streams have odd numbers. */
  #nextId = 1;
  #nextPing = -1;
  #closed = false;

  constructor(
    private readonly link: ByteLink,
    private readonly options: SpdyOptions,
  ) {}

  /** Opens a stream, as a client. One after the other: the headers of all are compressed together. */
  open(headers: Headers): Promise<SpdyStream> {
    const opening = this.#opening.then(async () => {
      const id = this.#nextId;
      this.#nextId += 2;
      const stream = new SpdyStream(id, headers, this.link);
      if (this.#closed) {
        stream.incoming.end();
        return stream;
      }
      this.#streams.set(id, stream);
      this.link.write(controlFrame(FrameType.SynStream, 0, Buffer.concat([uint32(id, 0), Buffer.alloc(2), await this.#headers.compress(headers)])));
      return stream;
    });
    this.#opening = opening.catch(() => undefined);
    return opening;
  }

  /** Forgets a stream that is over. */
  forget({ id }: SpdyStream): void {
    this.#streams.delete(id);
  }

  /** Bytes from the other side, in order. */
  receive(bytes: Uint8Array): void {
    const copy = Uint8Array.from(bytes);
    this.#work = this.#work.then(async () => {
      if (this.#closed) return;
      for (const frame of this.#reader.read(copy)) await this.#handle(frame);
    }).catch(() => this.close());
  }

  /** The other side has ended: what has come of it is still taken. */
  end(): void {
    this.#work = this.#work.then(() => this.close());
  }

  /** Asks the other side for a sign, as a client; so that nobody in between takes the connection for a dead one. */
  ping(): void {
    if (!this.#closed) this.link.write(controlFrame(FrameType.Ping, 0, uint32((this.#nextPing += 2))));
  }

  /** Ends all streams and the link. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const stream of this.#streams.values()) stream.incoming.end();
    this.#headers.close();
    this.link.close();
    this.options.onClose?.();
  }

  async #handle(frame: Frame): Promise<void> {
    if (frame.kind === 'data') {
      const stream = this.#streams.get(frame.streamId);
      if (!stream) return this.link.write(controlFrame(FrameType.RstStream, 0, uint32(frame.streamId, RST_INVALID_STREAM)));
      if (frame.payload.length > 0) stream.incoming.push(frame.payload);
      if (frame.fin) stream.incoming.end();
      return;
    }
    switch (frame.type) {
      case FrameType.SynStream:
        return this.#open(frame.payload, (frame.flags & FLAG_FIN) !== 0);
      case FrameType.SynReply: case FrameType.Headers:
        // Also what we do not need keeps the compression in step.
        await this.#headers.decompress(frame.payload.subarray(4));
        return;
      case FrameType.RstStream: {
        const stream = this.#streams.get(frame.payload.readUInt32BE(0));
        stream?.incoming.end();
        return;
      }
      case FrameType.Ping:
        // Odd numbers are the client's; one's own come back as answers.
        if (frame.payload.readUInt32BE(0) % 2 === (this.options.onStream ? 1 : 0)) this.link.write(controlFrame(FrameType.Ping, 0, frame.payload));
        return;
      case FrameType.GoAway:
        return;
      default:
    }
  }

  async #open(payload: Buffer, fin: boolean): Promise<void> {
    const id = payload.readUInt32BE(0) & 0x7fffffff;
    const headers = await this.#headers.decompress(payload.subarray(10));
    const stream = new SpdyStream(id, headers, this.link);
    this.#streams.set(id, stream);
    if (fin) stream.incoming.end();
    this.link.write(controlFrame(FrameType.SynReply, 0, Buffer.concat([uint32(id), await this.#headers.compress({})])));
    this.options.onStream?.(stream);
  }
}
