/** What a list says of its items: over the wire they don't repeat it where the kind is built in; clients fill it in. */
import { get } from 'node:http';
import { connect } from 'node:net';
import { CONFIGMAPS } from '../../../src/api/kinds.ts';
import { Client } from '../../../src/client/client.ts';
import { RestTransport } from '../../../src/client/transports/rest.ts';
import { ask, cronTab, cronTabs, define, GROUP } from '../customresources/support.ts';
import { servedCluster } from '../support/served-cluster.ts';

const { cluster, socketPath } = servedCluster();

interface List {
  readonly kind: string;
  readonly items: readonly { readonly kind?: string; readonly apiVersion?: string }[];
}

const read = (path: string): Promise<List> =>
  new Promise((resolve, reject) => {
    get({ socketPath, path }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part)).on('end', () => resolve(JSON.parse(text) as List));
    }).on('error', reject);
  });

test('items of a built-in kind do not tell it, and a client knows it all the same', async () => {
  await cluster.of(CONFIGMAPS).create({ metadata: { name: 'a', namespace: 'default' } });
  const { kind, items } = await read('/api/v1/namespaces/default/configmaps');
  expect([kind, items.map((item) => [item.kind, item.apiVersion])]).toEqual(['ConfigMapList', [[undefined, undefined]]]);
  const transport = new RestTransport({ dial: () => connect(socketPath), host: 'localhost' });
  expect((await new Client(transport, { userAgent: 'test' }).of(CONFIGMAPS).list('default')).items).toMatchObject([{ kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'a' } }]);
});

test('items of custom resources do', async () => {
  await define(cluster, cronTabs());
  await ask(cluster, { verb: 'create', body: cronTab('a') });
  expect((await read(`/apis/${GROUP}/v1/namespaces/default/crontabs`)).items).toMatchObject([{ kind: 'CronTab', apiVersion: `${GROUP}/v1` }]);
});
