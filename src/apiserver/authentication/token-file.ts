/** Static tokens of --token-auth-file: lines of token,user,uid and optionally "group1,group2". Follows apiserver pkg/authentication/token/tokenfile. */
import type { UserInfo } from '../../api/request.ts';
import { forServer, type TokenAnswer, type TokenWay } from './token.ts';

export class TokenFile implements TokenWay {
  readonly #users = new Map<string, UserInfo>();

  /** @param name what errors call the file. Throws an Error for lines that are none. */
  constructor(text: string, name: string) {
    for (const columns of parseCsv(text)) {
      if (columns.length < 3) throw new Error(`token file '${name}' must have at least 3 columns (token, user name, user uid), found ${columns.length}`);
      const [token = '', username = '', uid = '', groups = ''] = columns.map((column) => column.trim());
      if (token === '' || this.#users.has(token)) continue;
      this.#users.set(token, { username, ...(uid ? { uid } : {}), groups: groups.split(',').map((group) => group.trim()).filter((group) => group !== '') });
    }
  }

  authenticate(token: string, audiences: readonly string[]): Promise<TokenAnswer | undefined> {
    const user = this.#users.get(token);
    return Promise.resolve(user && forServer(user, audiences));
  }
}

/** RFC 4180 as Go's encoding/csv reads it, without line breaks in quotes; # begins a comment line in no file of ours. */
function parseCsv(text: string): string[][] {
  return text.split(/\r?\n/).filter((line) => line.trim() !== '').map((line) => {
    const columns: string[] = [];
    for (const match of line.matchAll(/(?:^|,)(?:\s*"((?:[^"]|"")*)"\s*|([^,]*))/g)) columns.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    return columns;
  });
}
