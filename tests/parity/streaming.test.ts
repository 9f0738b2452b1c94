/** exec, attach and port-forward by real kubectls over HTTPS (v1.33 speaks WebSocket, v1.27 SPDY), and by ours both ways. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { terminalTest } from '../support/terminal-test.ts';
import { describeParity, oraclePath } from './oracle.ts';
import { buildLauncher } from './support/side.ts';

jest.setTimeout(60_000);

const SPDY: Readonly<Record<string, string>> = { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false', KUBECTL_PORT_FORWARD_WEBSOCKETS: 'false' };

const kubectls = ['kubectl.1.33', 'kubectl.1.27'].map((name) => join(dirname(oraclePath ?? '/'), name)).filter((path) => existsSync(path));

describeParity('streams of containers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mock-kubectl-streams-'));
  const home = join(folder, 'home');
  const env = { ...process.env, MOCK_KUBECTL_HOME: home, KUBECONFIG: join(home, 'kubeconfig') };
  let launcher = '';
  const run = (program: string, args: readonly string[], input = '', more: Readonly<Record<string, string>> = {}) => {
    const { stdout, stderr, status } = spawnSync(program, args, { encoding: 'utf8', env: { ...env, ...more }, input, timeout: 20_000 });
    // The real one logs the first, empty message where it comes before it has made its streams.
    return { stdout, stderr: stderr.replace(/^E.* websocket\.go:\d+\] Unknown stream id \d, discarding message\n/gm, ''), code: status };
  };

  beforeAll(() => {
    launcher = buildLauncher(folder);
    expect(run(launcher, ['daemon', 'start', '--nodes', '1']).stderr).toBe('');
    run(launcher, ['run', 'web', '--image=nginx']);
    run(launcher, ['run', 'gone', '--image=busybox', '--command', '--', 'false']);
    run(launcher, ['run', 'talker', '--image=busybox', '--command', '--', 'sh', '-c', 'while true; do echo hey; sleep 1; done']);
    run(launcher, ['run', 'box', '--image=busybox', '--command', '--', 'sleep', '3600']);
    expect(run(launcher, ['wait', '--for=condition=Ready', 'pod/web', 'pod/box', '--timeout=20s']).code).toBe(0);
  });
  afterAll(() => {
    run(launcher, ['daemon', 'stop']);
    rmSync(folder, { recursive: true, force: true });
  });

  describe.each<[string, Readonly<Record<string, string>>]>([...kubectls.map((path): [string, typeof SPDY] => [path, {}]), ['ours', {}], ['ours', SPDY]])('%s %j', (path, more) => {
    const program = (): string => (path === 'ours' ? launcher : path);
    const said = (args: readonly string[], input = '') => run(program(), args, input, more);

    test('both outputs and the exit code of a command', () => {
      expect(said(['exec', 'box', '--', 'sh', '-c', 'echo out; echo err >&2; exit 3'])).toEqual({ stdout: 'out\n', stderr: 'err\ncommand terminated with exit code 3\n', code: 3 });
    });

    test('standard input, to a command and to a shell', () => {
      expect(said(['exec', '-i', 'box', '--', 'cat'], 'a\nb')).toEqual({ stdout: 'a\nb', stderr: '', code: 0 });
      const session = said(['exec', '-i', 'box', '--', 'sh'], 'cd /tmp\npwd\nfor i in 1 2\ndo echo $i > /tmp/f\ndone\nexit 4\necho never\n');
      expect(session).toEqual({ stdout: '/tmp\n', stderr: 'command terminated with exit code 4\n', code: 4 });
      expect(said(['exec', 'box', '--', 'cat', '/tmp/f']).stdout).toBe('2\n');
    });

    test('input is answered as it comes, and a process that has enough ends', async () => {
      const cat = spawn(program(), ['exec', '-i', 'box', '--', 'cat'], { env: { ...env, ...more } });
      for (const word of ['one', 'two']) {
        const said = text(cat, `${word}\n`);
        cat.stdin.write(`${word}\n`);
        await said;
      }
      cat.stdin.end();
      expect(await exitCode(cat)).toBe(0);
      const head = spawn(program(), ['exec', '-i', 'box', '--', 'head', '-n', '1'], { env: { ...env, ...more } });
      const said = text(head, 'first\n');
      head.stdin.write('first\nsecond\n');
      await said;
      expect(await exitCode(head)).toBe(0);
    });

    test("a container's own process reads what is attached to it, until its input ends", async () => {
      const attached = spawn(program(), ['run', '-i', '--rm', 'reader', '--image=busybox', '--restart=Never', '--', 'sh', '-c', 'while read x; do echo "<$x>"; done; exit 3'], { env: { ...env, ...more } });
      await text(attached, "If you don't see a command prompt");
      const said = text(attached, '<a>\n');
      attached.stdin.write('a\n');
      await said;
      attached.stdin.end('b\n');
      expect(await text(attached, 'deleted')).toContain('<b>\n');
      expect(await exitCode(attached)).toBe(3);
    });

    terminalTest('a terminal: its size and how it changes, Ctrl-C, Ctrl-D', async () => {
      // script(1) gives the program a terminal.
      const shell = spawn('script', ['-qec', `stty rows 30 cols 100; exec ${program()} exec -it box -- sh`, '/dev/null'], { env: { ...env, ...more }, stdio: ['pipe', 'pipe', 'pipe'] });
      const answered = async (typed: string, answer: string | RegExp): Promise<void> => {
        const said = text(shell, answer);
        shell.stdin.write(typed);
        await said;
      };
      await text(shell, '/ # ');
      await answered('stty size\r', '30 100\r\n');
      await answered('sleep 100\r', 'sleep 100\r\n');
      await answered('\x03', /\^C\r\n\/ # /);
      await answered('echo $?\r', '130\r\n/ # ');
      await answered('cat\r', 'cat\r\n');
      await answered('hey\r', 'hey\r\nhey\r\n');
      await answered('\x04', '/ # ');
      shell.stdin.write('\x04');
      expect(await exitCode(shell)).toBe(0);
    });

    test('what is refused', () => {
      expect(said(['exec', 'none', '--', 'ls']).stderr).toBe('Error from server (NotFound): pods "none" not found\n');
      expect(said(['exec', 'box', '-c', 'none', '--', 'ls']).stderr).toBe('Error from server (BadRequest): container none is not valid for pod box\n');
      const failed = said(['exec', 'box', '--', 'nosuch']);
      expect(failed.stderr).toMatch(/^error: Internal error occurred: error executing command in container: failed to exec in container: failed to start exec "[0-9a-f]{64}": OCI runtime exec failed: exec failed: unable to start container process: exec: "nosuch": executable file not found in \$PATH: unknown\n$/);
      expect(failed.code).toBe(1);
      // Over WebSocket the API server tells of the refusal, over SPDY the node itself.
      expect(said(['exec', 'gone', '--', 'ls']).stderr).toMatch(/^error: (Internal error occurred: )?unable to upgrade connection: container not found \("gone"\)\n$/);
    });

    test('a pod that is talked to and goes', () => {
      const { stdout, code } = said(['run', '-i', '--rm', 'guest', '--image=busybox', '--restart=Never', '--', 'sh'], 'hostname\nexit 7\n');
      expect(stdout).toContain('guest\n');
      expect(stdout).toContain('pod "guest" deleted');
      expect(code).toBe(7);
    });

    test('a forwarded port, and one where nobody listens', async () => {
      const forwarding = spawn(program(), ['port-forward', 'pod/web', ':80', ':81'], { env: { ...env, ...more } });
      try {
        const [open, closed] = await ports(forwarding);
        expect(await statusOf(open as number, '/')).toBe(200);
        expect(await statusOf(open as number, '/missing')).toBe(404);
        const said = text(forwarding, 'connection refused');
        expect(await statusOf(closed as number, '/').catch(() => 'closed')).toBe('closed');
        expect(await said).toMatch(/an error occurred forwarding \d+ -> 81: error forwarding port 81 to pod [0-9a-f]{64}, uid : failed to execute portforward in network namespace/);
      } finally {
        forwarding.kill('SIGKILL');
      }
    });
  });

  test('a log whose reader goes away ends without a word', () => {
    expect(run('bash', ['-c', `"$0" logs -f talker | head -n 1; echo "\${PIPESTATUS[0]}"`, launcher])).toMatchObject({ stdout: 'hey\n141\n', stderr: '' });
  });

  test.each([
    [['exec', 'box', '--', 'sh', '-c', 'echo out; echo err >&2; exit 3']],
    [['exec', '-i', 'box', '--', 'cat']],
    [['exec', '-it', 'box', '--', 'echo', 'hi']],
    [['exec', 'box', 'ls']],
    [['exec', '--', 'ls']],
    [['exec', 'box']],
    [['exec', 'none', '--', 'ls']],
    [['exec', 'cm/kube-root-ca.crt', '--', 'ls']],
    [['exec', 'box', '--pod-running-timeout=0', '--', 'ls']],
    [['attach']],
    [['attach', 'a', 'b', 'c']],
    [['attach', 'web', '-c', 'none']],
    [['cp', 'a']],
    [['cp', 'a', 'b']],
    [['cp', 'a:b', 'c:d']],
    [['cp', ':a', 'b']],
    [['cp', 'box:/etc', '/tmp/none', '-c', 'none']],
    [['port-forward', 'pod/web']],
    [['port-forward', 'none', '80']],
    [['port-forward', 'pod/web', 'http']],
    [['port-forward', 'pod/web', ':70000']],
    [['port-forward', '--address', '1.2.3', 'pod/web', '80']],
    [['debug', 'box']],
    [['debug', 'box', '--image=busybox', '--env=a']],
    [['debug', 'box', '--image=busybox', '--profile=x']],
    [['debug', 'cm/kube-root-ca.crt', '--image=busybox', '--profile=general']],
    [['proxy', '--port=1', '--unix-socket=/nowhere/s']],
    [['proxy', '--address=192.0.2.1']],
    [['top', 'pod']],
    [['top', 'node', 'a', 'b']],
  ])('ours says the same: %j', (args) => {
    const [real, mine] = [kubectls[0] as string, launcher].map((program) => run(program, args, 'in\n'));
    expect({ ...mine, stderr: mine?.stderr.replaceAll('mock-kubectl', 'kubectl') }).toEqual(real);
  });
});

/** Resolves with the output once it has the words. */
function text(child: ChildProcess, words: string | RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let all = '';
    const look = (chunk: Buffer): void => {
      all += chunk.toString();
      if (typeof words === 'string' ? all.includes(words) : words.test(all)) resolve(all);
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    child.once('exit', () => reject(new Error(all)));
  });
}

function exitCode(child: ChildProcess): Promise<number | null> {
  return child.exitCode === null ? new Promise((resolve) => child.once('exit', (code) => resolve(code))) : Promise.resolve(child.exitCode);
}

async function ports(child: ChildProcess): Promise<number[]> {
  const lines = await text(child, /127\.0\.0\.1:\d+ -> 80[\s\S]*127\.0\.0\.1:\d+ -> 81\n/);
  return [...lines.matchAll(/127\.0\.0\.1:(\d+) ->/g)].map((match) => Number(match[1]));
}

function statusOf(port: number, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on('error', reject);
  });
}
