/** Bodies of requests: read within limits, parsed, and complained about in the API server's words. */
import type { IncomingMessage } from 'node:http';
import type { ApiRequest, PatchType } from '../../api/request.ts';
import { resourceAt } from '../../api/resource.ts';
import { depthOf, jsonSyntaxError } from '../../api/json-scan.ts';
import { badRequest, requestEntityTooLarge } from '../../api/status.ts';
import { parseYamlBody } from './yaml-body.ts';

/** The longest body, bytes. */
const MAX_BODY_BYTES = 3 * 1024 * 1024;
/** How much of a body an error quotes. */
const SUMMARY_LENGTH = 30;

/** The whole body as text. */
export async function readBody(request: IncomingMessage): Promise<string> {
  return (await readBytes(request)).toString('utf8');
}

/** The whole body. */
export async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  if (length > MAX_BODY_BYTES) throw requestEntityTooLarge(`limit is ${MAX_BODY_BYTES}`);
  return Buffer.concat(chunks);
}

/** What errors tell of a request. */
type Target = Pick<ApiRequest, 'verb' | 'group' | 'version' | 'resource' | 'subresource'>;

export interface ParsedBody {
  readonly value: unknown;
  /** The text, where it is JSON: errors about duplicate fields quote it. */
  readonly rawBody?: string;
  /** What is to say of YAML whose keys stand twice. */
  readonly repeatedKeys?: string;
}

/** The body's value, and what is to know of its text beside. */
export async function parseBody(text: string, contentType: string, target: Target | undefined, patchType?: PatchType): Promise<ParsedBody> {
  if (contentType === 'application/yaml') {
    try {
      const { value, duplicates } = await parseYamlBody(text);
      return { value, ...(duplicates ? { repeatedKeys: duplicates } : {}) };
    } catch (error) {
      throw badRequest(`${patchType === 'apply' ? 'error decoding patch: error converting YAML to JSON: yaml' : 'error decoding YAML'}: ${(error as Error).message}`);
    }
  }
  try {
    if (!isTooDeep(text)) return { value: JSON.parse(text) as unknown, rawBody: text };
  } catch {
    // Said below.
  }
  throw badRequest(syntaxMessage(text, target, patchType));
}

/** Go's encoding/json reads 10,000 levels; what reads objects here would run out of stack, and no object has so many. */
const MAX_DEPTH = 2000;

/** Short texts cannot be so deep. */
const isTooDeep = (text: string): boolean => text.length > MAX_DEPTH && depthOf(text, MAX_DEPTH) > MAX_DEPTH;

function syntaxMessage(text: string, target: Target | undefined, patchType: PatchType | undefined): string {
  const error = isTooDeep(text) ? 'exceeded max depth' : (jsonSyntaxError(text) ?? 'invalid JSON');
  if (!target) return error;
  if (target.verb === 'patch') return patchType === 'strategic' ? error : `error decoding patch: ${error}`;
  const parsing = `couldn't get version/kind; json parse error: ${error}`;
  if (target.verb === 'delete' || target.verb === 'deletecollection') return parsing;
  const facts = resourceAt(target.group, target.version, target.resource);
  const kind = (target.subresource === undefined ? undefined : facts?.subresources[target.subresource]?.kind) || facts?.kind || 'Object';
  return `the object provided is unrecognized (must be of type ${kind}): ${parsing} (${summarize(text)})`;
}

/** The beginning of a body: as it is when it looks like an object, otherwise in hexadecimal. */
function summarize(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length === 0) return '<empty>';
  const more = bytes.length > SUMMARY_LENGTH ? ' ...' : '';
  return bytes.subarray(0, SUMMARY_LENGTH).toString(text.startsWith('{') ? 'utf8' : 'hex') + more;
}
