/** `etcd`: looking into the store of a live cluster and of one that nobody serves; copies; damage and what is said of it. */
import { appendFileSync, chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { Session, sharedDaemon, table } from './support.ts';

const sessions: Session[] = [];
afterAll(async () => {
  for (const each of sessions) await each.end();
});
/** A terminal with a home of its own. */
function session(): Session {
  const made = new Session();
  sessions.push(made);
  return made;
}

const wal = (it: Session): string => {
  const folder = join(it.cluster, 'etcd/wal');
  return join(folder, readdirSync(folder).sort().at(-1) ?? '');
};

describe('of a live cluster', () => {
  const it1 = sharedDaemon();

  test('get, list and history show what is stored, with revisions', async () => {
    await it1.ok('create configmap a --from-literal=x=1');
    await it1.ok('label configmap a tier=front');
    expect(JSON.parse(await it1.ok('etcd get configmaps/default/a'))).toMatchObject({ kind: 'ConfigMap', data: { x: '1' }, metadata: { labels: { tier: 'front' } } });
    expect(await it1.ok('etcd get /registry/configmaps/default/a')).toBe(readTree(await it1.ok('etcd get configmaps/default/a')));
    const rows = table(await it1.ok('etcd list configmaps/default/'));
    const [row] = rows;
    expect(rows.map(({ KEY, VERSION, LEASE }) => [KEY, VERSION, LEASE])).toContainEqual(['/registry/configmaps/default/a', '2', '<none>']);
    const created = Number(row?.CREATED);
    expect(await it1.ok('etcd list configmaps/default/a --keys-only')).toBe('/registry/configmaps/default/a\n');
    expect(await it1.ok(`etcd get configmaps/default/a --rev ${created} -o yaml`)).toMatch(new RegExp(`^createRevision: ${created}\nkey: /registry/configmaps/default/a\nmodRevision: ${created}\nvalue:\n  apiVersion: v1\n`));
    expect(await it1.ok(`get configmap a -o jsonpath='{.metadata.resourceVersion}'`)).toBe(row?.MODIFIED);

    const history = await it1.ok('etcd history configmaps/default/a');
    expect(history).toMatch(new RegExp(`^revision ${created}  \\S+Z  created  version 1\n  \\+ kind: "ConfigMap"\n[^]*  \\+ data.x: "1"\nrevision \\d+  \\S+Z  changed  version 2\n`));
    expect(history).toContain('  + metadata.labels.tier: "front"\n');
    await it1.ok('delete configmap a');
    expect(await it1.ok('etcd history configmaps/default/a')).toMatch(/\nrevision \d+ {2}\S+Z {2}deleted\n$/);
    expect(await it1.ok(`etcd history configmaps/default/a --rev ${created}..${row?.MODIFIED}`)).toMatch(/^revision \d+ -> \d+ {2}version 1 -> version 2\n/);
    expect(await it1.fails('etcd get configmaps/default/a')).toBe('error: key "/registry/configmaps/default/a" not found\n');
    expect(await it1.fails('etcd get pods/x --rev 999999')).toBe('error: etcdserver: mvcc: required revision is a future revision\n');
  });

  test('Secrets are base64, as stored', async () => {
    await it1.ok('create secret generic s --from-literal=p=hidden');
    expect(JSON.parse(await it1.ok('etcd get secrets/default/s'))).toMatchObject({ data: { p: Buffer.from('hidden').toString('base64') } });
  });

  test('watch tells the past that is asked for, and what comes', async () => {
    await it1.ok('create configmap w1');
    const { MODIFIED } = table(await it1.ok('etcd list configmaps/default/w1'))[0] ?? {};
    const watch = it1.start(`etcd watch configmaps/default/w --rev ${MODIFIED} --changes`);
    await watch.printed('/w1');
    await it1.ok('create configmap w2');
    await it1.ok('annotate configmap w2 note=x');
    await it1.ok('delete configmap w2');
    await watch.printed('DELETE');
    watch.interrupt();
    const { stdout } = await watch.result;
    expect(stdout.replace(/^\d+ +/gm, '').split('\n').filter((line) => !line.includes('metadata.uid'))).toEqual([
      'CREATE  /registry/configmaps/default/w1', 'CREATE  /registry/configmaps/default/w2', 'UPDATE  /registry/configmaps/default/w2', '  + metadata.annotations.note: "x"', 'DELETE  /registry/configmaps/default/w2', '',
    ]);
  });

  test('a copy of it is consistent, can be checked, and is not restored over it', async () => {
    const file = it1.path('copy.snap');
    expect(await it1.ok(`etcd snapshot save ${file}`)).toMatch(/^snapshot saved: \S+ \(revision \d+, \d+ keys\)\n$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await it1.ok(`etcd snapshot status ${file}`)).toMatch(/^Hash: {5}[0-9a-f]{8}\nRevision: \d+\nKeys: {5}\d+\nSize: {5}\d+ bytes\nTime: {5}\S+Z\n$/);
    expect(await it1.fails(`etcd snapshot restore ${file} --force`)).toBe(`error: a daemon (pid ${it1.daemonPid()}) runs on ${it1.cluster}; stop it first (daemon stop)\n`);
    const other = session();
    expect(await other.ok(`etcd snapshot restore ${file}`)).toMatch(/^snapshot restored into /);
    expect(await other.ok('get secret s -o name')).toBe('secret/s\n');
    expect(await other.ok('etcd verify')).toMatch(/ is sound: revision \d+, /);
    expect(await other.ok(`get nodes --no-headers -o name`)).toBe(await it1.ok('get nodes --no-headers -o name'));
  });

  test('compact forgets what was superseded: older reads are gone, newer ones go on', async () => {
    await it1.ok('create configmap c --from-literal=x=1');
    const old = table(await it1.ok('etcd list configmaps/default/c'))[0]?.MODIFIED ?? '';
    expect(await it1.ok(`get --raw '/api/v1/namespaces/default/configmaps?resourceVersion=${old}&resourceVersionMatch=Exact'`)).toContain('"name":"c"');
    await it1.ok('delete configmap c');
    // As it was then, through the API.
    expect(await it1.ok(`get --raw '/api/v1/namespaces/default/configmaps?resourceVersion=${old}&resourceVersionMatch=Exact'`)).toContain('"name":"c"');
    expect(await it1.fails('create --raw /mock/etcd/compact -f -', { input: '{"revision":"x"}' })).toBe('Error from server (BadRequest): revision must be a whole number of at least 0\n');
    expect(await it1.ok('etcd compact')).toMatch(/^compacted revision \d+\n$/);
    expect(await it1.fails(`etcd get configmaps/default/c --rev ${old}`)).toBe('error: etcdserver: mvcc: required revision has been compacted\n');
    expect(await it1.fails(`get --raw '/api/v1/namespaces/default/configmaps?resourceVersion=${old}&resourceVersionMatch=Exact'`)).toBe('Error from server (Expired): The resourceVersion for the provided list is too old.\n');
    expect(await it1.fails('etcd watch --rev 2')).toBe('error: etcdserver: mvcc: required revision has been compacted\n');
  });

  test('verify', async () => {
    expect(await it1.ok('etcd verify')).toMatch(new RegExp(`^${it1.cluster}/etcd is sound: revision \\d+, \\d+ keys, history since revision \\d+\n$`));
  });
});

describe('a file of the tree that was edited by hand', () => {
  const it1 = session();

  test('changes nothing, is found by verify, and is put right', async () => {
    await it1.ok('create configmap a --from-literal=x=1');
    const file = join(it1.cluster, 'etcd/registry/configmaps/default/a.json');
    const before = readFileSync(file, 'utf8');
    writeFileSync(file, before.replace('"1"', '"2"'));
    expect(await it1.ok(`get configmap a -o jsonpath='{.data.x}'`)).toBe('1');
    expect(await it1.fails('etcd verify')).toMatch(/a\.json: does not show what \/registry\/configmaps\/default\/a holds at revision \d+\nerror: 1 problem found in /);
    expect(await it1.ok('etcd verify --repair')).toContain(' is sound: ');
    expect(readFileSync(file, 'utf8')).toBe(before);
    rmSync(join(it1.cluster, 'etcd/registry'), { recursive: true });
    expect(await it1.fails('etcd verify')).toBe(`${it1.cluster}/etcd/registry: the tree is missing; the next command writes it\nerror: 1 problem found in ${it1.cluster}/etcd\n`);
    await it1.ok('get configmaps');
    expect(readFileSync(file, 'utf8')).toBe(before);
  });
});

describe('without a daemon', () => {
  const it1 = session();

  test('a watch follows what other commands write, and keeps nobody out', async () => {
    await it1.ok('create configmap a');
    const watch = it1.start('etcd watch configmaps/ --rev 2 -o json');
    await watch.printed('configmaps/default/a');
    await it1.ok('create configmap b');
    await it1.ok('delete configmap b');
    await watch.printed('"delete"');
    watch.interrupt();
    const { stdout, code } = await watch.result;
    expect(code).toBe(130);
    expect(stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as { type: string; key: string; version: number }).map(({ type, key, version }) => `${type} ${key} ${version}`)).toEqual([
      'put /registry/configmaps/default/a 1', 'put /registry/configmaps/default/b 1', 'delete /registry/configmaps/default/b 0',
    ]);
  });

  test('where the loops run before a command returns, a watch tells what there is and ends', async () => {
    const converging = { env: { MOCK_KUBECTL_CONVERGE: '1' } };
    const it2 = session();
    await it2.ok('create configmap a', converging);
    expect(await it2.ok('etcd watch configmaps/default/a --rev 2', converging)).toMatch(/^\d+ +CREATE {2}\/registry\/configmaps\/default\/a\n$/);
  });

  test('a copy of a cluster with a time of its own goes on from that time', async () => {
    const converging = { env: { MOCK_KUBECTL_CONVERGE: '1' } };
    const [from, to] = [session(), session()];
    await from.ok('create deployment web --image=nginx', converging);
    await from.ok(`etcd snapshot save ${from.path('c')}`, converging);
    await to.ok(`etcd snapshot restore ${from.path('c')}`, converging);
    expect((await to.ok('clock show', converging)).slice(0, 16)).toBe((await from.ok('clock show', converging)).slice(0, 16));
    expect(await to.ok('get pods', converging)).toMatch(/web-\S+ +1\/1 +Running/);
    expect(await to.fails(`etcd snapshot restore ${from.path('c')}`, converging)).toBe(`error: ${to.cluster} holds a cluster already; --force puts the snapshot in its place\n`);
    expect(await to.ok(`etcd snapshot restore ${from.path('c')} --force`, converging)).toMatch(/^snapshot restored/);
  });
});

