/** Manifests that -f names by an address of the web (cli-runtime pkg/resource/visitor.go: URLVisitor, readHttpWithRetries). */
import { get as getPlain, type IncomingMessage } from 'node:http';
import { get as getSecure } from 'node:https';
import { urlFault } from '../../api/go-url.ts';
import { goQuote } from '../../api/quote.ts';
import { ConnectionError } from '../../client/client.ts';
import { connectionMessage } from '../../client/transports/network.ts';
import { CommandError } from '../errors.ts';

const ATTEMPTS = 3;
const RETRY_MS = 1000;
/** net/http's. */
const MAX_REDIRECTS = 10;

/** What is wrong with an address itself; undefined where nothing is. */
export function addressFault(address: string): string | undefined {
  const fault = urlFault(address);
  return fault && `the URL passed to filename ${goQuote(address)} is not valid: parse ${goQuote(address)}: ${fault}`;
}

/** The text at an address. Asks again where nobody answers, or the server fails. */
export async function readWeb(address: string): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    try {
      const answer = await follow(address);
      const { statusCode = 0, statusMessage = '' } = answer;
      if (statusCode === 200) return await textOf(answer);
      answer.destroy();
      const error = new CommandError(`unable to read URL ${goQuote(address)}, server reported ${statusCode} ${statusMessage}, status code=${statusCode}`);
      if (statusCode < 500 || attempt === ATTEMPTS) throw error;
    } catch (error) {
      if (!(error instanceof ConnectionError) || attempt === ATTEMPTS) throw error;
    }
    await new Promise((next) => setTimeout(next, RETRY_MS));
  }
}

/** The answer at the end of all redirections. */
async function follow(address: string): Promise<IncomingMessage> {
  let at = address;
  for (let redirects = 0; redirects < MAX_REDIRECTS; redirects++) {
    const answer = await ask(at);
    const { location } = answer.headers;
    if (location === undefined || ![301, 302, 303, 307, 308].includes(answer.statusCode ?? 0)) return answer;
    answer.destroy();
    at = new URL(location, at).href;
  }
  throw new ConnectionError(`Unable to connect to the server: stopped after ${MAX_REDIRECTS} redirects`);
}

function ask(address: string): Promise<IncomingMessage> {
  if (!URL.canParse(address)) throw new ConnectionError('Unable to connect to the server: http: no Host in request URL');
  const url = new URL(address);
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? getSecure : getPlain)(url, { headers: { 'User-Agent': 'Go-http-client/1.1' }, agent: false }, resolve);
    request.on('error', (error) => reject(new ConnectionError(connectionMessage(error, url.host, url.hostname))));
  });
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of answer) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}
