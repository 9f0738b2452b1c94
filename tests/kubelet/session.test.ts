/** A shell at a terminal: prompt, echo, line editing, and how it ends. */
import { ByteQueue } from '../../src/api/byte-queue.ts';
import { runSession } from '../../src/kubelet/streaming/session.ts';
import type { ShellSession } from '../../src/kubelet/cri/process/process.ts';
import { ClusterClock } from '../../src/simulation/cluster-clock.ts';

/** Repeats what it is told; "exit N" ends it; "more" is only the beginning of something. */
function echoShell(): ShellSession & { readonly scripts: string[] } {
  const scripts: string[] = [];
  return {
    scripts,
    folder: '/work',
    run(script) {
      if (script.trim() === 'more') return undefined;
      scripts.push(script);
      const code = /exit (\d+)/.exec(script)?.[1];
      return { code: Number(code ?? 0), stdout: code === undefined ? `<${script.trim()}>\n` : '', stderr: '', tookMs: 0, exited: code !== undefined };
    },
  };
}

async function session(typed: readonly string[], tty: boolean, user = 0): Promise<{ shown: string; code: number; scripts: readonly string[] }> {
  const stdin = new ByteQueue();
  for (const part of typed) stdin.push(Buffer.from(part));
  stdin.end();
  let shown = '';
  const shell = echoShell();
  const show = (bytes: Uint8Array): void => void (shown += Buffer.from(bytes).toString());
  const code = await runSession({ shell, streams: { tty, stdin, stdout: show, stderr: tty ? undefined : show }, clock: new ClusterClock({ speed: 0, startMs: 0 }), user, hostname: 'h' }, new AbortController().signal);
  return { shown, code, scripts: shell.scripts };
}

test('a terminal shows what is typed, and answers with carriage returns', async () => {
  expect(await session(['ls', '\r', 'exit 3\r', 'never\r'], true)).toEqual({ shown: '/work # ls\r\n<ls>\r\n/work # exit 3\r\n', code: 3, scripts: ['ls\n', 'exit 3\n'] });
});

test('backspace takes back, Ctrl-C drops the line, Ctrl-D ends', async () => {
  const { shown, code, scripts } = await session(['lx\x7fs\r', 'rm -rf\x03', 'a\x04b\r', '\x04'], true, 1000);
  expect(scripts).toEqual(['ls\n', 'ab\n']);
  expect(shown).toBe('/work $ lx\b \bs\r\n<ls>\r\n/work $ rm -rf^C\r\n/work $ ab\r\n<ab>\r\n/work $ exit\r\n');
  expect(code).toBe(0);
});

test('what is not whole is asked for further', async () => {
  expect(await session(['more\r', 'done\r', '\x04'], true)).toMatchObject({ scripts: ['more\ndone\n'], shown: '/work # more\r\n> done\r\n<more\ndone>\r\n/work # exit\r\n'.replace('more\ndone', 'more\r\ndone') });
});

test('a pipe has no echo and no prompt; its last line needs no end', async () => {
  expect(await session(['one\ntw', 'o'], false)).toEqual({ shown: '<one>\n<two>\n', code: 0, scripts: ['one\n', 'two\n'] });
});
