/** What a person sees at a terminal beside what is printed: colours, and how far long work is. */
import { writeFileSync } from 'node:fs';
import { Terminal } from '../support/terminal.ts';
import { terminalTest } from '../support/terminal-test.ts';
import { session, Session } from './support.ts';

const COLUMNS = 60;
const OBJECTS = 800;

/** What is left on the terminal, and all that came. */
async function atTerminal(it1: Session, line: string, env: Readonly<Record<string, string>> = {}): Promise<{ readonly left: string; readonly raw: string }> {
  const { code, stdout } = await it1.run(line, { columns: COLUMNS, env });
  expect({ code, stdout: code === 0 ? '' : stdout }).toEqual({ code: 0, stdout: '' });
  return { left: leftOf(stdout), raw: stdout };
}

function leftOf(raw: string): string {
  const terminal = new Terminal(COLUMNS);
  terminal.write(raw);
  return terminal.text();
}

function manyObjects(it1: Session): string {
  const file = it1.path('many.yaml');
  writeFileSync(file, Array.from({ length: OBJECTS }, (_, i) => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c${i}\n`).join('---\n'));
  return file;
}

describe('progress', () => {
  const piped = session();
  const seen = session();
  let file = '';
  beforeAll(() => (file = manyObjects(seen)));

  terminalTest('many objects are counted, and what is left is what a pipe gets', async () => {
    for (const [verb, done] of [['apply', 'applied'], ['delete', 'deleted'], ['create', 'created']] as const) {
      const { left, raw } = await atTerminal(seen, `${verb} -f ${file}`);
      // Deleting may be done before there is anything to be shown.
      if (verb !== 'delete') expect(raw).toMatch(new RegExp(`\\r${done} \\d+ of ${OBJECTS} objects`));
      // `ok` wants nothing on standard error.
      const text = await piped.ok(`${verb} -f ${file}`);
      expect(left).toBe(text);
      expect(text).not.toMatch(/[\r\x1b]/);
    }
  });

  terminalTest('a dumb terminal gets nothing of it', async () => {
    const { raw } = await atTerminal(seen, `delete -f ${file}`, { TERM: 'dumb' });
    expect(raw.replaceAll('\r\n', '\n')).toBe(await piped.ok(`delete -f ${file}`));
  });

  terminalTest('copies and checks of the store, and a cluster that converges', async () => {
    const [copy, other] = [seen.path('a.snap'), seen.path('b.snap')];
    const saved = await atTerminal(seen, `etcd snapshot save ${copy}`);
    expect(saved.left.replaceAll('\n', '')).toBe((await seen.ok(`etcd snapshot save ${other}`)).trimEnd().replace(other, copy));
    for (const line of ['etcd verify', `etcd snapshot restore ${copy} --force`, 'daemon --until-converged --nodes 1']) {
      const { left } = await atTerminal(seen, line);
      const text = await seen.ok(line);
      expect(left.replaceAll('\n', '').replace(/revision \d+/, '')).toBe(text.replaceAll('\n', '').replace(/revision \d+/, ''));
    }
  });

  terminalTest('what follows from a command, where it waits for that', async () => {
    const it1 = new Session({ MOCK_KUBECTL_CONVERGE: '1' });
    const { left, raw } = await atTerminal(it1, 'create deployment web --image=nginx --replicas=300', { MOCK_KUBECTL_NODES: '50' });
    expect(raw).toContain('\rwaiting until nothing is left to do');
    expect(left).toBe('deployment.apps/web created\n');
    await it1.end();
  });

  terminalTest('Ctrl-C leaves whole lines', async () => {
    const running = seen.start(`create -f ${file}`, { columns: COLUMNS });
    await running.printed(/\rcreated \d+ of/);
    running.process.stdin?.write('\x03');
    const { code, stdout } = await running.result;
    expect(code).toBe(130);
    // The terminal itself shows the key, once or twice, where no progress stood in its place; as it is where it does so late.
    const left = leftOf(stdout).replaceAll(/\^C|\x03/g, '');
    expect(left).toMatch(/^(configmap\/c\d+ created\n)+$/);
    expect(left.split('\n').length).toBeLessThan(OBJECTS);
  });
});

describe('a daemon', () => {
  const it1 = session();

  terminalTest('ends with Ctrl-C while it starts', async () => {
    const running = it1.start('daemon start --nodes 1000', { columns: COLUMNS });
    await running.printed(/\rstarting the daemon/);
    running.process.stdin?.write('\x03');
    const { code, stdout } = await running.result;
    expect({ code, left: leftOf(stdout) }).toEqual({ code: 130, left: '' });
    expect(await it1.run('daemon status')).toMatchObject({ code: 1, stdout: `no daemon is running on ${it1.cluster}\n` });
  });

  terminalTest('says how far its start is', async () => {
    const { left, raw } = await atTerminal(it1, 'daemon start --nodes 300');
    expect(left).toBe(`daemon started (pid ${it1.daemonPid()}, 300 nodes)\n`);
    expect(raw).toMatch(/\rstarting the daemon/);
  });

  terminalTest('colours are for terminals, unless NO_COLOR is set', async () => {
    await it1.ok('create configmap a');
    for (const line of ['daemon status', 'trace configmap/a', 'etcd history configmaps/default/a']) {
      expect((await it1.run(line, { columns: COLUMNS })).stdout).toMatch(/\x1b\[\d+m/);
      const plain = await it1.run(line, { columns: COLUMNS, env: { NO_COLOR: '1' } });
      expect(plain.code).toBe(0);
      expect(plain.stdout).not.toContain('\x1b');
      expect(await it1.ok(line)).not.toContain('\x1b');
    }
  });
});
