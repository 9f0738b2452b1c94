/** What client-go makes of an answer that is no Status, or is not read as one (apimachinery pkg/api/errors: NewGenericServerResponse). */
import { goQuote } from '../api/quote.ts';

export interface BareAnswer {
  /** '' where the code says none. */
  readonly reason: string;
  readonly message: string;
}

/** @param text the body, where it is plain text */
export function bareAnswer(code: number, text: string): BareAnswer {
  const said = text === '' ? 'unknown' : text;
  const known = WORDS[code];
  if (known) return { reason: known[0], message: known[1] };
  if (code === 403) return { reason: 'Forbidden', message: said };
  if (code === 406) return { reason: 'NotAcceptable', message: text === '' ? 'the server was unable to respond with a content type that the client supports' : text };
  if (code === 415) return { reason: 'UnsupportedMediaType', message: said };
  if (code >= 500) return { reason: 'InternalError', message: `an error on the server (${goQuote(said)}) has prevented the request from succeeding` };
  return { reason: '', message: `the server responded with the status code ${code} but did not return more information` };
}

const WORDS: Readonly<Record<number, readonly [reason: string, message: string]>> = {
  400: ['BadRequest', 'the server rejected our request for an unknown reason'],
  401: ['Unauthorized', 'the server has asked for the client to provide credentials'],
  404: ['NotFound', 'the server could not find the requested resource'],
  405: ['MethodNotAllowed', 'the server does not allow this method on the requested resource'],
  429: ['TooManyRequests', 'the server has received too many requests and has asked us to try again later'],
  503: ['ServiceUnavailable', 'the server is currently unable to handle the request'],
  504: ['Timeout', 'the server was unable to return a response in the time allotted, but may still be processing the request'],
};