describe('damage', () => {
  test('in the log is named with its place by every command, and nothing is changed', async () => {
    const it1 = session();
    await it1.ok('create configmap a --from-literal=x=1');
    const file = wal(it1);
    const bytes = readFileSync(file);
    const at = bytes.indexOf('"x":"1"');
    bytes[at + 5] = 0x32;
    writeFileSync(file, bytes);
    const line = bytes.lastIndexOf('\n', at) + 1;
    const what = `${file}: offset ${line}: the record does not match its checksum\n`;
    expect(await it1.fails('get configmaps')).toBe(`error: ${what}`);
    expect(await it1.fails('daemon start')).toBe(`error: ${what}`);
    expect(await it1.fails('etcd verify')).toBe(`${what}error: 1 problem found in ${it1.cluster}/etcd\n`);
    expect(readFileSync(file).equals(bytes)).toBe(true);
  });

  test('a log that is gone', async () => {
    const it1 = session();
    await it1.ok('create configmap a');
    rmSync(wal(it1));
    expect(await it1.fails('etcd verify')).toContain('registry.revision: the tree shows revision');
  });

  test('of a copy', async () => {
    const it1 = session();
    const file = it1.path('copy.snap');
    await it1.ok(`etcd snapshot save ${file}`);
    appendFileSync(file, 'x');
    expect(await it1.fails(`etcd snapshot status ${file}`)).toMatch(/^error: \S+copy\.snap: offset \d+: the snapshot does not end as it should\n$/);
    expect(await it1.fails(`etcd snapshot restore ${file} --force`)).toContain('the snapshot does not end as it should');
    expect(await it1.ok('etcd verify')).toContain(' is sound: ');
    expect(await it1.fails(`etcd snapshot status ${it1.path('none')}`)).toMatch(/^error: .*no such file or directory/);
    expect(await it1.fails(`etcd snapshot save ${it1.path('none', 'x')}`)).toMatch(/^error: cannot write \S+: .*no such file or directory/);
  });
});

