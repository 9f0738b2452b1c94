/** Custom resources through the program: defined by one command, used by the next, with a daemon and without. */
import { join } from 'node:path';
import { session, table } from './support.ts';

const fixtures = join(__dirname, '../../fixtures/custom');
const it1 = session();

test('without a daemon a definition is served to the next command', async () => {
  expect(await it1.run(`apply -f ${fixtures}/crontabs.yaml -f ${fixtures}/crontab.yaml`)).toMatchObject({
    code: 1,
    stdout: 'customresourcedefinition.apiextensions.k8s.io/crontabs.stable.example.com created\n',
    stderr: expect.stringContaining('no matches for kind "CronTab" in version "stable.example.com/v1"\nensure CRDs are installed first') as string,
  });
  expect(await it1.ok(`apply -f ${fixtures}/crontab.yaml`)).toBe('crontab.stable.example.com/my-new-cron-object created\n');
  expect(table(await it1.ok('get ct'))).toMatchObject([{ NAME: 'my-new-cron-object', SPEC: '* * * * */5', REPLICAS: '1' }]);
  expect(await it1.fails(`patch ct my-new-cron-object --type=merge -p '{"spec":{"replicas":11}}'`)).toContain('spec.replicas: Invalid value: 11: spec.replicas in body should be less than or equal to 10');
  expect(await it1.ok('scale ct my-new-cron-object --replicas=3')).toBe('crontab.stable.example.com/my-new-cron-object scaled\n');
});

test('a daemon finds it, its garbage collector follows it, and both go together', async () => {
  await it1.ok('daemon start --nodes 1');
  await it1.ok(`create -f ${fixtures}/certificates.yaml`);
  expect(await it1.ok('wait --for=condition=Established crd/certificates.pki.example.org --timeout=10s')).toBe('customresourcedefinition.apiextensions.k8s.io/certificates.pki.example.org condition met\n');
  await it1.ok(`create -f ${fixtures}/certificate.yaml`);
  expect(await it1.ok('get pki -o name')).toBe('certificate.pki.example.org/web\n');
  expect(await it1.ok('get all -o name')).toContain('crontab.stable.example.com/my-new-cron-object\n');
  const uid = await it1.ok('get ct my-new-cron-object -o jsonpath={.metadata.uid}');
  await it1.ok('create configmap owned');
  await it1.ok(`patch configmap owned --type=merge -p '{"metadata":{"ownerReferences":[{"apiVersion":"stable.example.com/v1","kind":"CronTab","name":"my-new-cron-object","uid":"${uid}"}]}}'`);
  await it1.ok('delete ct my-new-cron-object');
  await it1.ok('wait --for=delete configmap/owned --timeout=20s');
  expect(await it1.ok(`delete -f ${fixtures}/certificate.yaml -f ${fixtures}/certificates.yaml`)).toBe('certificate.pki.example.org "web" deleted\ncustomresourcedefinition.apiextensions.k8s.io "certificates.pki.example.org" deleted\n');
  expect(await it1.fails('get cert')).toContain('the server doesn\'t have a resource type "cert"');
  await it1.ok('daemon stop');
});
