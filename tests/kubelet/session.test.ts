/** Somebody talks to a process: what a terminal shows, what a pipe carries, when answers come and how it ends. */
import { ByteQueue } from '../../src/api/byte-queue.ts';
import type { TerminalSize } from '../../src/api/node-connection.ts';
import { resolveImage } from '../../src/kubelet/images/registry.ts';
import { FileHistory } from '../../src/kubelet/cri/process/files.ts';
import { Process } from '../../src/kubelet/cri/process/process.ts';
import { runSession } from '../../src/kubelet/streaming/session.ts';
import { ClusterClock } from '../../src/simulation/cluster-clock.ts';

function processOf(image: string, argv: readonly string[], own: { stdin?: boolean; tty?: boolean } = {}, uid = 0): Process {
  return new Process({
    entry: resolveImage(image).entry, argv, environment: () => new Map([['HOME', '/root']]), hostname: 'h', workingDir: '/work', startedAtMs: 0, uid, memoryLimit: undefined, realistic: false, files: () => new FileHistory(), mounts: [], network: undefined, ...own,
  });
}

interface Talk {
  readonly tty?: boolean;
  readonly image?: string;
  readonly uid?: number;
}

/** A conversation in virtual time: each step types, or lets time pass (a number of ms), or changes the terminal's size. */
class Conversation {
  shown = '';
  errors = '';
  readonly code: Promise<number | undefined>;
  readonly #clock = new ClusterClock({ speed: 0, startMs: 0 });
  readonly #stdin = new ByteQueue();
  #resize: (size: TerminalSize) => void = () => undefined;

