/** Tokens with which nodes join: Secrets in kube-system. Follows kubernetes plugin/pkg/auth/authenticator/token/bootstrap. */
import { SECRETS } from '../../api/kinds.ts';
import { parseTime } from '../../api/time.ts';
import type { Lookup } from '../storage/storages.ts';
import { forServer, type TokenAnswer, type TokenWay } from './token.ts';

const TOKEN = /^([a-z0-9]{6})\.([a-z0-9]{16})$/;
const TYPE = 'bootstrap.kubernetes.io/token';
const NAMESPACE = 'kube-system';
const GROUP = 'system:bootstrappers';
const EXTRA_GROUP = /^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/;

export class BootstrapTokens implements TokenWay {
  constructor(
    private readonly cluster: Lookup,
    private readonly now: () => number,
  ) {}

  async authenticate(token: string, audiences: readonly string[]): Promise<TokenAnswer | undefined> {
    const [, id = '', text = ''] = TOKEN.exec(token) ?? [];
    if (id === '') return undefined;
    const secret = await this.cluster.get(SECRETS, NAMESPACE, `bootstrap-token-${id}`);
    if (!secret || secret.metadata.deletionTimestamp !== undefined || secret.type !== TYPE) return undefined;
    const value = (key: string): string => Buffer.from(secret.data?.[key] ?? '', 'base64').toString();
    if (value('token-id') !== id || value('token-secret') !== text || value('usage-bootstrap-authentication') !== 'true') return undefined;
    const expiration = value('expiration');
    if (expiration !== '' && !(parseTime(expiration) > this.now())) return undefined;
    const extraGroups = value('auth-extra-groups').split(',').map((group) => group.trim()).filter((group) => group !== '');
    if (!extraGroups.every((group) => EXTRA_GROUP.test(group))) return undefined;
    return forServer({ username: `system:bootstrap:${id}`, groups: [GROUP, ...extraGroups] }, audiences);
  }
}
