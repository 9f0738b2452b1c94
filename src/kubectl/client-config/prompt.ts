/** Asks a person who they are, where a server over TLS was named and nothing says who calls it (client-go tools/clientcmd/auth_loaders.go: PromptingAuthLoader). */
import { CommandError, InterruptedError, EXIT_INTERRUPTED } from '../errors.ts';
import type { Input, Streams } from '../streams.ts';
import type { AuthInfo } from './validation.ts';

/** Throws CommandError where nobody answers, or no terminal keeps the password to itself. */
export async function askWho({ stdin, stdout }: Streams, signal: AbortSignal): Promise<Pick<AuthInfo, 'username' | 'password'>> {
  stdout.write('Please enter Username: ');
  const username = readWord(stdin);
  if (username === undefined) throw new CommandError('EOF');
  stdout.write('Please enter Password: ');
  if (!stdin.isTTY) throw new CommandError('error reading input for Password');
  return { username, password: await readUnseen(stdin, signal) };
}

function readWord(stdin: Input): string | undefined {
  for (let line = stdin.readLine(); line !== undefined; line = stdin.readLine()) {
    const [word] = line.trim().split(/\s+/);
    if (word) return word;
  }
  return undefined;
}

const [CTRL_C, BACKSPACE, DELETE] = ['\u0003', '\b', '\u007f'];

/** A line from a terminal that does not show it. */
async function readUnseen(stdin: Input, signal: AbortSignal): Promise<string> {
  const text: string[] = [];
  const decoder = new TextDecoder();
  for await (const bytes of stdin.live({ raw: true, signal })) {
    for (const key of decoder.decode(bytes, { stream: true })) {
      if (key === '\r' || key === '\n') return text.join('');
      if (key === CTRL_C) throw new InterruptedError(EXIT_INTERRUPTED);
      if (key === BACKSPACE || key === DELETE) text.pop();
      else text.push(key);
    }
  }
  return text.join('');
}
