import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiRequest, WatchEvent, WatchHandle } from '../../src/api/request.ts';
import type { KubeObject } from '../../src/api/object.ts';
import { conflict, invalid, notFound, StatusError } from '../../src/api/status.ts';
import { ConnectionError, type Transport } from '../../src/client/client.ts';
import { run } from '../../src/kubectl/run.ts';
import { BrokenPipeError, memoryStreams, type Streams } from '../../src/kubectl/streams.ts';

interface Setup {
  readonly request?: (request: ApiRequest) => KubeObject | Promise<KubeObject>;
  readonly watch?: (request: ApiRequest, send: (event: WatchEvent) => void, end: () => void) => void;
  readonly warnings?: readonly string[];
  readonly streams?: Streams & { readonly out: () => string; readonly err: () => string };
  readonly env?: Record<string, string>;
}

class Session {
  readonly interrupt = new AbortController();
  readonly requests: ApiRequest[] = [];
  readonly streams: NonNullable<Setup['streams']>;
  closed = 0;

  constructor(private readonly setup: Setup = {}) {
    this.streams = setup.streams ?? memoryStreams();
  }

  run(line: string): Promise<number> {
    const transport: Transport = {
      request: async (request) => {
        this.requests.push(request);
        if (!this.setup.request) throw new Error('no request was expected');
        return { code: 200, object: await this.setup.request(request) };
      },
      watch: (request, send) => {
        this.requests.push(request);
        return new Promise<WatchHandle>((resolve) => {
          let end = (): void => {};
          const closed = new Promise<void>((done) => (end = done));
          resolve({ stop: () => end(), closed });
          this.setup.watch?.(request, send, end);
        });
      },
      raw: () => Promise.resolve({ code: 200, contentType: 'application/json', body: '{}', dateMs: 0 }),
      stream: () => Promise.resolve(),
      connect: () => Promise.reject(new Error('no connection was expected')),
    };
    return run(line.split(' '), {
      streams: this.streams,
      env: { MOCK_KUBECTL_HOME: '/nonexistent', ...this.setup.env },
      program: 'kubectl',
      signal: this.interrupt.signal,
      connection: { transport, close: () => (this.closed++, Promise.resolve()) },
    });
  }
}

const COLUMNS = [{ name: 'Name', type: 'string', format: 'name', priority: 0 }, { name: 'Status', type: 'string', priority: 0 }];
const table = (names: readonly string[], status = 'Running', version = '5'): KubeObject =>
  ({ kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata: { resourceVersion: version }, columnDefinitions: COLUMNS, rows: names.map((name) => ({ cells: [name, status], object: { metadata: { name, namespace: 'default', resourceVersion: version } } })) }) as unknown as KubeObject;

describe('errors of the server', () => {
  it.each([
    [notFound({ group: '', plural: 'pods' }, 'x'), 'Error from server (NotFound): pods "x" not found\n'],
    [conflict({ group: 'apps', plural: 'deployments' }, 'x', 'changed'), 'Error from server (Conflict): Operation cannot be fulfilled on deployments.apps "x": changed\n'],
    [new StatusError(500, '', 'out of order'), 'Error from server: out of order\n'],
    [new StatusError(401, 'Unauthorized', 'Unauthorized'), 'error: You must be logged in to the server (Unauthorized)\n'],
    [invalid({ group: '', kind: 'Pod' }, 'x', [{ field: 'spec.a', message: 'Required value' }]), 'The Pod "x" is invalid: spec.a: Required value\n'],
    [invalid({ group: '', kind: 'Pod' }, 'x', [{ field: 'spec.a', message: 'one' }, { field: 'spec.b', message: 'two' }, { field: 'spec.a', message: 'one' }]), 'The Pod "x" is invalid: \n* spec.a: one\n* spec.b: two\n'],
    [new ConnectionError('The connection to the server localhost:8080 was refused - did you specify the right host or port?'), 'The connection to the server localhost:8080 was refused - did you specify the right host or port?\n'],
  ])('%s', async (error, text) => {
    const session = new Session({ request: () => Promise.reject(error) });
    expect(await session.run('get pod x')).toBe(1);
    expect(session.streams.err()).toBe(text);
    expect(session.streams.out()).toBe('');
    expect(session.closed).toBe(1);
  });

  it('shows no stack trace, whatever fails', async () => {
    const session = new Session({ request: () => { throw new TypeError('x is undefined'); } });
    expect(await session.run('get pods')).toBe(1);
    expect(session.streams.err()).toBe('x is undefined\n');
  });
});

