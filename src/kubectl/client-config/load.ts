/**
 * From kubeconfig and flags to a server and an identity. Follows client-go tools/clientcmd: client_config.go, validation.go
 * and overrides.go.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isObject, type JsonObject } from '../../api/json.ts';
import { urlFault } from '../../api/go-url.ts';
import { goQuote } from '../../api/quote.ts';
import type { Headers } from '../../client/transports/http1.ts';
import type { ServerAccess } from '../../client/transports/network.ts';
import { readYaml, YamlError } from '../builder/yaml-reader.ts';
import { CommandError, PlainError } from '../errors.ts';
import type { Flags } from '../flags.ts';
import type { GlobalFlags } from '../global-flags.ts';
import { impersonationHeaders } from './impersonation.ts';
import { timeoutMs } from './timeout.ts';
import { authFaults, clusterFaults, type AuthInfo, type Cluster } from './validation.ts';

/** Where kubectl looks when nobody says where. */
const DEFAULT_SERVER = 'http://localhost:8080';

interface Kubeconfig {
  readonly folder: string;
  readonly currentContext: string;
  readonly entries: Readonly<Record<'clusters' | 'contexts' | 'users', ReadonlyMap<string, JsonObject>>>;
}

/** An entry of a kubeconfig with the flags laid over it. */
type Fields = Readonly<Record<string, unknown>>;

/** Where flags and a kubeconfig lead. */
interface Named {
  readonly folder: string;
  readonly clusterName: string;
  readonly userName: string;
  readonly cluster: Cluster;
  readonly user: AuthInfo;
}

/**
 * Commands that make a client before they look for the namespace: client-go tells them of a missing context in other
 * words (client_config.go: getContext, and not ConfirmUsable).
 */
const CLIENT_FIRST = /^kubectl (?:apply|api-resources|api-versions|auth (?:can-i|whoami)|autoscale|certificate .+|cluster-info.*|cordon|create(?! token).*|diff|drain|explain|expose|proxy|replace|run|set env|top node|uncordon|version|wait)$/;

/** Those that make a client after that, before they look at files. */
const CLIENT_BEFORE_FILES = /^kubectl (?:cp|debug|exec|rollout status|scale)$/;

/**
 * Throws CommandError and PlainError in kubectl's words where what is named is not there, or contradicts itself.
 * @param file the kubeconfig; @param given whether it was named by --kubeconfig, and so must be there; @param command "kubectl rollout status"
 */
export function namedAccess(globals: Flags<GlobalFlags>, file: string, given: boolean, command: string): Named {
  const { values } = globals;
  const { folder, currentContext, entries } = readFile(file, given);
  const contextName = values.context || currentContext;
  const context = entries.contexts.get(contextName);
  const clusterName = values.cluster || text(context, 'cluster');
  const userName = values.user || text(context, 'user');
  const lost = {
    user: values.user !== '' && !entries.users.has(userName) ? [`auth info ${goQuote(userName)} does not exist`] : [],
    context: values.context !== '' && !context ? [`context ${goQuote(contextName)} does not exist`] : [],
    cluster: values.cluster !== '' && !entries.clusters.has(clusterName) ? [`cluster ${goQuote(clusterName)} does not exist`] : [],
  };
  const [missing] = [...lost.user, ...lost.context, ...lost.cluster];
  const makesClientFirst = CLIENT_FIRST.test(command);
  // With a namespace on the command line nobody looks for one.
  const clientFirst = values.namespace !== '' || makesClientFirst;
  if (clientFirst && missing !== undefined) throw new CommandError(missing);

  const user = mergedUser(entries.users.get(userName), globals, folder);
  const cluster = mergedCluster(entries.clusters.get(clusterName), globals, folder);
  const unknown = contextName !== '' && !context;
  confirmUsable(
    [
      ...(unknown ? [`context was not found for specified context: ${contextName}`] : []),
      ...(lost.user.length > 0 ? [] : authFaults(userName, user)),
      ...clusterFaults(clusterName, lost.cluster.length > 0 ? { ...cluster, server: '' } : cluster),
    ],
    unknown || (values.namespace !== '' && !makesClientFirst),
  );
  if (missing !== undefined) throw new CommandError(missing);
  return { folder, clusterName, userName, cluster, user };
}