/** Runs a command line in a shell that sets a limit or a user first. */
function shell(it1: Session, script: string, options: { uid?: number } = {}): Promise<{ code: number; output: string }> {
  const program = join(process.env.MOCK_KUBECTL_E2E ?? '', 'bin/mock-kubectl');
  const child = spawn('bash', ['-c', script.replaceAll('mock-kubectl', `"${process.execPath}" "${program}"`)], { env: { PATH: process.env.PATH, HOME: it1.home, MOCK_KUBECTL_HOME: it1.cluster }, ...options });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code: code ?? -1, output })));
}

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('a disk that takes no more: the command fails and says so, nothing is half there, and all is well when there is room again', async () => {
  const it1 = session();
  await it1.ok('create configmap before');
  const size = Math.ceil(statSync(wal(it1)).size / 1024);
  // No file may grow further than this: what a full disk does, without one.
  const { code, output } = await shell(it1, `trap '' XFSZ; ulimit -f ${size + 1}; mock-kubectl create configmap big --from-literal=x=${'y'.repeat(8000)}`);
  expect(code).toBe(1);
  expect(output).toMatch(/^error: failed to create configmap: etcdserver: cannot write \S+\.wal: EFBIG: file too large, write\n$/);
  const names = (await it1.ok('get configmaps -o name')).split('\n');
  expect([names.includes('configmap/before'), names.includes('configmap/big')]).toEqual([true, false]);
  expect(await it1.ok('etcd verify')).toContain(' is sound: ');
  await it1.ok('create configmap after');
});

