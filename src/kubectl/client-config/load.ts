/**
 * From kubeconfig and flags to a server and an identity. Follows client-go tools/clientcmd: client_config.go, validation.go
 * and overrides.go.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isObject, type JsonObject } from '../../api/json.ts';
import type { Headers } from '../../client/transports/http1.ts';
import type { ServerAccess } from '../../client/transports/network.ts';
import { readYaml, YamlError } from '../builder/yaml-reader.ts';
import { CommandError, PlainError } from '../errors.ts';
import type { Flags } from '../flags.ts';
import type { GlobalFlags } from '../global-flags.ts';
import { impersonationHeaders } from './impersonation.ts';
import { timeoutMs } from './timeout.ts';

/** Where kubectl looks when nobody says where. */
const DEFAULT_SERVER = 'http://localhost:8080';

interface Kubeconfig {
  readonly folder: string;
  readonly currentContext: string;
  readonly entries: Readonly<Record<'clusters' | 'contexts' | 'users', ReadonlyMap<string, JsonObject>>>;
}

/** An entry of a kubeconfig with the flags laid over it. */
type Fields = Readonly<Record<string, unknown>>;

/** What flags and a kubeconfig name: entries by that name are there. */
interface Named {
  readonly folder: string;
  readonly clusterName: string;
  readonly userName: string;
  readonly cluster: Fields | undefined;
  readonly user: Fields | undefined;
}

/**
 * Commands that make a client before they look for the namespace: client-go tells them of a missing context in other
 * words (client_config.go: getContext, and not ConfirmUsable).
 */
const CLIENT_FIRST = /^kubectl (?:apply|api-resources|api-versions|auth (?:can-i|whoami)|autoscale|certificate .+|cluster-info.*|cordon|create(?! token).*|diff|drain|explain|expose|proxy|replace|run|set env|top node|uncordon|version|wait)$/;

/**
 * Throws CommandError and PlainError in kubectl's words where what is named is not there.
 * @param file the kubeconfig; @param given whether it was named by --kubeconfig, and so must be there; @param command "kubectl rollout status"
 */
export function namedAccess({ values }: Flags<GlobalFlags>, file: string, given: boolean, command: string): Named {
  const config = readFile(file, given);
  const contextName = values.context || config.currentContext;
  const context = config.entries.contexts.get(contextName);
  // With a namespace on the command line nobody looks for one.
  const clientFirst = values.namespace !== '' || CLIENT_FIRST.test(command);
  if (!context && contextName !== '') throw clientFirst ? new CommandError(`context ${JSON.stringify(contextName)} does not exist`) : new PlainError(`Error in configuration: context was not found for specified context: ${contextName}`);
  const clusterName = values.cluster || text(context, 'cluster');
  const userName = values.user || text(context, 'user');
  const cluster = config.entries.clusters.get(clusterName);
  const user = config.entries.users.get(userName);
  if (values.user !== '' && !user) throw new CommandError(`auth info ${JSON.stringify(userName)} does not exist`);
  if (!cluster && clusterName !== '' && values.server === '') throw new CommandError(values.cluster !== '' && !clientFirst ? `no server found for cluster ${JSON.stringify(clusterName)}` : `cluster ${JSON.stringify(clusterName)} does not exist`);
  return { folder: config.folder, clusterName, userName, cluster, user };
}

/** The server and who asks it. Throws as namedAccess, and where their entries make no sense. */
export async function loadAccess(globals: Flags<GlobalFlags>, named: Named, env: Readonly<Record<string, string | undefined>>): Promise<ServerAccess> {
  const { values } = globals;
  const { folder, clusterName, userName, cluster, user } = named;
  const server = serverUrl(values.server || text(cluster, 'server') || DEFAULT_SERVER);
  const tls = tlsOf(cluster, clusterName, globals, folder);
  const identity = await identityOf(user, userName, globals, folder, server, env);
  const timeout = timeoutMs(values['request-timeout']);
  return { server, ...tls, ...identity, ...(timeout > 0 ? { timeoutMs: timeout } : {}) };
}

function readFile(file: string, given: boolean): Kubeconfig {
  const folder = dirname(resolve(file));
  if (!existsSync(file)) {
    if (given) throw new CommandError(`stat ${file}: no such file or directory`);
    return { folder, currentContext: '', entries: { clusters: new Map(), contexts: new Map(), users: new Map() } };
  }
  let value: unknown;
  try {
    value = statSync(file).isFile() || !given ? readYaml(readFileSync(file, 'utf8')) : {};
  } catch (error) {
    if (error instanceof YamlError) throw new CommandError(`error loading config file ${JSON.stringify(file)}: ${error.message}`);
    throw new CommandError(`error loading config file ${JSON.stringify(file)}: open ${file}: ${(error as NodeJS.ErrnoException).code === 'EACCES' ? 'permission denied' : (error as Error).message}`);
  }
  const object = isObject(value) ? value : {};
  const entries = (list: string, kind: string): Map<string, JsonObject> => {
    const items = Array.isArray(object[list]) ? object[list] : [];
    return new Map(items.filter(isObject).map((item) => [String(item['name'] ?? ''), isObject(item[kind]) ? item[kind] : {}]));
  };
  return { folder, currentContext: text(object, 'current-context'), entries: { clusters: entries('clusters', 'cluster'), contexts: entries('contexts', 'context'), users: entries('users', 'user') } };
}