/** Whether the command makes a client before it knows what it is about. */
export const makesClientEarly = (command: string): boolean => CLIENT_FIRST.test(command) || CLIENT_BEFORE_FILES.test(command);

/** What a client can be made of. */
interface Usable extends Named {
  /** The server's, with its scheme. */
  readonly address: string;
}

/** @param ask who asks a server over TLS where nothing says so. Throws where no client can be made. */
export async function usableAccess(named: Named, ask: () => Promise<Pick<AuthInfo, 'username' | 'password'>>): Promise<Usable> {
  const address = serverAddress(named.cluster.server);
  if (!address.startsWith('https:')) return { ...named, address };
  const user = canIdentify(named.user) ? named.user : { ...named.user, ...(await ask()) };
  checkTls(named.cluster, user);
  return { ...named, user, address };
}

/** client_config.go: canIdentifyUser */
const canIdentify = ({ username, certFile, certData, token, tokenFile, exec }: AuthInfo): boolean => [username, certFile, certData, token, tokenFile].some((text) => text !== '') || exec !== undefined;

/** One fault stands for itself, unless it says that it is about the configuration (kubectl pkg/cmd/util/helpers.go: checkErr). */
function confirmUsable(faults: readonly string[], titled: boolean): void {
  const [fault = ''] = faults;
  if (faults.length === 1) throw titled ? new PlainError(`Error in configuration: ${fault}`) : new CommandError(fault);
  if (faults.length > 1) throw new PlainError(`Error in configuration: \n${faults.map((each) => `* ${each}`).join('\n')}`);
}

/** The server and who asks it. Throws what a request would find out about its address. */
export async function loadAccess(globals: Flags<GlobalFlags>, named: Usable, env: Readonly<Record<string, string | undefined>>): Promise<ServerAccess> {
  const server = serverUrl(named.address);
  const identity = await identityOf(named, server, env);
  const timeout = timeoutMs(globals.values['request-timeout']);
  return { server, ...tlsOf(named.cluster), ...identity, ...(timeout > 0 ? { timeoutMs: timeout } : {}) };
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

const cannotConnect = (why: string): PlainError => new PlainError(`Unable to connect to the server: ${why}`);
const noUrl = (server: string): CommandError => new CommandError(`host must be a URL or a host:port pair: ${goQuote(server)}`);

/** client-go rest/url_utils.go: DefaultServerURL; "host:port" means plain HTTP, as for hosts without TLS settings. */
function serverAddress(server: string): string {
  const whole = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]/i.test(server) && urlFault(server) === undefined;
  const address = whole ? server : `http://${server}`;
  const fault = urlFault(address);
  if (fault !== undefined) throw cannotConnect(fault);
  if (!whole && /^[^:]*:\/\/[^/]*\/./.test(address)) throw noUrl(server);
  return address;
}

/** What only a request finds out. */
function serverUrl(address: string): URL {
  const [, scheme = '', port = ''] = /^([^:]*):\/\/[^/]*?(?::(\d+))?(?:\/|$)/.exec(address) ?? [];
  if (scheme !== 'http' && scheme !== 'https') throw cannotConnect(`unsupported protocol scheme ${goQuote(scheme)}`);
  if (Number(port) > 65535) throw cannotConnect(`dial tcp: address ${port}: invalid port`);
  if (!URL.canParse(address)) throw noUrl(address);
  return new URL(address);
}

/** DirectClientConfig.getCluster: either flag about the authority replaces all that the cluster says of it, and --server its name. */
function mergedCluster(cluster: Fields | undefined, { values, changed }: Flags<GlobalFlags>, folder: string): Cluster {
  const own = !values['insecure-skip-tls-verify'] && values['certificate-authority'] === '';
  return {
    server: values.server || text(cluster, 'server') || DEFAULT_SERVER,
    caFile: own ? inFolder(folder, text(cluster, 'certificate-authority')) : values['certificate-authority'],
    caData: own ? text(cluster, 'certificate-authority-data') : '',
    insecure: own ? cluster?.['insecure-skip-tls-verify'] === true : values['insecure-skip-tls-verify'],
    serverName: changed('tls-server-name') || values.server !== '' ? values['tls-server-name'] : text(cluster, 'tls-server-name'),
  };
}

