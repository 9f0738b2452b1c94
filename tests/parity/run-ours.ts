/** Runs our kubectl in this process over a given transport. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Transport } from '../../src/client/client.ts';
import { run } from '../../src/kubectl/run.ts';
import { memoryStreams } from '../../src/kubectl/streams.ts';
import type { Outcome } from './oracle.ts';

export async function ours(args: readonly string[], transport?: Transport, input = '', env: Readonly<Record<string, string>> = {}, program = 'kubectl'): Promise<Outcome> {
  const home = mkdtempSync(join(tmpdir(), 'mock-kubectl-parity-'));
  try {
    const streams = memoryStreams(input);
    const code = await run(args, {
      streams,
      env: { MOCK_KUBECTL_HOME: home, ...env },
      program,
      signal: new AbortController().signal,
      ...(transport ? { connection: { transport, close: () => Promise.resolve() } } : {}),
    });
    return { stdout: streams.out(), stderr: streams.err(), code };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
