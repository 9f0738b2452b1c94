/** One of the two sides of a comparison: a fresh cluster, and a folder and a PATH in which `kubectl` is this side's program. */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { homeAt } from '../../../src/client/home.ts';
import { ensurePki } from '../../../src/daemon/pki/index.ts';
import { ORACLE_ENV, type Outcome } from '../oracle.ts';

/** `program` is the real kubectl's path; undefined: ours. `built` is our program, which both clusters run on. */
export interface SideOptions {
  readonly built: Built;
  readonly program?: string;
}

/** Our program's launcher, and keys and certificates for all clusters: no case is about making them. */
export interface Built {
  readonly launcher: string;
  readonly pki: string;
}

const STATEMENT_LIMIT_MS = 20_000;

export class Side {
  readonly #folder = mkdtempSync(join(tmpdir(), 'parity-'));
  readonly #home = join(this.#folder, 'home');
  readonly #socket = homeAt(this.#home).socket;
  readonly #work = join(this.#folder, 'work');
  readonly #env: Record<string, string>;

  private constructor(private readonly options: SideOptions) {
    const bin = join(this.#folder, 'bin');
    for (const folder of [bin, this.#home, this.#work, join(this.#folder, 'user')]) mkdirSync(folder, { mode: 0o700 });
    cpSync('fixtures', join(this.#work, 'fixtures'), { recursive: true });
    cpSync(options.built.pki, homeAt(this.#home).pki, { recursive: true });
    symlinkSync(options.program ?? options.built.launcher, join(bin, 'kubectl'));
    this.#env = {
      GOGC: ORACLE_ENV.GOGC, GOMAXPROCS: ORACLE_ENV.GOMAXPROCS,
      PATH: `${bin}:${process.env['PATH'] ?? ''}`, HOME: join(this.#folder, 'user'), MOCK_KUBECTL_HOME: this.#home, KUBECONFIG: join(this.#folder, 'none'), TZ: 'UTC', LC_ALL: 'C',
    };
  }

  static async start(options: SideOptions): Promise<Side> {
    const side = new Side(options);
    // The real kubectl reckons ages from the wall's time, so a seeded cluster follows it here.
    writeFileSync(join(side.#home, 'clock.json'), '{"mode":"wall","offsetMs":0}\n');
    const { code, stderr } = await side.#spawn(options.built.launcher, ['daemon', 'start', '--nodes', '3', '--seed', '1']);
    if (code !== 0) throw new Error(`the daemon did not start: ${stderr}`);
    // The real kubectl comes over HTTPS, by the kubeconfig that the daemon has written.
    if (options.program !== undefined) side.#env['KUBECONFIG'] = join(side.#home, 'kubeconfig');
    await side.settle();
    return side;
  }

  /** Runs a statement with the shell. */
  run(statement: string): Promise<Outcome> {
    return this.#spawn('sh', ['-c', statement]);
  }

  #spawn(command: string, args: readonly string[]): Promise<Outcome> {
    return new Promise((done, reject) => {
      const child = spawn(command, args, { cwd: this.#work, env: this.#env, stdio: ['ignore', 'pipe', 'pipe'], timeout: STATEMENT_LIMIT_MS });
      const out: Buffer[] = [];
      const err: Buffer[] = [];
      child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
      child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
      child.on('error', reject);
      child.on('close', (code) => done({ stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString(), code }));
    });
  }

  /** Waits until nothing has been written for a moment: with fast timing no component waits for long. */
  async settle(): Promise<void> {
    const deadline = Date.now() + STATEMENT_LIMIT_MS;
    for (let quiet = 0, last = ''; quiet < 6; ) {
      if (Date.now() > deadline) throw new Error('the cluster does not become quiet');
      const { metadata } = JSON.parse(await this.#get('/api/v1/namespaces?limit=1')) as { metadata: { resourceVersion: string } };
      const version = metadata.resourceVersion;
      quiet = version === last ? quiet + 1 : 0;
      last = version;
      await new Promise((next) => setTimeout(next, 15));
    }
  }

  /** Stops the cluster's clock, or lets it go on: nothing happens by itself in between. */
  async clock(action: 'pause' | 'resume'): Promise<void> {
    const { code, stderr } = await this.#spawn(this.options.built.launcher, ['clock', action]);
    if (code !== 0) throw new Error(stderr);
  }

  /** All objects of the resources that a case can have changed, as far as they do not depend on what happened when. */
  async objects(): Promise<readonly unknown[]> {
    const lists = await Promise.all(LISTED.map(async (path) => JSON.parse(await this.#get(path)) as { kind: string; items: Item[] }));
    return lists.flatMap(({ kind, items }) => items.map((item) => comparable(kind.replace(/List$/, ''), item)));
  }

  #get(path: string): Promise<string> {
    return new Promise((done, reject) => {
      const call = request({ socketPath: this.#socket, path }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () => done(text));
      });
      call.on('error', reject);
      call.end();
    });
  }

  async close(): Promise<void> {
    await this.#spawn(this.options.built.launcher, ['daemon', 'stop']);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Events tell of times and orders, Leases of heartbeats: both differ from run to run. */
const LISTED: readonly string[] = [
  '/api/v1/namespaces', '/api/v1/nodes', '/api/v1/pods', '/api/v1/services', '/api/v1/endpoints', '/api/v1/configmaps', '/api/v1/secrets', '/api/v1/serviceaccounts', '/api/v1/resourcequotas',
  '/apis/apps/v1/deployments', '/apis/apps/v1/replicasets', '/apis/batch/v1/jobs', '/apis/batch/v1/cronjobs', '/apis/networking.k8s.io/v1/ingresses', '/apis/policy/v1/poddisruptionbudgets',
  '/apis/rbac.authorization.k8s.io/v1/roles', '/apis/rbac.authorization.k8s.io/v1/rolebindings', '/apis/autoscaling/v2/horizontalpodautoscalers', '/apis/scheduling.k8s.io/v1/priorityclasses',
];

/** Builds our program into a folder of its own, which another build does not disturb; gives the launcher's path. */
export function buildLauncher(folder: string): string {
  const { status, stderr } = spawnSync(process.execPath, ['src/build/bundle.mjs', '--outdir', join(folder, 'dist')], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  const launcher = join(folder, 'bin', 'mock-kubectl');
  cpSync('bin/mock-kubectl', launcher);
  return launcher;
}

/** The same with what its clusters need. */
export async function build(folder: string): Promise<Built> {
  const home = homeAt(join(folder, 'home'));
  await ensurePki(home);
  return { launcher: buildLauncher(folder), pki: home.pki };
}

interface Item {
  readonly metadata: { readonly managedFields?: readonly { readonly manager?: string; readonly operation?: string; readonly subresource?: string }[] };
  readonly spec?: object;
  readonly status?: object;
}

/** A node's images and managers come with its next heartbeat; where nodes score alike, a pod's is drawn by lot, in the order in which pods come. */
function comparable(kind: string, { metadata, spec, status, ...rest }: Item): object {
  return {
    kind, ...rest,
    metadata: kind === 'Node' ? { ...metadata, managedFields: undefined } : withSortedManagers(metadata),
    ...(spec ? { spec: kind === 'Pod' ? { ...spec, nodeName: undefined } : spec } : {}),
    ...(status ? { status: kind === 'Pod' ? { ...status, hostIP: undefined, hostIPs: undefined } : { ...status, images: undefined } } : {}),
  };
}

/** Managers are in the order of their times; and who says no name of its own has the program's, which ends in its version for the real one. */
function withSortedManagers(metadata: Item['metadata']): Item['metadata'] {
  const { managedFields } = metadata;
  if (!managedFields) return metadata;
  const named = managedFields.map((entry) => ({ ...entry, manager: entry.manager?.replace(/^kubectl\.1\.\d+$/, 'kubectl') ?? '' }));
  const key = ({ manager, operation = '', subresource = '' }: (typeof named)[number]) => `${manager} ${operation} ${subresource}`;
  return { ...metadata, managedFields: named.sort((a, b) => (key(a) < key(b) ? -1 : 1)) };
}
