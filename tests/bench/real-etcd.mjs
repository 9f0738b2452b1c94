/** A real etcd to hold the store against, where one is installed (Debian: etcd-server). */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const MEMORY = '/dev/shm';

export function etcdProgram() {
  return (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'etcd')).find((path) => existsSync(path));
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/**
 * Runs `body` with a client of a fresh etcd of one member. It always flushes; where that shall cost nothing its folder is
 * in memory. Spoken to through its JSON gateway, which costs it some: there is no gRPC library here.
 */
export async function withEtcd(program, folder, flushed, body) {
  const path = mkdtempSync(join(!flushed && existsSync(MEMORY) ? MEMORY : folder, 'etcd-bench-'));
  const [client, peer] = [await freePort(), await freePort()];
  const urls = [client, peer].map((port) => `http://127.0.0.1:${port}`);
  const child = spawn(program, ['--data-dir', path, '--listen-client-urls', urls[0], '--advertise-client-urls', urls[0], '--listen-peer-urls', urls[1], '--initial-advertise-peer-urls', urls[1], '--initial-cluster', `default=${urls[1]}`, '--log-level', 'error'], { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const agent = new Agent({ keepAlive: true, maxSockets: 128 });
  const call = (what, message, onData) =>
    new Promise((resolve, reject) => {
      const text = JSON.stringify(message);
      const sent = request({ agent, port: client, host: '127.0.0.1', method: 'POST', path: `/v3/${what}`, headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) } }, (response) => {
        const chunks = [];
        response.on('data', (chunk) => (onData ? onData(chunk) : chunks.push(chunk)));
        response.on('end', () => resolve(Buffer.concat(chunks).toString()));
      });
      sent.on('error', reject);
      sent.end(text);
    });
  const base64 = (text) => Buffer.from(text).toString('base64');
  try {
    for (let tries = 0; tries < 200; tries++) {
      if (await call('kv/range', { key: base64('ready') }).then((text) => text.includes('revision'), () => false)) break;
      await delay(50);
    }
    return await body({
      put: (key, value) => call('kv/put', { key: base64(key), value: base64(value) }),
      range: (prefix) => call('kv/range', { key: base64(prefix), range_end: base64(`${prefix.slice(0, -1)}0`) }),
      /** Resolves when the watch is there; `onData` is called with what comes. */
      watch: (prefix, onData) =>
        new Promise((resolve) => {
          let there = false;
          call('watch', { create_request: { key: base64(prefix), range_end: base64(`${prefix.slice(0, -1)}0`) } }, (chunk) => {
            if (there) return onData(chunk);
            there = true;
            resolve();
          }).catch(() => undefined);
        }),
    });
  } finally {
    agent.destroy();
    child.kill();
    await ended;
    rmSync(path, { recursive: true, force: true });
  }
}