/** "host:port" means plain HTTP, as with client-go's DefaultServerURL for hosts without TLS settings. */
function serverUrl(server: string): URL {
  try {
    const url = new URL(/^[a-z]+:\/\//i.test(server) ? server : `http://${server}`);
    if (url.protocol === 'http:' || url.protocol === 'https:') return url;
  } catch {
    // Said below.
  }
  throw new CommandError(`host must be a URL or a host:port pair: ${JSON.stringify(server)}`);
}

function tlsOf(cluster: Fields | undefined, name: string, { values, changed }: Flags<GlobalFlags>, folder: string): Pick<ServerAccess, 'ca' | 'insecureSkipVerify' | 'serverName'> {
  const flagCa = values['certificate-authority'];
  const flagInsecure = values['insecure-skip-tls-verify'];
  // Either flag replaces all that the cluster says of its authority.
  const own = !flagInsecure && flagCa === '';
  const file = own ? inFolder(folder, text(cluster, 'certificate-authority')) : flagCa;
  const data = own ? text(cluster, 'certificate-authority-data') : '';
  const insecure = own ? cluster?.['insecure-skip-tls-verify'] === true : flagInsecure;
  if (insecure && (file !== '' || data !== '')) throw new CommandError('specifying a root certificates file with the insecure flag is not allowed');
  const ca = data !== '' ? fromBase64(data) : file === '' ? undefined : readPem(file, (why) => new CommandError(`unable to read certificate-authority ${file} for ${name} due to ${why}`));
  const serverName = changed('tls-server-name') || values.server !== '' ? values['tls-server-name'] : text(cluster, 'tls-server-name');
  return { ...(ca === undefined ? {} : { ca }), ...(insecure ? { insecureSkipVerify: true } : {}), ...(serverName === '' ? {} : { serverName }) };
}

async function identityOf(user: Fields | undefined, name: string, { values }: Flags<GlobalFlags>, folder: string, server: URL, env: Readonly<Record<string, string | undefined>>): Promise<Pick<ServerAccess, 'clientCertificate' | 'headers'>> {
  const problems: string[] = [];
  const pem = (kind: 'certificate' | 'key'): string | undefined => {
    const flag = values[`client-${kind}`];
    const data = text(user, `client-${kind}-data`);
    const file = flag || inFolder(folder, text(user, `client-${kind}`));
    const called = kind === 'certificate' ? 'client-cert' : 'client-key';
    if (data !== '' && file !== '') problems.push(kind === 'certificate' ? `client-cert-data and client-cert are both specified for ${name}. client-cert-data will override.` : `client-key-data and client-key are both specified for ${name}; client-key-data will override`);
    if (file !== '' && !existsSync(file)) problems.push(`unable to read ${called} ${file} for ${name} due to open ${file}: no such file or directory`);
    return data !== '' ? fromBase64(data) : file === '' ? undefined : existsSync(file) ? readFileSync(file, 'utf8') : '';
  };
  const [cert, key] = [pem('certificate'), pem('key')];
  if (cert !== undefined && key === undefined) problems.push(`client-key-data or client-key must be specified for ${name} to use the clientCert authentication method.`);
  if (problems.length > 0) throw new PlainError(problems.length === 1 ? `error: invalid configuration: ${problems[0]}` : `Error in configuration: \n${problems.map((problem) => `* ${problem}`).join('\n')}`);

  const tokenFile = inFolder(folder, text(user, 'tokenFile'));
  let token = values.token || (tokenFile === '' ? text(user, 'token') : readPem(tokenFile, (why) => new CommandError(`unable to read token file ${JSON.stringify(tokenFile)}: ${why}`)).trim());
  let clientCertificate = cert !== undefined && key !== undefined ? { cert, key } : undefined;
  if (token === '' && !clientCertificate && isObject(user?.['exec'] as JsonObject)) {
    const { runCredentialPlugin } = await import('./exec-plugin.ts');
    const credential = runCredentialPlugin(user?.['exec'] as JsonObject, folder, server, env);
    token = credential.token ?? '';
    clientCertificate = credential.clientCertificate;
  }
  const username = values.username || text(user, 'username');
  const password = values.password || text(user, 'password');
  const authorization = token !== '' ? `Bearer ${token}` : username !== '' || password !== '' ? `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` : undefined;
  const impersonation = impersonationHeaders({ as: values.as || text(user, 'as'), groups: values['as-group'].length > 0 ? values['as-group'] : texts(user, 'as-groups'), uid: values['as-uid'] || text(user, 'as-uid') }, name);
  const headers: Headers = { ...(authorization === undefined ? {} : { Authorization: authorization }), ...impersonation };
  return { ...(clientCertificate ? { clientCertificate } : {}), ...(Object.keys(headers).length > 0 ? { headers } : {}) };
}

const text = (fields: Fields | undefined, field: string): string => (typeof fields?.[field] === 'string' ? fields[field] : '');
const texts = (fields: Fields | undefined, field: string): readonly string[] => (Array.isArray(fields?.[field]) ? fields[field].map(String) : []);
/** Paths in a kubeconfig are meant from where it lies. */
const inFolder = (folder: string, path: string): string => (path === '' ? '' : resolve(folder, path));
const fromBase64 = (data: string): string => Buffer.from(data, 'base64').toString();

function readPem(file: string, problem: (why: string) => Error): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw problem(code === 'EISDIR' ? `read ${file}: is a directory` : `open ${file}: ${code === 'ENOENT' ? 'no such file or directory' : 'permission denied'}`);
  }
}
