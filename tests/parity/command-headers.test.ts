/** What requests tell a server of the command that sends them: by the real kubectl and by ours. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeParity, oracleBeside } from './oracle.ts';
import { ours } from './run-ours.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const folder = mkdtempSync(join(tmpdir(), 'mock-kubectl-headers-'));
writeFileSync(join(folder, 'rc'), 'apiVersion: kubectl.config.k8s.io/v1alpha1\nkind: Preference\naliases: [{name: look, command: get}]\n');

describeParity('command headers', () => {
  let server: Server;
  let address = '';
  let asked: IncomingMessage['headers'][] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      // The real one asks for what there is first; at times without these headers.
      if (!/^\/apis?(\?|$)/.test(request.url ?? '')) asked.push(request.headers);
      response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a","namespace":"default"},"major":"1","minor":"33","gitVersion":"v1.33.0"}');
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    address = `--server=http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The commands that requests tell of, with whether all are of one session. */
  async function told(run: () => Promise<unknown>): Promise<unknown> {
    asked = [];
    await run();
    const sessions = new Set(asked.map((headers) => headers['kubectl-session']));
    const [session] = sessions;
    return { asked: asked.length > 0, commands: [...new Set(asked.map((headers) => headers['kubectl-command']))], session: sessions.size === 1 && (session === undefined ? 'none' : UUID.test(String(session))) };
  }

  it.each<[string, Record<string, string>]>([
    ['get --raw /x', {}], ['version', {}], ['replace --raw /x -f /dev/null', {}], ['create --raw=/x -f /dev/null', {}], ['look --raw /x', { KUBECTL_KUBERC: 'true' }],
    ['version', { KUBECTL_COMMAND_HEADERS: 'false' }], ['version', { KUBECTL_COMMAND_HEADERS: '0' }], ['version', { KUBECTL_COMMAND_HEADERS: 'FALSE' }], ['version', { KUBECTL_COMMAND_HEADERS: '' }],
  ])('%s with %j', async (line, env) => {
    const args = [...line.split(' '), address, ...(env['KUBECTL_KUBERC'] === undefined ? [] : [`--kuberc=${join(folder, 'rc')}`])];
    const real = await told(() => oracleBeside(args, env));
    expect(await told(() => ours(args, undefined, '', env))).toEqual(real);
    expect(real).toMatchObject({ asked: true });
  });
});
