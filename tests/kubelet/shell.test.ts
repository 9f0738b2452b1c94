import { resolveImage } from '../../src/kubelet/images/registry.ts';
import { FileHistory } from '../../src/kubelet/cri/process/files.ts';
import { Process } from '../../src/kubelet/cri/process/process.ts';

function run(script: string, { image = 'busybox', env = {} }: { image?: string; env?: Record<string, string> } = {}): Process {
  return new Process({
    entry: resolveImage(image).entry, argv: ['sh', '-c', script], environment: () => new Map(Object.entries(env)), hostname: 'web', workingDir: '/', startedAtMs: Date.UTC(2025, 0, 1), uid: 0,
    memoryLimit: undefined, realistic: false, files: () => new FileHistory(), mounts: [], network: undefined,
  });
}
const text = (process: Process, ageMs = 0): string => process.output(ageMs).map((line) => `${line.text}\n`).join('');
const output = (script: string, env?: Record<string, string>): string => text(run(script, env ? { env } : {}), 3_600_000);

describe('shell scripts', () => {
  it.each<[string, string]>([
    ['echo hi; echo there', 'hi\nthere\n'],
    ['echo "a  b" c   d', 'a  b c d\n'],
    ["echo 'it''s $HOME'", 'its $HOME\n'],
    ['true && echo yes || echo no', 'yes\n'],
    ['false && echo yes || echo no', 'no\n'],
    ['A=1; B="$A-2"; echo ${B} ${C:-none}', '1-2 none\n'],
    ['for i in 1 2 3; do echo $i; done', '1\n2\n3\n'],
    ['for i in $(seq 1 3); do printf "%02d " $i; done; echo', '01 02 03 \n'],
    ['i=0; while [ $i -lt 3 ]; do i=$((i+1)); echo $i; done', '1\n2\n3\n'],
    ['if [ -f /nope ]; then echo a; elif test 1 -eq 1; then echo b; else echo c; fi', 'b\n'],
    ['case abc in x*) echo x;; a*|b*) echo a;; *) echo other;; esac', 'a\n'],
    ['echo one > /tmp/f; echo two >> /tmp/f; cat /tmp/f | wc -l', '2\n'],
    ['echo err 1>&2', 'err\n'],
    ['ls /nope', 'ls: /nope: No such file or directory\n'],
    ['ls /nope 2>/dev/null; echo $?', '1\n'],
    ['nope', 'sh: nope: not found\n'],
    ['f() { echo "got $1"; }; f x', 'got x\n'],
    ['(cd /tmp; pwd); pwd', '/tmp\n/\n'],
    ['echo $(echo a; echo b)', 'a b\n'],
    ['echo a b c | tr a-z A-Z', 'A B C\n'],
    ['set -e; false; echo no', ''],
    ['date -u +%Y-%m-%dT%H:%M:%S; sleep 61; date +%T', '2025-01-01T00:00:00\n00:01:01\n'],
    ['date', 'Wed Jan  1 00:00:00 UTC 2025\n'],
    ['hostname', 'web\n'],
    ['echo {"a":1}', '{a:1}\n'],
    ['sleep 2 & sleep 1; echo one; wait; echo two', 'one\ntwo\n'],
    ['if then', 'sh: syntax error: unexpected "then"\n'],
  ])('%s', (script, expected) => expect(output(script)).toBe(expected));

  it.each<[string, { atMs: number; code: number } | undefined]>([
    ['exit 3', { atMs: 1, code: 3 }],
    ['sleep 5; exit 0', { atMs: 5000, code: 0 }],
    ['sleep 1m', { atMs: 60_000, code: 0 }],
    ['false', { atMs: 1, code: 1 }],
    ['nope', { atMs: 1, code: 127 }],
    ['sleep 2 && false || sleep 3', { atMs: 5000, code: 0 }],
    ['sleep infinity', undefined],
    ['tail -f /dev/null', undefined],
    ['while true; do :; done', undefined],
    ['while :; do echo; sleep 10; done', undefined],
    ['timeout 3 sleep 10', { atMs: 3000, code: 124 }],
  ])('%s ends as it must', (script, expected) => expect(run(script).end().end).toEqual(expected));

  it('a loop goes on for as long as it is looked at', () => {
    const process = run('while true; do date +%s; sleep 10; done');
    expect(process.output(35_000)).toHaveLength(4);
    expect(process.output(3_600_000).length).toBeGreaterThan(355);
    expect(process.nextOutputMs(5000)).toBe(10_000);
  });

  it('files have a history', () => {
    const process = run('touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep 600');
    expect(process.exec(['cat', '/tmp/healthy'], 29_000)).toMatchObject({ code: 0 });
    expect(process.exec(['cat', '/tmp/healthy'], 31_000)).toMatchObject({ code: 1, stderr: "cat: can't open '/tmp/healthy': No such file or directory\n" });
  });

  it('what others do to the files is seen', () => {
    const process = run('while [ ! -f /tmp/go ]; do sleep 1; done; echo gone');
    expect(process.end().end).toBeUndefined();
    expect(process.exec(['touch', '/tmp/go'], 5500)).toMatchObject({ code: 0 });
    const { end } = process.end();
    expect(end?.code).toBe(0);
    expect(end?.atMs).toBeGreaterThan(5500);
    expect(end?.atMs).toBeLessThan(7500);
  });

  it('computes π', () => {
    const process = new Process({ ...run('').options, entry: resolveImage('perl:5.34.0').entry, argv: ['perl', '-Mbignum=bpi', '-wle', 'print bpi(50)'] });
    expect(text(process, 10_000)).toBe('3.1415926535897932384626433832795028841971693993751\n');
    expect(process.end().end?.code).toBe(0);
  });

  it('SIGTERM is ignored without a trap', () => {
    expect(run('sleep 100').onStop(10)).toBeUndefined();
    expect(run('trap "exit 7" TERM; sleep 100').onStop(10)).toBe(7);
  });
});