describe('what a command asks for', () => {
  it('is the namespace of -n, of the kubeconfig, or default', async () => {
    const namespaceOf = async (line: string, env: Record<string, string> = {}): Promise<string | undefined> => {
      const session = new Session({ request: () => table([]), env });
      await session.run(line);
      return session.requests[0]?.namespace;
    };
    expect(await namespaceOf('get pods')).toBe('default');
    expect(await namespaceOf('get pods -n here')).toBe('here');
    expect(await namespaceOf('-n here get pods')).toBe('here');
    expect(await namespaceOf('get pods -A')).toBeUndefined();
    expect(await namespaceOf('get nodes -n here')).toBeUndefined();
    const home = mkdtempSync(join(tmpdir(), 'mock-kubectl-home-'));
    try {
      writeFileSync(join(home, 'kubeconfig'), 'apiVersion: v1\nclusters: []\ncontexts:\n- context:\n    cluster: mock\n    namespace: "team-a"\n    user: admin\n  name: mock\n- context:\n    cluster: mock\n  name: other\ncurrent-context: mock\nkind: Config\n');
      expect(await namespaceOf('get pods', { MOCK_KUBECTL_HOME: home })).toBe('team-a');
      expect(await namespaceOf('get pods --context=other', { MOCK_KUBECTL_HOME: home })).toBe('default');
      expect(await namespaceOf('get pods -n x', { MOCK_KUBECTL_HOME: home })).toBe('x');
    } finally {
      rmSync(home, { recursive: true });
    }
  });

  it('is read page by page, and printed under one header', async () => {
    const session = new Session({ request: ({ options }) => ({ ...table([options?.continue ? 'b' : 'a']), metadata: options?.continue ? {} : { continue: 'more' } }) as KubeObject });
    expect(await session.run('get pods --chunk-size=1')).toBe(0);
    expect(session.requests.map(({ options }) => [options?.limit, options?.continue])).toEqual([[1, undefined], [1, 'more']]);
    expect(session.streams.out()).toBe('NAME   STATUS\na      Running\nb      Running\n');
  });
});

describe('watching', () => {
  it('prints the list, then changes, in the same columns', async () => {
    const session = new Session({
      request: () => table(['a-long-name']),
      watch: (_request, send, end) => {
        send({ type: 'ADDED', object: table(['b'], 'Pending', '6') });
        send({ type: 'MODIFIED', object: table(['b'], 'Running', '7') });
        end();
      },
    });
    expect(await session.run('get pods -w')).toBe(0);
    expect(session.streams.out()).toBe('NAME          STATUS\na-long-name   Running\nb             Pending\nb             Running\n');
    expect(session.requests[1]?.options?.resourceVersion).toBe('5');
  });

  it('does not print the object twice that a watch of one begins with', async () => {
    const session = new Session({
      request: () => table(['a']),
      watch: (_request, send, end) => {
        send({ type: 'ADDED', object: table(['a']) });
        send({ type: 'DELETED', object: table(['a'], 'Terminating', '9') });
        end();
      },
    });
    expect(await session.run('get pod a -w --output-watch-events')).toBe(0);
    expect(session.streams.out()).toBe('EVENT      NAME   STATUS\nADDED      a      Running\nDELETED    a      Terminating\n');
    expect(session.requests[1]?.options?.fieldSelector).toBe('metadata.name=a');
  });

  it('ends with Ctrl-C, quietly', async () => {
    const session: Session = new Session({ request: () => table([]), watch: () => setImmediate(() => session.interrupt.abort()) });
    expect(await session.run('get pods -w')).toBe(130);
    expect(session.streams.err()).toBe('');
  });
});

describe('the command line', () => {
  it('ends quietly when nobody reads its output', async () => {
    const streams = memoryStreams();
    const broken = { ...streams, stdout: { ...streams.stdout, write: () => { throw new BrokenPipeError(); } } };
    expect(await new Session({ streams: broken, request: () => table(['a']) }).run('get pods')).toBe(141);
    expect(streams.err()).toBe('');
  });

  it.each([
    ['get --foo', "error: unknown flag: --foo\nSee 'kubectl get --help' for usage.\n"],
    ['-x get', "error: unknown shorthand flag: 'x' in -x\nSee 'kubectl --help' for usage.\n"],
    ['gte', 'error: unknown command "gte" for "kubectl"\n\nDid you mean this?\n\tget\n'],
    ['config foo', 'error: unknown command "foo"\nSee \'kubectl config -h\' for help and examples\n'],
    ['api-versions x', "error: unexpected arguments: [x]\nSee 'kubectl api-versions -h' for help and examples\n"],
    ['--server=https://127.0.0.1:1 --token=x get pods', 'The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?\n'],
  ])('%s', async (line, text) => {
    const session = new Session();
    const code = line.startsWith('--server') ? await run(line.split(' '), { streams: session.streams, env: { MOCK_KUBECTL_HOME: '/nonexistent' }, program: 'kubectl', signal: session.interrupt.signal }) : await session.run(line);
    expect(code).toBe(1);
    expect(session.streams.err()).toBe(text);
  });

  it.each([['get', 'get [(-o|--output=)'], ['version', 'version [flags] [options]'], ['config view', 'config view [flags] [options]']])('%s --help shows usage and flags', async (line, usage) => {
    const session = new Session();
    expect(await session.run(`${line} --help`)).toBe(0);
    expect(session.streams.out()).toContain(`\nUsage:\n  kubectl ${usage}`);
    expect(session.streams.out()).toMatch(/\nOptions:\n {4}(-\w, )?--[a-z-]+=.*:\n\t/);
  });

  it('lists its commands by group', async () => {
    const session = new Session();
    expect(await session.run('--help')).toBe(0);
    expect(session.streams.out()).toMatch(/Basic Commands \(Intermediate\):\n(?: {2}[a-z].*\n)*? {2}get +Display one or many resources\n/);
  });

  it('fails on warnings where that is asked for', async () => {
    const streams = memoryStreams();
    const transport = { request: () => Promise.resolve({ code: 200, object: table(['a']) }) } as unknown as Transport;
    const options = { streams, env: {}, program: 'kubectl', signal: new AbortController().signal, connection: { transport, close: () => Promise.resolve() } };
    expect(await run(['get', 'pods', '--warnings-as-errors'], options)).toBe(0);
  });
});