  constructor(argv: readonly string[], { tty = false, image = 'busybox', uid = 0 }: Talk = {}) {
    const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
    this.code = runSession({
      process: processOf(image, ['sleep', 'infinity'], {}, uid).open(argv, 0, { stdin: true, tty }), clock: this.#clock, tty, ageMs: 0, skip: 0, closes: true, onEnd: () => () => undefined, ended: () => undefined,
      streams: { tty, stdin: this.#stdin, stdout: (bytes) => void (this.shown += text(bytes)), stderr: tty ? undefined : (bytes) => void (this.errors += text(bytes)), onSize: (listener) => void (this.#resize = listener) },
    }, new AbortController().signal);
  }

  async type(...parts: readonly string[]): Promise<this> {
    for (const part of parts) {
      this.#stdin.push(Buffer.from(part));
      await settled();
    }
    return this;
  }

  async pass(ms: number): Promise<this> {
    await this.#clock.advance(ms);
    await settled();
    return this;
  }

  resize(Height: number, Width: number): void {
    this.#resize({ Height, Width });
  }

  end(): Promise<number | undefined> {
    this.#stdin.end();
    return this.code;
  }
}

/** In-process work is made of microtasks: after the next macrotask all of it is done. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const TTY = { tty: true };

describe('a shell at a terminal', () => {
  it('shows what is typed, and answers with carriage returns', async () => {
    const talk = await new Conversation(['sh'], TTY).type('echo hi', '\r', 'exit 3\r', 'never\r');
    expect(talk.shown).toBe('/work # echo hi\r\nhi\r\n/work # exit 3\r\n');
    expect(await talk.code).toBe(3);
  });

  it('takes back at backspace, ^U and ^W, drops the line at ^C, and ends with ^D', async () => {
    const talk = await new Conversation(['sh'], { ...TTY, uid: 1000 }).type('echo x\x7fs\r', 'no\x15echo a bc\x17d\r', 'rm -rf\x03', 'echo $?\x04\r', '\x04');
    expect(talk.shown).toBe('/work $ echo x\b \bs\r\ns\r\n/work $ no\b \b\b \becho a bc\b \b\b \bd\r\na d\r\n/work $ rm -rf^C\r\n/work $ echo $?\r\n130\r\n/work $ \r\n');
    expect(await talk.code).toBe(0);
  });

  it('asks further for what is not whole', async () => {
    const talk = await new Conversation(['sh'], TTY).type('for i in 1 2\r', 'do echo $i\r', 'done\r');
    await talk.pass(2);
    expect(talk.shown).toBe('/work # for i in 1 2\r\n> do echo $i\r\n> done\r\n1\r\n2\r\n/work # ');
  });

  it('interrupts what runs, and has its commands read from the terminal', async () => {
    const talk = await new Conversation(['bash'], { ...TTY, image: 'debian' }).type('sleep 100\r');
    await talk.pass(5000);
    await talk.type('\x03', 'echo $? $SECONDS\r', 'cat\r', 'one\r', '\x04', 'read a b\r', 'x y z\r', 'echo "<$b>"\r', '\x04');
    expect(talk.shown).toBe(['sleep 100', '^C', 'root@h:/work# echo $? $SECONDS', '130 5', 'root@h:/work# cat', 'one', 'one', 'root@h:/work# read a b', 'x y z', 'root@h:/work# echo "<$b>"', '<y z>', 'root@h:/work# exit', ''].join('\r\n').replace(/^/, 'root@h:/work# '));
    expect(await talk.code).toBe(0);
  });

  it('sees the size of the terminal, and how it changes', async () => {
    const talk = new Conversation(['bash'], { ...TTY, image: 'debian' });
    await talk.type('stty size\r');
    talk.resize(30, 100);
    await talk.type('stty size; echo $LINES $COLUMNS\r');
    talk.resize(40, 120);
    await talk.type('tput cols; echo $LINES $TERM; tty\r');
    expect(talk.shown.split('\r\n').filter((line) => !line.includes('#'))).toEqual(['0 0', '30 100', '30 100', '120', '40 xterm', '/dev/pts/0']);
  });
});

describe('a pipe', () => {
  it('has no echo and no prompt; its last line needs no end', async () => {
    const talk = await new Conversation(['sh']).type('echo one\necho t', 'wo\nexi', 't 4');
    expect(talk.shown).toBe('one\ntwo\n');
    expect(await talk.end()).toBe(4);
  });

  it('tells a shell that it asked to be interactive', async () => {
    const talk = await new Conversation(['sh', '-i']).type('echo hi\n');
    expect({ out: talk.shown, err: talk.errors }).toEqual({ out: 'hi\n', err: "sh: can't access tty; job control turned off\n/work # /work # " });
    expect(await talk.end()).toBe(0);
  });

  it.each<[string, readonly string[], readonly string[]]>([
    ['cat', ['a', 'b\n', 'ü'], ['a', 'ab\n', 'ab\nü']],
    ['tee /tmp/f', ['a\n', 'b\n'], ['a\n', 'a\nb\n']],
    ['grep -v x', ['a\nx', 'y\nb\n'], ['a\n', 'a\nb\n']],
    ['head -n 2', ['a\n', 'b\nc\n'], ['a\n', 'a\nb\n']],
    ['sed s/a/b/', ['a\n', 'ca\n'], ['b\n', 'b\ncb\n']],
    ["sh -c 'cat | grep a | tr a-z A-Z'", ['xa\nb\n', 'a\n'], ['XA\n', 'XA\nA\n']],
    ["sh -c 'while read -r x y; do echo \"$y-$x\"; done'", ['1 2\n3', ' 4 5\n'], ['2-1\n', '2-1\n4 5-3\n']],
    ["sh -c 'read x; echo $x; cat'", ['1\n2\n', '3\n'], ['1\n2\n', '1\n2\n3\n']],
    ['wc -l', ['1\n', '2\n'], ['', '']],
  ])('%s answers as input comes', async (command, parts, answers) => {
    const talk = new Conversation(command.match(/'[^']*'|\S+/g)?.map((word) => word.replace(/^'(.*)'$/, '$1')) ?? []);
    for (const [index, part] of parts.entries()) {
      await talk.type(part);
      await talk.pass(5);
      expect(talk.shown).toBe(answers[index]);
    }
    expect(await talk.end()).toBe(0);
    if (command.startsWith('wc')) expect(talk.shown).toBe('2\n');
  });

  it('carries output at its time', async () => {
    const talk = new Conversation(['sh', '-c', 'echo a; sleep 5; echo b >&2; exit 7']);
    await talk.pass(4999);
    expect([talk.shown, talk.errors]).toEqual(['a\n', '']);
    await talk.pass(1);
    expect([talk.shown, talk.errors]).toEqual(['a\n', 'b\n']);
    expect(await talk.code).toBe(7);
  });

  it('goes on for longer than can be seen at once', async () => {
    const talk = new Conversation(['sh', '-c', 'sleep 1000; echo awake; sleep 60; exit 2']);
    for (let minute = 0; minute < 17; minute++) await talk.pass(60_000);
    expect(talk.shown).toBe('awake\n');
    await talk.pass(60_000);
    expect(await talk.code).toBe(2);
  });

  it('carries bytes that are no text, and characters that come in two parts', async () => {
    const process = processOf('busybox', ['sleep', 'infinity']).open(['cat'], 0, { stdin: true, tty: false });
    const stdin = new ByteQueue();
    const out: Uint8Array[] = [];
    const session = runSession({ process, clock: new ClusterClock({ speed: 0, startMs: 0 }), tty: false, ageMs: 0, skip: 0, closes: true, onEnd: () => () => undefined, ended: () => undefined, streams: { tty: false, stdin, stdout: (bytes) => void out.push(bytes), stderr: undefined } }, new AbortController().signal);
    const parts = [Uint8Array.of(0xff, 0x61, 0xe2), Uint8Array.of(0x82), Uint8Array.of(0xac, 0xc3)];
    for (const part of parts) stdin.push(part);
    stdin.end();
    expect(await session).toBe(0);
    expect(Buffer.concat(out)).toEqual(Buffer.concat(parts));
  });
});

describe("a container's own process", () => {
  it('reads what is written to it, logs what it says, and goes on when nobody is there', () => {
    const process = processOf('busybox', ['cat'], { stdin: true });
    expect(process.end()).toEqual({});
    const own = process.own();
    own?.feed({ kind: 'text', atMs: 1000, text: 'one\n' });
    own?.feed({ kind: 'text', atMs: 2000, text: 'two\n' });
    expect(process.output(1500).map(({ text }) => text)).toEqual(['one']);
    expect(process.output(2000).map(({ text }) => text)).toEqual(['one', 'two']);
    own?.close(3000);
    expect(process.end()).toEqual({ end: { atMs: 3000, code: 0 } });
  });

  it('is interrupted at its terminal', () => {
    const process = processOf('busybox', ['cat'], { stdin: true, tty: true });
    process.own()?.feed({ kind: 'signal', atMs: 500, signal: 2 });
    expect(process.end()).toEqual({ end: { atMs: 500, code: 130 } });
  });

  it('has nothing to read where it was not asked for', () => expect(processOf('busybox', ['cat']).end()).toEqual({ end: { atMs: 1, code: 0 } }));
});
