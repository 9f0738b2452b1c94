/** Into containers and out again: exec, run -i, cp, port-forward, proxy, as real processes. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { sharedDaemon } from './support.ts';

const it1 = sharedDaemon('--nodes 1 --seed 1');

beforeAll(async () => {
  await it1.ok('run web --image=nginx --port=80');
  await it1.ok('run box --image=busybox --command -- sleep 3600');
  await it1.ok('wait --for=condition=Ready pod/web pod/box');
});

test('exec: both outputs, standard input, exit codes', async () => {
  expect(await it1.run(`exec box -- sh -c 'echo out; echo err >&2; exit 3'`)).toEqual({ code: 3, stdout: 'out\n', stderr: 'err\ncommand terminated with exit code 3\n' });
  expect(await it1.ok('exec -i box -- cat', { input: 'a\nb' })).toBe('a\nb');
  expect(await it1.run('exec -i box -- sh', { input: 'cd /tmp\npwd\nexit 4\necho never\n' })).toEqual({ code: 4, stdout: '/tmp\n', stderr: 'command terminated with exit code 4\n' });
  expect(await it1.fails('exec box ls')).toContain('exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead');
  expect(await it1.fails('exec none -- ls')).toBe('Error from server (NotFound): pods "none" not found\n');
});

test('a pod that is talked to, and goes', async () => {
  const { code, stdout } = await it1.run('run guest -i --rm --image=busybox --restart=Never -- sh', { input: 'hostname\nexit 7\n' });
  expect({ code, stdout }).toEqual({ code: 7, stdout: 'guest\npod "guest" deleted\n' });
});

test('a process that reads its input, and one that has enough', async () => {
  expect(await it1.ok(`exec -i box -- sh -c 'while read -r a b; do echo "$b-$a"; done'`, { input: '1 2\n3 4\n' })).toBe('2-1\n4-3\n');
  expect(await it1.ok('exec -i box -- head -n 1', { input: 'a\nb\n' })).toBe('a\n');
  expect(await it1.run('exec -i box -- sh -i', { input: 'echo hi\nexit 2\n' })).toEqual({ code: 2, stdout: 'hi\n', stderr: "sh: can't access tty; job control turned off\n/ # / # command terminated with exit code 2\n" });
  const { code, stdout } = await it1.run('run reader -i --rm --image=busybox --restart=Never -- cat', { input: 'to and fro\n' });
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'to and fro\npod "reader" deleted\n' });
});

test('Ctrl-C ends a conversation', async () => {
  const attached = it1.start('attach web');
  await attached.printed("If you don't see a command prompt, try pressing enter.");
  attached.interrupt();
  expect(await attached.result).toMatchObject({ code: 130 });
});

test('files and folders go in and come out as they were', async () => {
  const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 7919) % 256));
  mkdirSync(it1.path('source/sub'), { recursive: true });
  writeFileSync(it1.path('source/text.txt'), 'größer\n');
  writeFileSync(it1.path('source/sub/bytes.bin'), bytes);
  for (const pod of ['box', 'web']) {
    await it1.ok(`cp ${it1.path('source')} ${pod}:/tmp/copy`);
    expect(await it1.ok(`exec ${pod} -- cat /tmp/copy/text.txt`)).toBe('größer\n');
    expect((await it1.run(`cp ${pod}:/tmp/copy ${it1.path(pod)}`)).code).toBe(0);
    expect(readFileSync(it1.path(pod, 'sub/bytes.bin')).equals(bytes)).toBe(true);
  }
  expect(await it1.fails('cp nofile box:/tmp')).toBe("error: nofile doesn't exist in local filesystem\n");
});

test('a forwarded port answers until Ctrl-C, which is no failure', async () => {
  const forwarding = it1.start('port-forward pod/web :80 --address 127.0.0.1');
  await forwarding.printed('-> 80\n');
  const port = portOf(forwarding, /127\.0\.0\.1:(\d+) -> 80/);
  expect((await fetched(port, '/')).code).toBe(200);
  expect((await fetched(port, '/missing')).code).toBe(404);
  forwarding.interrupt();
  expect((await forwarding.result).code).toBe(0);
});

test('the API through a local proxy, and what it refuses', async () => {
  const proxy = it1.start('proxy --port=0');
  await proxy.printed('Starting to serve on');
  const port = portOf(proxy, /Starting to serve on 127\.0\.0\.1:(\d+)/);
  expect(JSON.parse((await fetched(port, '/api/v1/namespaces/default/pods/web')).body)).toMatchObject({ kind: 'Pod', metadata: { name: 'web' } });
  expect(await fetched(port, '/api/v1/namespaces/default/pods/web/exec')).toEqual({ code: 403, body: 'Forbidden\n' });
  expect(await fetched(port, '/version', 'elsewhere.example')).toEqual({ code: 403, body: 'Forbidden\n' });
  proxy.interrupt();
  await proxy.result;
});

test('pages of pods and services through the API server', async () => {
  await it1.ok('expose pod web --port=8080 --target-port=80');
  await it1.ok('create service clusterip lonely --tcp=80');
  await it1.run(`wait --for=jsonpath='{.subsets[0].addresses[0].ip}' endpoints/web`);
  const raw = (path: string) => `get --raw ${JSON.stringify(`/api/v1/namespaces/default/${path}`)}`;
  const ip = await it1.ok(`get pod box -o jsonpath='{.status.podIP}'`);
  await it1.ok(`exec web -- sh -c 'echo hello > /usr/share/nginx/html/index.html'`);
  const page = await it1.ok(raw('pods/web/proxy/'));
  expect(page).toBe('hello\n');
  for (const path of ['pods/web:80/proxy/', 'pods/http:web:80/proxy/', 'services/web/proxy/', 'services/web:8080/proxy/?a=b', 'services/http:web:8080/proxy/']) expect(await it1.ok(raw(path))).toBe(page);
  expect(await it1.fails(raw('pods/web/proxy/missing'))).toBe('Error from server (NotFound): the server could not find the requested resource\n');
  expect(await it1.fails(raw('pods/box/proxy/'))).toBe(`Error from server (ServiceUnavailable): error trying to reach service: dial tcp ${ip}:80: connect: connection refused\n`);
  expect(await it1.fails(raw('pods/https:web:80/proxy/'))).toBe('Error from server (ServiceUnavailable): error trying to reach service: http: server gave HTTP response to HTTPS client\n');
  expect(await it1.fails(raw('services/lonely/proxy/'))).toBe('Error from server (ServiceUnavailable): no endpoints available for service "lonely"\n');
  expect(await it1.fails(raw('services/web:9/proxy/'))).toBe('Error from server (ServiceUnavailable): no service port 9 found for service "web"\n');
  expect(await it1.fails(raw('pods/ftp:web:80/proxy/'))).toBe('Error from server (BadRequest): invalid pod request "ftp:web:80"\n');
  expect(await it1.ok(raw('pods/web:http/proxy/'))).toBe(page);
  expect(await it1.fails(raw('pods/web:foo/proxy/'))).toBe('Error from server (ServiceUnavailable): error trying to reach service: dial tcp: lookup tcp/foo: unknown port\n');
  expect(await it1.fails(raw('pods/none/proxy/'))).toBe('Error from server (NotFound): pods "none" not found\n');
  expect(await it1.fails(`--as=jane ${raw('pods/web/proxy/')}`)).toBe('Error from server (Forbidden): pods "web" is forbidden: User "jane" cannot get resource "pods/proxy" in API group "" in the namespace "default"\n');
});

test('pages of a kubelet through the API server', async () => {
  const raw = (path: string) => `get --raw ${JSON.stringify(`/api/v1/nodes/${path}`)}`;
  for (const node of ['node-1', 'node-1:10250', 'https:node-1:10250']) expect(await it1.ok(raw(`${node}/proxy/healthz`))).toBe('ok');
  expect(JSON.parse(await it1.ok(raw('node-1/proxy/stats/summary')))).toMatchObject({ node: { nodeName: 'node-1' } });
  expect(await it1.ok(raw('node-1/proxy/containerLogs/default/web/web?tailLines=1'))).toBe(await it1.ok('logs web --tail=1'));
  expect(await it1.ok(raw('node-1/proxy/logs/'))).toContain('<a href="pods/">pods/</a>');
  expect(await it1.fails(raw('node-1/proxy/none'))).toBe('Error from server (NotFound): the server could not find the requested resource\n');
  expect(await it1.fails(raw('none/proxy/healthz'))).toBe('Error from server (NotFound): nodes "none" not found\n');
  expect(await it1.fails(raw('node-1:80/proxy/'))).toBe('Error from server (ServiceUnavailable): error trying to reach service: dial tcp 172.18.0.2:80: connect: connection refused\n');
  expect(await it1.fails(raw('ftp:node-1:80/proxy/'))).toBe('Error from server (BadRequest): invalid node request "ftp:node-1:80"\n');
  expect(await it1.fails(`--as=jane ${raw('node-1/proxy/healthz')}`)).toBe('Error from server (Forbidden): nodes "node-1" is forbidden: User "jane" cannot get resource "nodes/proxy" in API group "" at the cluster scope\n');
});

test('a debug container in a running pod, a copy of a pod, a pod on a node', async () => {
  const talk = await it1.run('debug box -i --image=busybox --profile=general -c helper --target=box', { input: 'hostname\n' });
  expect(talk).toEqual({ code: 0, stdout: 'Targeting container "box". If you don\'t see processes from this container it may be because the container runtime doesn\'t support this feature.\nbox\n', stderr: "If you don't see a command prompt, try pressing enter.\n" });
  expect(await it1.ok(`get pod box -o jsonpath='{.spec.ephemeralContainers[*].name} {.spec.ephemeralContainers[0].securityContext}'`)).toBe('helper {"capabilities":{"add":["SYS_PTRACE"]}}');
  await it1.ok('debug web --copy-to=twin --profile=general --set-image=web=httpd --image=busybox -c extra');
  expect(await it1.ok(`get pod twin -o jsonpath='{.spec.containers[*].image} {.metadata.labels} {.spec.shareProcessNamespace}'`)).toBe('httpd busybox  true');
  const said = await it1.ok('debug node/node-1 --image=busybox --profile=sysadmin -- sleep 60');
  const name = /^Creating debugging pod (node-debugger-node-1-\w{5}) with container debugger on node node-1\.\n$/.exec(said)?.[1] ?? '';
  expect(await it1.ok(`get pod ${name} -o jsonpath='{.spec.nodeName} {.spec.hostPID} {.spec.containers[0].volumeMounts[0].mountPath}'`)).toBe('node-1 true /host');
  expect(await it1.fails('debug box')).toBe('error: you must specify --image when not using --copy-to.\n');
});

/** The port that a running command has told of. */
function portOf(running: ReturnType<typeof it1.start>, pattern: RegExp): number {
  return Number(pattern.exec(running.said())?.[1]);
}

function fetched(port: number, path: string, host = 'localhost'): Promise<{ code: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, agent: false, headers: { host } }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => resolve({ code: response.statusCode, body }));
    }).on('error', reject);
  });
}
