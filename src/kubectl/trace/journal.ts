/** The recorded facts that `trace` tells its story from, as /mock/journal gives them (src/apiserver/audit-log.ts writes them). */
import type { JsonObject } from '../../api/json.ts';
import type { ResourceFacts } from '../../api/resource.ts';
import { StatusError } from '../../api/status.ts';
import type { Client } from '../../client/client.ts';

interface Identity {
  readonly group?: string;
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly uid?: string;
}

/** A request that somebody made. */
export interface RequestRecord extends Identity {
  readonly type: 'request';
  readonly timeMs: number;
  readonly component: string;
  readonly user: string;
  readonly verb: string;
  readonly version: string;
  readonly subresource?: string;
  readonly ownerUid?: string;
  readonly resourceVersion?: string;
  readonly code: number;
  readonly message?: string;
  readonly reason?: string;
  readonly detail?: JsonObject;
  readonly dryRun?: boolean;
  readonly stations: readonly { readonly station: string; readonly outcome: string }[];
}

/** Something that a component did without a request: pulling an image, filtering nodes. */
export interface StepRecord {
  readonly type: 'step';
  readonly timeMs: number;
  readonly component: string;
  readonly object: Identity;
  readonly action: string;
  readonly reason: string;
  readonly detail?: JsonObject;
}

export type JournalRecord = RequestRecord | StepRecord;

export interface JournalPage {
  readonly records: readonly JournalRecord[];
  /** Where to go on. */
  readonly next: number;
}

export interface JournalQuestion {
  readonly resource: ResourceFacts;
  readonly namespace: string;
  readonly name: string;
  readonly uid?: string;
  /** What it owns as well. */
  readonly family: boolean;
  readonly after?: number;
  /** Answer only when there is something new. */
  readonly wait?: boolean;
}

/** Asks the server for records. Throws the server's error. */
export async function readJournal(client: Client, question: JournalQuestion): Promise<JournalPage> {
  const { resource, namespace, name, uid, family, after, wait } = question;
  const parameters = new URLSearchParams({ group: resource.group, resource: resource.plural, namespace, name });
  if (uid !== undefined) parameters.set('uid', uid);
  if (family) parameters.set('family', 'true');
  if (after !== undefined) parameters.set('after', String(after));
  if (wait) parameters.set('wait', 'true');
  const answer = await client.transport.raw('GET', `/mock/journal?${parameters.toString()}`);
  if (answer.code !== 200) throw StatusError.from(JSON.parse(answer.body) as object);
  return JSON.parse(answer.body) as JournalPage;
}
