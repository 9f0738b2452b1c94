/** Who wants to hear of requests as they go over the wire, and of their answers (client-go transport/round_trippers.go). */
import type { Headers, Http1Handlers } from './http1.ts';

export interface WireLog {
  /** Called as a request goes out; what it returns hears of the answer. */
  request(request: WireRequest): WireAnswer;
}

export interface WireRequest {
  readonly method: string;
  /** "https://127.0.0.1:6443", where the server has such an address. */
  readonly origin?: string | undefined;
  /** With the query. */
  readonly path: string;
  readonly headers: Headers;
  readonly body?: string;
  /** A connection is asked for: there are no bodies. */
  readonly upgrade?: boolean;
}

export interface WireAnswer {
  /** @param headers by lower-case name */
  head(status: number, headers: ReadonlyMap<string, readonly string[]>): void;
  /** The whole of a body that is not taken as it comes. */
  body(text: string): void;
  /** None came. */
  failed(): void;
}

/** The handlers, with `answer` beside them. @param whole whether the body is read to its end before anything is made of it */
export function listening(handlers: Http1Handlers, answer: WireAnswer, whole: boolean): Http1Handlers {
  const chunks: Buffer[] = [];
  let answered = false;
  return {
    connected: () => handlers.connected?.(),
    head(head) {
      answered = true;
      answer.head(head.status, head.headers);
      handlers.head(head);
    },
    data(chunk) {
      if (whole) chunks.push(chunk);
      handlers.data(chunk);
    },
    end() {
      if (whole) answer.body(Buffer.concat(chunks).toString('utf8'));
      handlers.end();
    },
    error(error) {
      if (!answered) answer.failed();
      handlers.error(error);
    },
  };
}
