/** Answers to paths outside the resource API. */
import { createHash } from 'node:crypto';
import type { UserInfo } from '../api/request.ts';

export interface Answer {
  readonly code: number;
  readonly contentType: string;
  readonly body: string;
  /** The body's characters are bytes. */
  readonly binary?: boolean;
  /** Beside those that every answer has, and instead of them. With an ETag, a client that has the answer already is told so (304). */
  readonly headers?: Readonly<Record<string, string>>;
  /** For how long the answer will not change. */
  readonly immutableMs?: number;
}

/** Who asks for such a path, and in which form. */
export interface RawCaller {
  /** Without one it is the home's owner. */
  readonly user?: UserInfo | undefined;
  /** The header. */
  readonly accept?: string | undefined;
}

/** SHA-512 as upstream's entity tags have it. */
export const digest = (text: string): string => createHash('sha512').update(text).digest('hex').toUpperCase();

/** The answer with a tag by which clients know it again. */
export function tagged(answer: Answer): Answer {
  return { ...answer, headers: { ...answer.headers, ETag: `"${digest(answer.body)}"` } };
}
