/** Builds what a command is given: connection, namespace, time and mapper, each at its first use. */
import { existsSync } from 'node:fs';
import { Client } from '../client/client.ts';
import { homeFrom, type Home } from '../client/home.ts';
import type { WireLog } from '../client/transports/wire-log.ts';
import type { CommandContext } from './command.ts';
import { timeoutMs } from './client-config/timeout.ts';
import { connect, type Connection } from './connect.ts';
import { CommandError } from './errors.ts';
import type { Flags } from './flags.ts';
import type { GlobalFlags } from './global-flags.ts';
import { contextNamespace } from './kubeconfig.ts';
import { ResourceMapper } from './resource-mapper.ts';
import { withProgress } from './shared/progress.ts';
import type { Streams } from './streams.ts';
import { USER_AGENT } from './version.ts';

export interface ContextOptions {
  readonly streams: Streams;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly program: string;
  readonly commandPath: string;
  readonly globals: Flags<GlobalFlags>;
  readonly argv: readonly string[];
  readonly signal: AbortSignal;
  /** Another connection than the home's: tests. */
  readonly connection?: Connection;
}

export class Context implements CommandContext {
  readonly streams: Streams;
  readonly env: ContextOptions['env'];
  readonly program: string;
  readonly commandPath: string;
  readonly globals: Flags<GlobalFlags>;
  readonly argv: readonly string[];
  readonly home: Home;
  readonly signal: AbortSignal;
  readonly #warnings = new Set<string>();
  #connection: Connection | undefined;
  #requests: Promise<WireLog | undefined> | undefined;
  #client: Client | undefined;
  #mapper: ResourceMapper | undefined;
  #namespace: string | undefined;
  #aheadMs: number | undefined;

  constructor(options: ContextOptions) {
    this.streams = options.streams;
    this.env = options.env;
    this.program = options.program;
    this.commandPath = options.commandPath;
    this.globals = options.globals;
    this.argv = options.argv;
    this.signal = options.signal;
    this.home = homeFrom(options.env);
    this.#connection = options.connection;
  }

  async client(): Promise<Client> {
    if (!this.#client) {
      // Also where the connection is somebody else's.
      timeoutMs(this.globals.values['request-timeout']);
      const connection = await this.#usable();
      await connection.checkClient?.();
      this.#client = new Client(connection.transport, { userAgent: USER_AGENT, nulls: true });
    }
    return this.#client;
  }

  get namespaceGiven(): boolean {
    return this.globals.values.namespace !== '';
  }

  async namespace(): Promise<string> {
    const { namespace, context, kubeconfig } = this.globals.values;
    await this.#usable();
    this.#namespace ??= namespace || contextNamespace(kubeconfig || this.home.kubeconfig, context) || 'default';
    return this.#namespace;
  }

  /** The connection, checked before anything is done that would need it. */
  async #usable(): Promise<Connection> {
    if (this.#connection) return this.#connection;
    // Whoever else asks meanwhile waits for the same.
    const requests = await (this.#requests ??= this.#requestLog());
    const connection = connect(this.home, this.env, this.globals, `kubectl${this.commandPath.slice(this.program.length)}`, {
      requests,
      warn: (text) => this.warn(text),
      askWho: async () => (await import('./client-config/prompt.ts')).askWho(this.streams, this.signal),
      converging: (request) => withProgress(this, (tell) => {
        tell('waiting until nothing is left to do');
        return request();
      }),
    });
    await connection.check?.();
    return (this.#connection ??= connection);
  }

  /** Begins to tell what -v asks for. */
  async #requestLog(): Promise<WireLog | undefined> {
    const { v: level, kubeconfig } = this.globals.values;
    if (level < 1) return undefined;
    const [{ openingLines, RequestLog }, { serverAddress }] = await Promise.all([import('./request-log.ts'), import('./shared/server-address.ts')]);
    const write = (text: string): void => this.streams.stderr.write(text);
    const file = kubeconfig || this.home.kubeconfig;
    write(openingLines(level, existsSync(file) ? file : undefined));
    return level < 6 ? undefined : new RequestLog(write, level, () => serverAddress(this));
  }

  async now(): Promise<number> {
    if (this.#aheadMs === undefined) {
      const { transport } = await this.client();
      this.#aheadMs = transport.serverTime ? (await transport.serverTime()) - Date.now() : 0;
    }
    return Date.now() + this.#aheadMs;
  }

  async mapper(): Promise<ResourceMapper> {
    const { transport } = await this.client();
    return (this.#mapper ??= new ResourceMapper(transport, (line) => this.streams.stderr.write(line)));
  }

  warn(text: string): void {
    if (this.#warnings.has(text)) return;
    this.#warnings.add(text);
    this.streams.stderr.write(`Warning: ${text}\n`);
  }

  /** Lets the cluster settle and closes it, whatever became of the command. */
  async finish(): Promise<void> {
    await this.#connection?.close();
  }

  /** --warnings-as-errors: a command that got warnings has failed. */
  failOnWarnings(): void {
    const count = this.#warnings.size;
    if (count > 0 && this.globals.values['warnings-as-errors']) throw new CommandError(`${count} ${count === 1 ? 'warning' : 'warnings'} received`);
  }
}
