/**
 * The tokens controller: a Secret of type kubernetes.io/service-account-token gets the token of the account that its
 * annotation names, and goes with that account. Follows kubernetes pkg/controller/serviceaccount/tokens_controller.go.
 */
import type { Secret, ServiceAccount } from '../../api/generated/types.ts';
import { draft } from '../../api/json.ts';
import { SECRETS, SERVICEACCOUNTS } from '../../api/kinds.ts';
import { keyOf, objectKey, type ObjectKey, type Stored } from '../../api/object.ts';
import { isConflict, isNotFound } from '../../api/status.ts';
import type { ComponentFactory } from '../../client/component.ts';
import { runWorkers, WorkQueue } from '../../client/work-queue.ts';

const NAME = 'serviceaccount-token-controller';
const WORKERS = 5;
const TYPE = 'kubernetes.io/service-account-token';
const ACCOUNT_NAME = 'kubernetes.io/service-account.name';
const ACCOUNT_UID = 'kubernetes.io/service-account.uid';
const BY_ACCOUNT = 'token secrets by service account';

export interface TokensControllerOptions {
  /** The authority's certificate, PEM; without one, Secrets say nothing of it. */
  readonly rootCA?: string;
  /** A token that never ends, for an account and the Secret that it will lie in. */
  sign(account: Stored<ServiceAccount>, secretName: string): Promise<string>;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** The key of the account that a token Secret is for; undefined for other Secrets. */
function accountKeyOf({ type, metadata }: Stored<Secret>): ObjectKey | undefined {
  const name = metadata.annotations?.[ACCOUNT_NAME];
  return type === TYPE && name ? objectKey(metadata.namespace, name) : undefined;
}

export const tokensController = ({ rootCA, sign }: TokensControllerOptions): ComponentFactory => ({ client, clock, informers, log }) => {
  const secrets = informers.of(SECRETS);
  const accounts = informers.of(SERVICEACCOUNTS);
  const queue = new WorkQueue<ObjectKey>(clock);
  secrets.addIndex(BY_ACCOUNT, accountKeyOf);
  const secretChanged = (secret: Stored<Secret>): void => {
    if (secret.type === TYPE) queue.add(keyOf(secret));
  };
  const accountChanged = (account: Stored<ServiceAccount>): void => {
    for (const secret of secrets.byIndex(BY_ACCOUNT, keyOf(account))) queue.add(keyOf(secret));
  };
  secrets.onChange({ added: secretChanged, updated: (_old, secret) => secretChanged(secret) });
  accounts.onChange({ added: accountChanged, deleted: accountChanged });

  async function reconcile(key: ObjectKey): Promise<void> {
    const secret = secrets.get(key);
    const accountKey = secret && accountKeyOf(secret);
    if (!secret || accountKey === undefined) return;
    const account = accounts.get(accountKey);
    const uid = secret.metadata.annotations?.[ACCOUNT_UID];
    try {
      if (account && (!uid || uid === account.metadata.uid)) await fill(secret, account);
      else await remove(secret);
    } catch (error) {
      // Somebody was quicker; the change will be seen.
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
  }

  /** Writes what is missing or wrong. */
  async function fill(secret: Stored<Secret>, account: Stored<ServiceAccount>): Promise<void> {
    const { name, namespace = '', annotations } = secret.metadata;
    const wanted: Readonly<Record<string, string>> = { ...(rootCA === undefined ? {} : { 'ca.crt': base64(rootCA) }), namespace: base64(namespace) };
    const data = secret.data ?? {};
    const complete = data['token'] && Object.entries(wanted).every(([field, value]) => data[field] === value) && annotations?.[ACCOUNT_UID] === account.metadata.uid;
    if (complete) return;
    const changed = draft(secret);
    changed.data = { ...data, ...wanted, token: data['token'] || base64(await sign(account, name)) };
    changed.metadata.annotations = { ...annotations, [ACCOUNT_NAME]: account.metadata.name, [ACCOUNT_UID]: account.metadata.uid };
    await client.of(SECRETS).update(changed, { reason: `the token of service account ${account.metadata.name}` });
  }

  async function remove({ metadata }: Stored<Secret>): Promise<void> {
    await client.of(SECRETS).delete(metadata.namespace, metadata.name, { preconditions: { uid: metadata.uid }, reason: 'its service account is gone' });
  }

  return { name: NAME, run: (signal) => runWorkers({ queue, workers: WORKERS, reconcile, log, signal }) };
};
