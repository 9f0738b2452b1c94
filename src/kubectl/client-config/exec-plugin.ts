/** Programs that know credentials (users[].user.exec). Follows client-go plugin/pkg/client/auth/exec. */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { isObject, type JsonObject, type JsonValue } from '../../api/json.ts';
import { CommandError } from '../errors.ts';

export interface Credential {
  readonly token?: string;
  readonly clientCertificate?: { readonly cert: string; readonly key: string };
}

const API_VERSIONS: readonly JsonValue[] = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];
const OTHER_VERSION = 'exec plugin is configured to use API version';

/** Runs the program of an `exec` entry. Throws CommandError in client-go's words. */
export function runCredentialPlugin(exec: JsonObject, folder: string, server: URL, env: Readonly<Record<string, string | undefined>>): Credential {
  const { apiVersion = '', command } = exec;
  if (typeof command !== 'string' || command === '') throw new CommandError('exec plugin: command must be specified');
  if (!API_VERSIONS.includes(apiVersion)) throw new CommandError(`exec plugin: invalid apiVersion ${JSON.stringify(apiVersion)}`);
  const path = command.includes('/') ? resolve(folder, command) : command;
  const info = { kind: 'ExecCredential', apiVersion, spec: { ...(exec['provideClusterInfo'] === true ? { cluster: { server: server.href } } : {}), interactive: false } };
  const list = (value: JsonValue | undefined): readonly JsonValue[] => (Array.isArray(value) ? (value as readonly JsonValue[]) : []);
  const more = list(exec['env']).filter(isObject).map(({ name, value }) => [String(name), String(value)] as const);
  const result = spawnSync(path, list(exec['args']).map(String), { env: { ...env, ...Object.fromEntries(more), KUBERNETES_EXEC_INFO: JSON.stringify(info) }, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (result.error) throw new CommandError(`getting credentials: exec: executable ${command} not found`);
  if (result.status !== 0) throw new CommandError(`getting credentials: exec: executable ${command} failed with exit code ${result.status}`);
  return readCredential(result.stdout, apiVersion);
}

function readCredential(output: string, apiVersion: JsonValue): Credential {
  let answer: JsonValue;
  try {
    answer = JSON.parse(output) as JsonValue;
  } catch {
    throw new CommandError('getting credentials: decoding stdout: couldn\'t get version/kind; json parse error');
  }
  if (!isObject(answer) || answer['kind'] !== 'ExecCredential') throw new CommandError('getting credentials: decoding stdout: no kind "ExecCredential" in it');
  if (answer['apiVersion'] !== apiVersion) throw new CommandError(`getting credentials: ${OTHER_VERSION} ${String(apiVersion)}, plugin returned version ${String(answer['apiVersion'])}`);
  const status = answer['status'];
  if (!isObject(status)) throw new CommandError('getting credentials: exec plugin didn\'t return a status field');
  const { token, clientCertificateData: cert, clientKeyData: key } = status;
  if (!token && !cert && !key) throw new CommandError('getting credentials: exec plugin didn\'t return a token or cert/key pair');
  if (!cert !== !key) throw new CommandError('getting credentials: exec plugin returned only certificate or key, not both');
  return { ...(typeof token === 'string' ? { token } : {}), ...(typeof cert === 'string' && typeof key === 'string' ? { clientCertificate: { cert, key } } : {}) };
}
