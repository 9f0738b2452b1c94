/** Programs that kustomize hands work to, and what Go says where they cannot be run. */
import { spawnSync } from 'node:child_process';

export interface ProgramOutcome {
  readonly stdout: string;
  readonly stderr: string;
  /** Why it did not end well, as Go's os/exec words it. */
  readonly fault?: string;
}

export function runProgram(program: string, args: readonly string[], options: { readonly env: Readonly<Record<string, string | undefined>>; readonly input?: string; readonly cwd?: string }): ProgramOutcome {
  const { error, status, signal, stdout, stderr } = spawnSync(program, args, { ...options, env: { ...options.env }, encoding: 'utf8', maxBuffer: Infinity });
  const fault = error ? startFault(program, error as NodeJS.ErrnoException) : signal ? `signal: ${signal}` : status === 0 ? undefined : `exit status ${status}`;
  return { stdout: stdout ?? '', stderr: stderr ?? '', ...(fault === undefined ? {} : { fault }) };
}

function startFault(program: string, { code, message }: NodeJS.ErrnoException): string {
  const reason = { ENOENT: 'no such file or directory', EACCES: 'permission denied' }[code ?? ''] ?? message;
  if (program.includes('/')) return `fork/exec ${program}: ${reason}`;
  return `exec: "${program}": ${code === 'ENOENT' ? 'executable file not found in $PATH' : reason}`;
}
