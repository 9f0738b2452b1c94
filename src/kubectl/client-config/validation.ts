/** What contradicts itself in the entries of a kubeconfig, once flags are laid over them. Follows client-go tools/clientcmd/validation.go. */
import { readFileSync } from 'node:fs';
import type { JsonObject } from '../../api/json.ts';
import { goQuote } from '../../api/quote.ts';

/** An entry of `clusters`. Files are paths from where the command runs; '' where there is none. */
export interface Cluster {
  readonly server: string;
  readonly caFile: string;
  readonly caData: string;
  readonly insecure: boolean;
  readonly serverName: string;
}

/** An entry of `users`. */
export interface AuthInfo {
  readonly token: string;
  readonly tokenFile: string;
  readonly username: string;
  readonly password: string;
  readonly certFile: string;
  readonly certData: string;
  readonly keyFile: string;
  readonly keyData: string;
  readonly as: string;
  readonly groups: readonly string[];
  readonly uid: string;
  readonly exec: JsonObject | undefined;
}

/** validateClusterInfo */
export function clusterFaults(name: string, { server, caFile, caData }: Cluster): readonly string[] {
  const faults: string[] = [];
  if (server === '') faults.push(`no server found for cluster ${goQuote(name)}`);
  if (caFile !== '' && caData !== '') faults.push(`certificate-authority-data and certificate-authority are both specified for ${name}. certificate-authority-data will override.`);
  return [...faults, ...unreadable('certificate-authority', caFile, name)];
}

/** validateAuthInfo */
export function authFaults(name: string, { token, username, password, certFile, certData, keyFile, keyData, as, groups, uid }: AuthInfo): readonly string[] {
  const faults: string[] = [];
  if (certFile !== '' || certData !== '') {
    if (certFile !== '' && certData !== '') faults.push(`client-cert-data and client-cert are both specified for ${name}. client-cert-data will override.`);
    if (keyFile !== '' && keyData !== '') faults.push(`client-key-data and client-key are both specified for ${name}; client-key-data will override`);
    if (keyFile === '' && keyData === '') faults.push(`client-key-data or client-key must be specified for ${name} to use the clientCert authentication method.`);
    faults.push(...unreadable('client-cert', certFile, name), ...unreadable('client-key', keyFile, name));
  }
  const methods = [...(token === '' ? [] : ['token']), ...(username === '' && password === '' ? [] : ['basicAuth'])];
  if (methods.length > 1) faults.push(`more than one authentication method found for ${name}; found [${methods.join(' ')}], only one is allowed`);
  if (as === '' && (groups.length > 0 || uid !== '')) faults.push(impersonatingNobody(name));
  return faults;
}

export const impersonatingNobody = (name: string): string => `requesting uid, groups or user-extra for ${name} without impersonating a user`;

function unreadable(what: string, file: string, name: string): readonly string[] {
  if (file === '') return [];
  try {
    readFileSync(file);
    return [];
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A folder can be opened.
    if (code === 'EISDIR') return [];
    return [`unable to read ${what} ${file} for ${name} due to open ${file}: ${code === 'ENOENT' ? 'no such file or directory' : 'permission denied'}`];
  }
}
