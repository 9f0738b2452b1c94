/**
 * The program itself, killed: daemons under the load of commands, and commands that have the home to themselves. What a
 * command has reported with exit code 0 must be there, whoever was killed.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../../../src/simulation/random.ts';

interface Command {
  readonly process: ChildProcess;
  readonly result: Promise<{ readonly code: number | null; readonly output: string }>;
}

/** Commands at once; as many names take turns. */
const COMMANDS = 5;
const NAMES = 12;

export class DaemonLane {
  readonly tally = { kills: 0, acknowledged: 0 };
  /** Values by name, as acknowledged; undefined: gone. */
  readonly #known = new Map<string, string | undefined>();
  /** Names that a killed or failed command may have changed, with what it would have left. */
  readonly #doubtful = new Map<string, (string | undefined)[]>();
  #round = 0;

  constructor(
    private readonly program: string,
    private readonly home: string,
    private readonly random: Random,
  ) {}

  async round(): Promise<void> {
    const round = ++this.#round;
    const daemon = this.random.int(2) === 0;
    if (daemon) await this.#must(['daemon', 'start', '--nodes=1']);
    const names = [...Array(NAMES).keys()].sort(() => this.random.next() - 0.5).slice(0, COMMANDS);
    const commands = names.map((name) => this.#change(`c${name}`, String(round)));
    await delay(this.random.int(daemon ? 150 : 400));
    if (daemon) process.kill((JSON.parse(readFileSync(join(this.home, 'daemon.pid'), 'utf8')) as { pid: number }).pid, 'SIGKILL');
    else for (const { process: child } of commands.slice(0, 2)) child.kill('SIGKILL');
    this.tally.kills += daemon ? 1 : 2;
    await Promise.all(commands.map(({ result }) => result));
    await this.#check();
  }

  /** Stops what is left running. */
  async end(): Promise<void> {
    await this.#run(['daemon', 'stop']).result;
  }

  /** Creates, changes or deletes a ConfigMap, and notes what came of it. */
  #change(name: string, value: string): Command {
    const before = this.#known.get(name);
    const remove = before !== undefined && this.random.int(3) === 0;
    const after = remove ? undefined : value;
    const args = remove ? ['delete', 'configmap', name] : before === undefined ? ['create', 'configmap', name, `--from-literal=v=${value}`] : ['label', '--overwrite', 'configmap', name, `v=${value}`];
    const command = this.#run(args);
    const result = command.result.then((answer) => {
      if (answer.code === 0) {
        this.tally.acknowledged++;
        this.#known.set(name, after);
      } else this.#doubtful.set(name, [before, after]);
      return answer;
    });
    return { ...command, result };
  }

  async #check(): Promise<void> {
    await this.#must(['etcd', 'verify']);
    const list = JSON.parse(await this.#must(['get', 'configmaps', '-o', 'json'])) as { items: { metadata: { name: string; labels?: { v?: string } }; data?: { v?: string } }[] };
    const there = new Map(list.items.map(({ metadata, data }) => [metadata.name, metadata.labels?.v ?? data?.v]));
    for (let name = 0; name < NAMES; name++) {
      const key = `c${name}`;
      const allowed = this.#doubtful.get(key) ?? [this.#known.get(key)];
      const value = there.get(key);
      if (!allowed.includes(value)) throw new Error(`${this.home}: round ${this.#round}: configmap ${key} is ${value ?? 'gone'} instead of ${allowed.map((each) => each ?? 'gone').join(' or ')}`);
      this.#known.set(key, value);
    }
    this.#doubtful.clear();
    await this.#must(['etcd', 'verify']);
  }

  async #must(args: readonly string[]): Promise<string> {
    const { code, output } = await this.#run(args).result;
    if (code !== 0) throw new Error(`${this.home}: round ${this.#round}: ${args.join(' ')}: exit code ${code}\n${output}`);
    return output;
  }

  #run(args: readonly string[]): Command {
    const child = spawn(process.execPath, [this.program, ...args], { env: { PATH: process.env.PATH, MOCK_KUBECTL_HOME: this.home }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    return { process: child, result: once(child, 'close').then(([code]) => ({ code: code as number | null, output })) };
  }
}
