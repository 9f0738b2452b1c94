/**
 * A server that answered once and does not any more: the real kubectl still remembers what it serves, as ours always
 * knows, and both tell of it in the same words.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CannedServer } from './canned-server.ts';
import { describeParity, oracle, oracleBeside } from './oracle.ts';
import { ours } from './run-ours.ts';
import { sampled } from './support/sample.ts';

const folder = mkdtempSync(join(tmpdir(), 'mock-kubectl-away-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}
const map = file('map.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: map}\n');
const two = file('two.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: two}\n');
const foo = file('foo.yaml', 'apiVersion: example.com/v1\nkind: Foo\nmetadata: {name: foo}\n');

const LINES = [
  'get pods', 'get po,svc', 'get all', 'get all,nodes', `get -f ${map}`, 'delete pod x', 'delete all --all', 'describe pod x', 'describe all', 'logs x', 'exec x -- ls', 'create ns x', 'create cm x', 'create deployment x --image=x', 'create token x', 'version', 'rollout status deploy/x', 'rollout restart deploy/x', 'label pod x a=b', 'patch pod x -p {}', 'edit pod x', 'run x --image=x', 'wait --for=delete pod/x',
  'top pod', 'events', 'cordon node-1', 'drain node-1', 'taint node x a=b:NoSchedule', 'set image deploy/x a=b', 'auth whoami', 'auth can-i get pods', 'cluster-info', 'explain pods', 'get --raw /api', 'expose pod x --port=80', 'autoscale deploy x --max=3', 'certificate approve x', 'port-forward pod/x 80', 'cp x:/a b', 'create role x --verb=get --resource=pods',
  'scale deploy/x --replicas=1', 'scale deploy/x deploy/y --replicas=1', 'api-resources', 'api-resources -o name', 'api-resources --no-headers', 'api-resources -o wide', 'api-versions',
  ...['apply', 'create', 'replace'].flatMap((verb) => [`${verb} -f ${map}`, `${verb} -f ${two}`, `${verb} -f ${map} -f ${two}`, `${verb} -f ${foo}`, `${verb} -f ${map} --validate=warn`, `${verb} -f ${map} --validate=false`, `${verb} -f ${foo} --validate=false`, `${verb} -f ${map} --dry-run=client`]), `apply -f ${map} --server-side`, `replace --force -f ${map}`, `delete -f ${map}`, `diff -f ${map}`, `label -f ${map} a=b`, `get -f ${foo}`, `describe -f ${foo}`, `delete -f ${foo}`, `diff -f ${foo}`,
  'get nosuch', 'get nosuch x', 'get nosuch/x', 'get nosuch.example.com', 'get pods,nosuch', 'describe nosuch x', 'delete nosuch x', 'scale nosuch x --replicas=1', 'rollout status nosuch/x', 'explain nosuch', 'auth can-i get nosuch', 'create role x --verb=get --resource=nosuch', 'events --for=nosuch/x',
];

describeParity('a server that does not answer any more', () => {
  let address = '';
  beforeAll(async () => {
    const server = new CannedServer(() => undefined);
    address = await server.listen();
    await oracleBeside([`--server=${address}`, 'get', 'all'], { HOME: folder });
    await server.close();
  });

  // When and by which process a line of the log was written.
  const masked = (text: string): string => text.replace(/^([EW])\d{4} [\d:.]+ +\d+ /gm, '$1 ');

  test.each(sampled(LINES))('%s', async (line) => {
    const args = [`--server=${address}`, ...line.split(' ')];
    const real = oracle(args, '', { HOME: folder });
    const mine = await ours(args, undefined, '', { HOME: folder });
    expect({ ...mine, stderr: masked(mine.stderr) }).toEqual({ ...real, stderr: masked(real.stderr).replaceAll('kubectl.1.33', 'kubectl') });
  });
});