describe('programs of images', () => {
  const started = (image: string, args: readonly string[] = [], env: Record<string, string> = {}) => {
    const { entry } = resolveImage(image);
    return new Process({ ...run('').options, entry, argv: [...(entry.entrypoint ?? []), ...(args.length > 0 ? args : (entry.cmd ?? []))], environment: () => new Map(Object.entries({ ...entry.env, ...env })) });
  };

  it('servers listen and answer', () => {
    const nginx = started('nginx');
    expect([nginx.listens(80, 0), nginx.listens(81, 0), nginx.http('/', 0), nginx.http('/nope?x=1', 0)]).toEqual([true, false, 200, 404]);
    expect(nginx.end()).toEqual({});
    expect(nginx.onStop(0)).toBe(0);
  });

  it('nginx shows its page, and tells its version by the tag', () => {
    const nginx = started('nginx:1.25');
    expect(nginx.body('/', 0)).toContain('<title>Welcome to nginx!</title>');
    expect(nginx.exec(['nginx', '-v'], 0)).toMatchObject({ code: 0, stdout: '', stderr: 'nginx version: nginx/1.25.5\n' });
    expect(started('nginx:1.14.2').exec(['nginx', '-v'], 0).stderr).toBe('nginx version: nginx/1.14.2\n');
    // A volume over the folder hides what the image has there.
    const covered = new Process({ ...nginx.options, mounts: ['/usr/share/nginx/html'] });
    expect([covered.body('/', 0), covered.http('/', 0)]).toEqual(['', 403]);
  });

  it('ports come from flags and the environment', () => {
    expect(started('registry.k8s.io/e2e-test-images/agnhost:2.40', ['netexec', '--http-port=9090']).listens(9090, 0)).toBe(true);
    expect(started('hashicorp/http-echo', ['-listen=:8080', '-text=hi']).listens(8080, 0)).toBe(true);
    expect(started('gcr.io/google-samples/hello-app:1.0', [], { PORT: '9000' }).listens(9000, 0)).toBe(true);
  });

  it('the liveness example turns bad after ten seconds', () => {
    const process = started('registry.k8s.io/e2e-test-images/agnhost:2.40', ['liveness']);
    expect([process.http('/healthz', 9000), process.http('/healthz', 11_000)]).toEqual([200, 500]);
  });

  it('a database without its password says so and ends', () => {
    const process = started('mysql:8.0');
    expect(process.end().end).toMatchObject({ code: 1 });
    expect(text(process)).toContain('Database is uninitialized and password option is not specified');
    expect(started('mysql:8.0', [], { MYSQL_ROOT_PASSWORD: 'x' }).listens(3306, 0)).toBe(true);
  });

  it('one-shots end', () => {
    expect(started('hello-world').end().end).toEqual({ atMs: 5, code: 0 });
    expect(text(started('hello-world'), 10)).toContain('Hello from Docker!');
  });
});