onLinux('a home that cannot be written to: one line that names it', async () => {
  const it1 = session();
  await it1.ok('create configmap a');
  const uid = process.getuid?.() === 0 ? { uid: 65534 } : {};
  if (uid.uid !== undefined) {
    // Readable by that user, not writable.
    for (const path of [process.env.MOCK_KUBECTL_E2E ?? '', it1.home, it1.cluster, join(it1.cluster, 'etcd')]) chmodSync(path, 0o755);
  } else chmodSync(join(it1.cluster, 'etcd'), 0o500);
  const { code, output } = await shell(it1, 'mock-kubectl create configmap b', uid);
  expect(code).toBe(1);
  expect(output).toMatch(/^error: failed to create configmap: \S+ cannot be the cluster's home: permission denied\n$/);
  if (uid.uid === undefined) chmodSync(join(it1.cluster, 'etcd'), 0o700);
  expect(await it1.ok('etcd verify')).toContain(' is sound: ');
  expect(existsSync(join(it1.cluster, 'etcd/lock'))).toBe(false);
});

onLinux('files and folders are their owner\'s alone', async () => {
  const it1 = session();
  await it1.ok('create secret generic s --from-literal=p=x');
  const modes = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      expect([path, (statSync(path).mode & 0o077).toString(8)]).toEqual([path, '0']);
      if (entry.isDirectory()) modes(path);
    }
  };
  modes(it1.cluster);
});

/** What `etcd get` prints is what stands in the tree. */
const readTree = (text: string): string => `${JSON.stringify(JSON.parse(text), null, 2)}\n`;
