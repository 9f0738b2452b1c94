/** Who asks, told by a person. */
import { askWho } from '../../../src/kubectl/client-config/prompt.ts';
import { InterruptedError } from '../../../src/kubectl/errors.ts';
import { memoryStreams, type Streams } from '../../../src/kubectl/streams.ts';

const never = new AbortController().signal;

/** A terminal at which somebody types a line, and then these keys. */
function terminal(line: string, ...keys: readonly string[]): Streams & { readonly out: () => string } {
  const streams = memoryStreams(line);
  return {
    ...streams,
    stdin: {
      ...streams.stdin,
      isTTY: true,
      async *live() {
        for (const key of keys) yield Buffer.from(key);
      },
    },
  };
}

test('a name, and a password that is not shown', async () => {
  const streams = terminal('\n  jane doe\n', 'se', 'x\u007f', 'crét', '\r', 'more');
  expect(await askWho(streams, never)).toEqual({ username: 'jane', password: 'secrét' });
  expect(streams.out()).toBe('Please enter Username: Please enter Password: ');
});

test('Ctrl-C while the password is typed', async () => {
  await expect(askWho(terminal('jane\n', 'se', '\u0003'), never)).rejects.toBeInstanceOf(InterruptedError);
});

test('nobody answers', async () => {
  await expect(askWho(memoryStreams('\n\n'), never)).rejects.toThrow('EOF');
});

test('a pipe is no place for passwords', async () => {
  await expect(askWho(memoryStreams('jane\nsecret\n'), never)).rejects.toThrow('error reading input for Password');
});
