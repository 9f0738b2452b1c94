/** A real etcd of one member, where one is installed (Debian: etcd-server), on free ports and in a folder of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const MEMORY = '/dev/shm';

/** The program's path; undefined where there is none. */
export function etcdProgram(): string | undefined {
  return (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'etcd')).find((path) => existsSync(path));
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

export interface RealEtcdOptions {
  readonly program: string;
  /** Where its folder is made; default: in memory where that can be, since it always flushes. */
  readonly parent?: string;
}

export class RealEtcd {
  #child: ChildProcess | undefined;

  private constructor(
    private readonly program: string,
    readonly folder: string,
    readonly port: number,
    private readonly peerPort: number,
  ) {}

  static async start({ program, parent = existsSync(MEMORY) ? MEMORY : tmpdir() }: RealEtcdOptions): Promise<RealEtcd> {
    const etcd = new RealEtcd(program, mkdtempSync(join(parent, 'etcd-')), await freePort(), await freePort());
    await etcd.run();
    return etcd;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts it (again, on what it has) and returns when it answers. */
  async run(): Promise<void> {
    const peer = `http://127.0.0.1:${this.peerPort}`;
    // One member elects itself: it need not wait for others as long as it does by default.
    this.#child = spawn(this.program, ['--data-dir', this.folder, '--listen-client-urls', this.url, '--advertise-client-urls', this.url, '--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', `default=${peer}`, '--heartbeat-interval', '10', '--election-timeout', '100', '--log-level', 'fatal'], { stdio: 'ignore' });
    for (let tries = 0; tries < 1000; tries++) {
      const healthy = await fetch(`${this.url}/health`).then((response) => response.text().then((text) => /"health":\s*"?true/.test(text)), () => false);
      if (healthy) return;
      if (this.#child.exitCode !== null) break;
      await delay(10);
    }
    throw new Error('etcd does not start');
  }

  /** Ends its process at once; what it has stays. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill(signal);
    await ended;
  }

  /** Stops a process without ending it, and lets it go on: a machine that hangs. */
  freeze(frozen: boolean): void {
    this.#child?.kill(frozen ? 'SIGSTOP' : 'SIGCONT');
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
