/** Programs that nobody here wrote, over HTTPS: client libraries on every kind, and an operator made with one of them. */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { KIND_FIXTURES } from '../support/kind-fixtures.ts';
import { root, Session } from './support.ts';

jest.setTimeout(120_000);

const session = new Session();
const kubeconfig = join(session.cluster, 'kubeconfig');
// Questions and orders are not stored.
const manifests = KIND_FIXTURES.filter(({ resource }) => resource.verbs.includes('get')).map(({ file }) => file);

beforeAll(async () => {
  await session.ok('daemon start --nodes 2');
});
afterAll(() => session.end());

/** The lines that a client prints: its faults, and how many kinds it has been through. */
function walk(program: string, script: string): unknown[] {
  const { stdout, stderr } = spawnSync(program, [join(root, 'tests/clients', script), kubeconfig, ...manifests], { encoding: 'utf8', timeout: 110_000 });
  if (stdout === '') throw new Error(stderr);
  return stdout.trim().split('\n').map((line) => JSON.parse(line) as unknown);
}

test('the official JavaScript client does all it can with every kind, follows with an informer and runs a command', () => {
  expect(walk(process.execPath, 'javascript.mjs')).toEqual([{ kinds: manifests.length, faults: 0 }]);
});

const python = ['python3', '/usr/bin/python3'].find((program) => spawnSync(program, ['-c', 'import kubernetes']).status === 0);
if (python === undefined) process.stderr.write("Python's client on every kind: skipped, there is no python3-kubernetes on this machine\n");
(python === undefined ? test.skip : test)("Python's client does all it can with every kind", () => {
  expect(walk(python as string, 'python.py')).toEqual([{ kinds: manifests.length, faults: 0 }]);
});

test('an operator keeps what its custom resources ask for', async () => {
  await session.ok('apply -f fixtures/operator/website.yaml');
  await session.ok('wait --for=condition=Established crd/websites.example.com');
  const operator = spawn(process.execPath, [join(root, 'fixtures/operator/operator.mjs')], { env: { ...process.env, KUBECONFIG: kubeconfig }, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await new Promise((resolve) => operator.stdout.once('data', resolve));
    const website = 'apiVersion: example.com/v1\nkind: Website\nmetadata: {name: shop}\nspec: {image: nginx, replicas: 2}\n';
    await session.ok('apply -f -', { input: website });
    await session.ok(`wait website/shop --for=jsonpath={.status.readyReplicas}=2 --timeout=20s`);
    await session.ok('scale website/shop --replicas=3');
    await session.ok(`wait website/shop --for=jsonpath={.status.readyReplicas}=3 --timeout=20s`);
    expect(await session.ok('get ws')).toMatch(/^NAME +IMAGE +READY +AGE\nshop +nginx +3 +\d+s\n$/);
    // Somebody else's change is put right.
    await session.ok('scale deployment/shop --replicas=1');
    await session.ok('wait deployment/shop --for=jsonpath={.spec.replicas}=3 --timeout=20s');
    await session.ok('delete website/shop');
    await session.ok('wait deployment/shop service/shop --for=delete --timeout=20s');
  } finally {
    operator.kill('SIGKILL');
  }
});
