/** daemon start, stop, status, logs; what a daemon leaves and what it takes over. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, session, table } from './support.ts';

describe('daemon', () => {
  const it1 = session();

  test('start, status, logs, stop', async () => {
    const none = await it1.run('daemon status');
    expect(none).toEqual({ code: 1, stdout: `no daemon is running on ${it1.cluster}\n`, stderr: '' });
    expect(await it1.fails('daemon logs')).toBe(`error: no daemon has run on ${it1.cluster} yet\n`);

    expect(await it1.ok('daemon start --nodes 2')).toMatch(/^daemon started \(pid \d+, 2 nodes\)\n$/);
    const pid = it1.daemonPid();
    expect(await it1.ok('daemon start')).toBe(`daemon already running (pid ${pid}, 2 nodes)\n`);
    expect(await it1.ok('daemon status')).toMatch(new RegExp(`^Status:  running\nPid:     ${pid}\nUp for:  \\d+s\nHome:    ${it1.cluster}\n`));
    // Ready means that the nodes are.
    expect(table(await it1.ok('get nodes')).map((row) => [row.NAME, row.STATUS, row.VERSION])).toEqual([['node-1', 'Ready', 'v1.33.1'], ['node-2', 'Ready', 'v1.33.1']]);
    expect(await it1.ok('daemon logs')).toMatch(/ INFO daemon: ready nodes=2 pid=\d+\n/);

    expect(await it1.ok('daemon stop')).toBe('daemon stopped\n');
    expect(isAlive(pid)).toBe(false);
    for (const name of ['apiserver.sock', 'daemon.pid', 'etcd/lock']) expect([name, existsSync(join(it1.cluster, name))]).toEqual([name, false]);
    expect(await it1.ok('daemon stop')).toBe('no daemon is running\n');
    // What a stopped daemon leaves can be read by people.
    expect(JSON.parse(readFileSync(join(it1.cluster, 'etcd/registry/nodes/node-1.json'), 'utf8'))).toMatchObject({ kind: 'Node', metadata: { name: 'node-1' } });
  });
});
