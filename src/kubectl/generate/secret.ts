/** `create secret …` (kubectl pkg/cmd/create/create_secret*.go). */
import { goQuote } from '../../api/quote.ts';
import { CommandError } from '../errors.ts';
import { jsonString } from '../../api/go-json.ts';
import { addEnvFiles, addFiles, addLiterals, configKeyErrors, type AddPair, type DataSources } from './data-sources.ts';
import { nameHash } from './name-hash.ts';
import { newMeta, type Generated, type StringMap } from './object.ts';

export const DOCKER_CONFIG_KEY = '.dockerconfigjson';

export interface SecretRequest {
  readonly name: string;
  readonly namespace: string;
  readonly type: string;
  readonly appendHash: boolean;
}

/** A Secret of pairs. */
export function newSecret({ name, namespace, type, appendHash }: SecretRequest, pairs: ReadonlyMap<string, Buffer>): Generated {
  const data: StringMap = {};
  for (const [key, value] of pairs) data[key] = value.toString('base64');
  const hash = appendHash ? `-${nameHash({ kind: 'Secret', type, name, data })}` : '';
  return {
    kind: 'Secret',
    apiVersion: 'v1',
    metadata: newMeta(name + hash, namespace),
    ...(Object.keys(data).length > 0 ? { data } : {}),
    ...(type === '' ? {} : { type }),
  };
}

/** The pairs that the flags name: literals first, then files, then env files. */
export function secretPairs({ literals, files, envFiles, env }: DataSources): ReadonlyMap<string, Buffer> {
  const pairs = new Map<string, Buffer>();
  const add: AddPair = (key, value) => {
    const errors = configKeyErrors(key);
    if (errors.length > 0) throw new CommandError(`${goQuote(key)} is not valid key name for a Secret ${errors.join(';')}`);
    if (pairs.has(key)) throw new CommandError(`cannot add key ${key}, another key by that name already exists`);
    pairs.set(key, value);
  };
  addLiterals(literals, add);
  addFiles(files, add);
  addEnvFiles(envFiles, 'secret', env, add);
  return pairs;
}

/** ~/.docker/config.json for one registry. */
export function dockerConfig(login: { readonly server: string; readonly username: string; readonly password: string; readonly email: string }): Buffer {
  const { server, username, password, email } = login;
  const auth = Buffer.from(`${username}:${password}`).toString('base64');
  const fields = ([['username', username], ['password', password], ['email', email], ['auth', auth]] as const).filter(([, value]) => value !== '');
  return Buffer.from(`{"auths":{${jsonString(server)}:{${fields.map(([key, value]) => `"${key}":${jsonString(value)}`).join(',')}}}}`);
}