/** DirectClientConfig.getAuthInfo */
function mergedUser(user: Fields | undefined, { values }: Flags<GlobalFlags>, folder: string): AuthInfo {
  const exec = user?.['exec'] as JsonObject | undefined;
  return {
    token: values.token || text(user, 'token'),
    tokenFile: values.token === '' ? inFolder(folder, text(user, 'tokenFile')) : '',
    username: values.username || text(user, 'username'),
    password: values.password || text(user, 'password'),
    certFile: values['client-certificate'] || inFolder(folder, text(user, 'client-certificate')),
    certData: text(user, 'client-certificate-data'),
    keyFile: values['client-key'] || inFolder(folder, text(user, 'client-key')),
    keyData: text(user, 'client-key-data'),
    as: values.as || text(user, 'as'),
    groups: values['as-group'].length > 0 ? values['as-group'] : texts(user, 'as-groups'),
    uid: values['as-uid'] || text(user, 'as-uid'),
    exec: isObject(exec) ? exec : undefined,
  };
}

/** What no connection can be made with (client-go transport/transport.go: TLSConfigFor). */
function checkTls({ insecure, caFile, caData }: Cluster, { certFile, certData, keyFile, keyData }: AuthInfo): void {
  if (insecure && (caFile !== '' || caData !== '')) throw new CommandError('specifying a root certificates file with the insecure flag is not allowed');
  const hasPem = (data: string, file: string): boolean => pem(data, file)?.includes('-----BEGIN ') !== false;
  if (!hasPem(caData, caFile)) throw new CommandError('unable to load root certificates: unable to parse bytes as PEM block');
  if (!hasPem(certData, certFile)) throw new CommandError('tls: failed to find any PEM data in certificate input');
  if (!hasPem(keyData, keyFile)) throw new CommandError('tls: failed to find any PEM data in key input');
}

function tlsOf({ caFile, caData, insecure, serverName }: Cluster): Pick<ServerAccess, 'ca' | 'insecureSkipVerify' | 'serverName'> {
  const ca = pem(caData, caFile);
  return { ...(ca === undefined ? {} : { ca }), ...(insecure ? { insecureSkipVerify: true } : {}), ...(serverName === '' ? {} : { serverName }) };
}

/** A PEM text; undefined where neither says one. */
const pem = (data: string, file: string): string | undefined => (data !== '' ? fromBase64(data) : file === '' ? undefined : readText(file, (why) => new CommandError(why)));

async function identityOf({ user, userName, folder }: Named, server: URL, env: Readonly<Record<string, string | undefined>>): Promise<Pick<ServerAccess, 'clientCertificate' | 'headers'>> {
  const { tokenFile, username, password, exec, as, groups, uid } = user;
  const [cert, key] = [pem(user.certData, user.certFile), pem(user.keyData, user.keyFile)];
  let token = tokenFile === '' ? user.token : readText(tokenFile, (why) => new CommandError(`unable to read token file ${goQuote(tokenFile)}: ${why}`)).trim();
  let clientCertificate = cert !== undefined && key !== undefined ? { cert, key } : undefined;
  if (token === '' && !clientCertificate && exec) {
    const { runCredentialPlugin } = await import('./exec-plugin.ts');
    const credential = runCredentialPlugin(exec, folder, server, env);
    token = credential.token ?? '';
    clientCertificate = credential.clientCertificate;
  }
  const authorization = token !== '' ? `Bearer ${token}` : username !== '' || password !== '' ? `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` : undefined;
  const headers: Headers = { ...(authorization === undefined ? {} : { Authorization: authorization }), ...impersonationHeaders({ as, groups, uid }, userName) };
  return { ...(clientCertificate ? { clientCertificate } : {}), ...(Object.keys(headers).length > 0 ? { headers } : {}) };
}

const text = (fields: Fields | undefined, field: string): string => (typeof fields?.[field] === 'string' ? fields[field] : '');
const texts = (fields: Fields | undefined, field: string): readonly string[] => (Array.isArray(fields?.[field]) ? fields[field].map(String) : []);
/** Paths in a kubeconfig are meant from where it lies. */
const inFolder = (folder: string, path: string): string => (path === '' ? '' : resolve(folder, path));
const fromBase64 = (data: string): string => Buffer.from(data, 'base64').toString();

function readText(file: string, problem: (why: string) => Error): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw problem(code === 'EISDIR' ? `read ${file}: is a directory` : `open ${file}: ${code === 'ENOENT' ? 'no such file or directory' : 'permission denied'}`);
  }
}
