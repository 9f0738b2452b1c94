/** kubectl as others make it, old and new, on every kind over HTTPS: created, shown, changed in each way, applied and deleted. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { KIND_FIXTURES } from '../support/kind-fixtures.ts';
import { oraclePath } from '../parity/oracle.ts';
import { Session } from './support.ts';

const VERSIONS = ['1.27', '1.33'];
/** Ten commands of another program on a busy machine. */
const TIMEOUT_MS = 300_000;
const program = (version: string): string => (oraclePath === undefined ? '' : join(dirname(oraclePath), `kubectl.${version}`));

const session = new Session();
const manifests = session.path('kinds');
let started = false;

beforeAll(async () => {
  mkdirSync(manifests);
  // Questions and orders are not stored.
  for (const { resource, file } of KIND_FIXTURES) if (resource.verbs.includes('get')) copyFileSync(file, join(manifests, basename(file)));
  started = VERSIONS.some((version) => existsSync(program(version)));
  if (started) expect((await session.start('daemon start --nodes 1').result).code).toBe(0);
});
afterAll(async () => {
  if (started) await session.start('daemon stop').result;
  await session.end();
});

for (const version of VERSIONS) {
  const there = existsSync(program(version));
  if (!there) process.stderr.write(`kubectl ${version} on every kind: skipped, there is none on this machine\n`);
  (there ? test : test.skip)(`kubectl ${version} does all it can with every kind`, () => {
    const kubectl = (...args: string[]): string => {
      const { status, stdout, stderr } = spawnSync(program(version), args, { encoding: 'utf8', env: { PATH: '/usr/bin:/bin', HOME: session.home, KUBECONFIG: join(session.cluster, 'kubeconfig') } });
      expect([args.join(' '), status, status === 0 ? '' : stderr]).toEqual([args.join(' '), 0, '']);
      return stdout;
    };
    const count = KIND_FIXTURES.filter(({ resource }) => resource.verbs.includes('get')).length;
    const lines = (text: string): number => text.trim().split('\n').length;
    expect(lines(kubectl('create', '-f', manifests))).toBe(count);
    expect(lines(kubectl('get', '-f', manifests, '-o', 'name'))).toBe(count);
    kubectl('get', '-f', manifests, '-o', 'wide');
    expect(lines(kubectl('label', '-f', manifests, 'step=label'))).toBe(count);
    for (const type of ['merge', 'json']) {
      const patch = type === 'merge' ? '{"metadata":{"annotations":{"step":"merge"}}}' : '[{"op":"add","path":"/metadata/annotations/step","value":"json"}]';
      for (const name of ['pods/pod', 'leases.coordination.k8s.io/lease', 'flowschemas/flowschema', 'hpa/autoscaler-v1']) kubectl('patch', name, `--type=${type}`, '-p', patch);
    }
    kubectl('apply', '-f', manifests);
    expect(lines(kubectl('apply', '--server-side', '--force-conflicts', '-f', manifests))).toBe(count);
    // Old programs describe IPAddresses in a version that v1.33 does not serve any more.
    if (version === '1.33') kubectl('describe', '-f', manifests);
    expect(lines(kubectl('delete', '--now', '-f', manifests))).toBe(count);
    expect(kubectl('get', '-f', manifests, '--ignore-not-found')).toBe('');
  }, TIMEOUT_MS);
}
