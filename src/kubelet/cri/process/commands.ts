/** The commands that an image's shell knows: what busybox and coreutils do with the common arguments. */
import { absolutePath } from './files.ts';
import { ProcessExit, type Machine } from './machine.ts';
import { NETWORK_COMMANDS } from './network-commands.ts';
import { formatDate } from './dates.ts';
import { bytesOfText, textOfBytes } from './bytes.ts';
import type { Input } from './input.ts';
import { printf } from './printf.ts';
import { tar } from './tar.ts';
import { TERMINAL_COMMANDS } from './terminal-commands.ts';

export interface CommandContext {
  readonly machine: Machine;
  readonly args: readonly string[];
  readonly stdin: Input;
  out(text: string): void;
  err(text: string): void;
  /** Runs another command line (env, timeout, xargs, watch). */
  run(argv: readonly string[], stdin?: Input): number;
}

/** The exit code; undefined is 0. */
export type CommandResult = number | void;
export type Command = (context: CommandContext) => CommandResult;

/** "5", "1.5", "2m", "1h" in ms; undefined where it is no time. */
export function parseSeconds(text: string | undefined): number | undefined {
  if (text === 'infinity' || text === 'inf') return Infinity;
  const match = /^(\d+\.?\d*|\.\d+)([smhd]?)$/.exec(text ?? '');
  if (!match) return undefined;
  return Number(match[1]) * { s: 1, m: 60, h: 3600, d: 86_400, '': 1 }[match[2] as 's'] * 1000;
}

const flagsOf = (args: readonly string[]): string => args.filter((arg) => /^-[A-Za-z]+$/.test(arg)).join('');
const operands = (args: readonly string[]): string[] => args.filter((arg) => !/^-./.test(arg));

/** Reads the files named, or standard input; says what is missing. */
function input({ machine, stdin, err }: CommandContext, name: string, paths: readonly string[]): { text: string; failed: boolean } {
  if (paths.length === 0) return { text: stdin.all(), failed: false };
  let text = '';
  let failed = false;
  for (const path of paths) {
    const content = path === '-' ? stdin.all() : machine.readFile(absolutePath(path, machine.workingDir));
    if (content === undefined) {
      failed = true;
      err(machine.files.isFolder(absolutePath(path, machine.workingDir)) ? `${name}: read error: Is a directory\n` : missing(machine, name, path));
    } else text += content;
  }
  return { text, failed };
}

/** The lines of the files named, or of standard input as they come. */
function* linesIn(context: CommandContext, name: string, paths: readonly string[]): Generator<string> {
  if (paths.length === 0 || (paths.length === 1 && paths[0] === '-')) yield* context.stdin.lines();
  else yield* linesOf(input(context, name, paths).text);
}

function missing(machine: Machine, name: string, path: string): string {
  return machine.options.tools === 'busybox' ? `${name}: can't open '${path}': No such file or directory\n` : `${name}: ${path}: No such file or directory\n`;
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));
const joined = (lines: readonly string[]): string => (lines.length === 0 ? '' : `${lines.join('\n')}\n`);

function echo({ args, out }: CommandContext): void {
  const words = [...args];
  let newline = true;
  let escapes = false;
  while (/^-[neE]+$/.test(words[0] ?? '')) {
    const flag = words.shift() ?? '';
    if (flag.includes('n')) newline = false;
    if (flag.includes('e')) escapes = true;
  }
  const text = words.join(' ');
  out((escapes ? printf('%b', [text]) : text) + (newline ? '\n' : ''));
}

function test(context: CommandContext): number {
  const { machine } = context;
  const words = context.args.at(-1) === ']' ? context.args.slice(0, -1) : context.args;
  let next = 0;
  const file = (path: string | undefined): { content: string | undefined; folder: boolean } => {
    const absolute = absolutePath(path ?? '', machine.workingDir);
    return { content: machine.readFile(absolute), folder: machine.files.isFolder(absolute) };
  };
  const unary: Readonly<Record<string, (value: string | undefined) => boolean>> = {
    '-z': (value) => !value, '-n': (value) => !!value, '-f': (path) => file(path).content !== undefined, '-d': (path) => file(path).folder,
    '-e': (path) => file(path).content !== undefined || file(path).folder, '-s': (path) => (file(path).content ?? '') !== '',
    '-r': (path) => file(path).content !== undefined || file(path).folder, '-w': (path) => file(path).content !== undefined || file(path).folder, '-x': (path) => file(path).content !== undefined || file(path).folder,
  };
  const binary: Readonly<Record<string, (a: string, b: string) => boolean>> = {
    '=': (a, b) => a === b, '==': (a, b) => a === b, '!=': (a, b) => a !== b, '-eq': (a, b) => Number(a) === Number(b), '-ne': (a, b) => Number(a) !== Number(b),
    '-lt': (a, b) => Number(a) < Number(b), '-le': (a, b) => Number(a) <= Number(b), '-gt': (a, b) => Number(a) > Number(b), '-ge': (a, b) => Number(a) >= Number(b),
  };
  const primary = (): boolean => {
    const word = words[next] ?? '';
    const operator = binary[words[next + 1] ?? ''];
    if (operator && next + 2 < words.length) {
      const result = operator(word, words[next + 2] ?? '');
      next += 3;
      return result;
    }
    if (word === '!') {
      next++;
      return !primary();
    }
    if (unary[word] && next + 1 < words.length) {
      const result = unary[word](words[next + 1]);
      next += 2;
      return result;
    }
    next++;
    return word !== '';
  };
  if (words.length === 0) return 1;
  let result = primary();
  while (words[next] === '-a' || words[next] === '-o') {
    const and = words[next++] === '-a';
    const right = primary();
    result = and ? result && right : result || right;
  }
  return result ? 0 : 1;
}

function ls(context: CommandContext): number {
  const { machine, args, out, err } = context;
  const flags = flagsOf(args);
  const paths = operands(args);
  let status = 0;
  for (const path of paths.length === 0 ? ['.'] : paths) {
    const absolute = absolutePath(path, machine.workingDir);
    if (machine.files.isFolder(absolute) && !flags.includes('d')) {
      machine.readFile(absolute);
      const names = machine.files.names(absolute, machine.nowMs).filter((name) => /[aA]/.test(flags) || !name.startsWith('.'));
      out(joined(names));
    } else if (machine.readFile(absolute) !== undefined || machine.files.isFolder(absolute)) out(`${path}\n`);
    else {
      err(machine.options.tools === 'busybox' ? `ls: ${path}: No such file or directory\n` : `ls: cannot access '${path}': No such file or directory\n`);
      status = machine.options.tools === 'busybox' ? 1 : 2;
    }
  }
  return status;
}

function rm(context: CommandContext): number {
  const { machine, args, err } = context;
  const flags = flagsOf(args);
  let status = 0;
  for (const path of operands(args)) {
    const absolute = absolutePath(path, machine.workingDir);
    if (machine.readFile(absolute) !== undefined) machine.writeFile(absolute, undefined);
    else if (machine.files.isFolder(absolute) && /[rR]/.test(flags)) {
      for (const file of machine.files.under(absolute, machine.nowMs)) machine.writeFile(file, undefined);
      machine.files.removeFolder(absolute);
    } else if (!flags.includes('f')) {
      err(`rm: can't remove '${path}': No such file or directory\n`);
      status = 1;
    }
  }
  return status;
}

function copy(context: CommandContext, move: boolean): number {
  const { machine, args, err } = context;
  const paths = operands(args);
  const target = absolutePath(paths.pop() ?? '', machine.workingDir);
  let status = 0;
  for (const path of paths) {
    const source = absolutePath(path, machine.workingDir);
    const content = machine.readFile(source);
    const name = source.slice(source.lastIndexOf('/') + 1);
    if (content !== undefined) machine.writeFile(machine.files.isFolder(target) ? `${target}/${name}` : target, content);
    else if (machine.files.isFolder(source)) {
      const base = machine.files.isFolder(target) && !path.endsWith('/.') ? `${target}/${name}` : target;
      for (const file of machine.files.under(source, machine.nowMs)) machine.writeFile(base + file.slice(source.length), machine.readFile(file));
    } else {
      err(`${move ? 'mv' : 'cp'}: can't stat '${path}': No such file or directory\n`);
      status = 1;
      continue;
    }
    if (move) machine.writeFile(source, undefined);
  }
  return status;
}

/** head and tail: "-n 5", "-n5", "-5", "-f". */
function ends(context: CommandContext, name: 'head' | 'tail'): number {
  const args = [...context.args];
  let count = 10;
  let follow = false;
  let bytes: string | undefined;
  const paths: string[] = [];
  while (args.length > 0) {
    const arg = args.shift() ?? '';
    if (arg === '-c') bytes = args.shift() ?? '10';
    else if (/^-c[+-]?\d+$/.test(arg)) bytes = arg.slice(2);
    else if (arg === '-n') count = Number(args.shift() ?? 10);
    else if (/^-n?\d+$/.test(arg)) count = Number(arg.replace(/^-n?/, ''));
    else if (arg === '-f' || arg === '-F') follow = true;
    else if (arg.startsWith('-n')) count = Number(arg.slice(2));
    else if (!arg.startsWith('-')) paths.push(arg);
  }
  // Of what comes it takes no more than it needs.
  if (name === 'head' && paths.length === 0 && bytes === undefined && count >= 0) {
    let left = count;
    for (const line of left > 0 ? context.stdin.lines() : []) {
      context.out(`${line}\n`);
      if (--left === 0) break;
    }
    return 0;
  }
  const files = paths.filter((path) => path !== '/dev/null');
  const { text, failed } = input(context, name, files.length === 0 && paths.length > 0 ? ['-'] : files);
  if (bytes !== undefined) {
    const all = bytesOfText(text);
    const size = Number(bytes.replace(/^[+-]/, ''));
    context.out(textOfBytes(name === 'head' ? all.subarray(0, size) : all.subarray(bytes.startsWith('+') ? Math.max(0, size - 1) : Math.max(0, all.length - size))));
    return failed ? 1 : 0;
  }
  const lines = linesOf(text);
  context.out(joined(name === 'head' ? lines.slice(0, count) : count === 0 ? [] : lines.slice(-count)));
  if (follow && !(failed && !context.args.includes('-F'))) forever(context.machine);
  return failed ? 1 : 0;
}

function forever(machine: Machine): void {
  machine.wait(Infinity);
}

function grep(context: CommandContext): number {
  const flags = flagsOf(context.args);
  const [pattern = '', ...paths] = operands(context.args);
  const source = flags.includes('F') ? pattern.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') : pattern;
  const expression = new RegExp(source, flags.includes('i') ? 'i' : '');
  let found = 0;
  for (const line of linesIn(context, 'grep', paths)) {
    if (expression.test(line) === flags.includes('v')) continue;
    found++;
    if (flags.includes('q')) return 0;
    if (!flags.includes('c')) context.out(`${line}\n`);
  }
  if (flags.includes('c')) context.out(`${found}\n`);
  return found > 0 ? 0 : 1;
}

function sleep({ machine, args, err }: CommandContext): CommandResult {
  let total = 0;
  for (const arg of args) {
    const ms = parseSeconds(arg);
    if (ms === undefined) {
      err(machine.options.tools === 'busybox' ? `sleep: invalid number '${arg}'\n` : `sleep: invalid time interval '${arg}'\nTry 'sleep --help' for more information.\n`);
      return 1;
    }
    total += ms;
  }
  machine.wait(total);
}

function kill({ args }: CommandContext): CommandResult {
  // Signals to PID 1 from within: TERM and KILL are ignored by the kernel where there is no handler.
  const signal = args.find((arg) => arg.startsWith('-'))?.slice(1).replace(/^SIG/, '') ?? 'TERM';
  if (args.includes('1') && (signal === 'ABRT' || signal === '6')) throw new ProcessExit(134);
}

function seq({ args, out }: CommandContext): void {
  const numbers = operands(args.map((arg) => (/^-\d/.test(arg) ? ` ${arg}` : arg))).map(Number);
  const [first, step, last] = numbers.length === 1 ? [1, 1, numbers[0] ?? 0] : numbers.length === 2 ? [numbers[0] ?? 1, 1, numbers[1] ?? 0] : [numbers[0] ?? 1, numbers[1] ?? 1, numbers[2] ?? 0];
  const lines: string[] = [];
  for (let value = first; step > 0 ? value <= last : value >= last; value += step || 1) {
    lines.push(String(value));
    if (lines.length > 100_000) break;
  }
  out(joined(lines));
}

/** `stress --vm 1 --vm-bytes 150M --vm-hang 1`: takes memory, and is killed where the container may not have that much. */
function stress({ machine, args, out }: CommandContext): CommandResult {
  const value = (name: string): string | undefined => args[args.indexOf(name) + 1];
  out(`stress: info: [1] dispatching hogs: ${args.includes('--cpu') ? value('--cpu') : 0} cpu, 0 io, ${args.includes('--vm') ? value('--vm') : 0} vm, 0 hdd\n`);
  const match = args.includes('--vm-bytes') ? /^(\d+)([KMGkmg]?)B?$/.exec(value('--vm-bytes') ?? '') : null;
  const bytes = match ? Number(match[1]) * { k: 1024, m: 1024 ** 2, g: 1024 ** 3, '': 1 }[(match[2] ?? '').toLowerCase() as 'k'] : 0;
  if (machine.options.memoryLimit !== undefined && bytes > machine.options.memoryLimit) {
    machine.wait(200);
    throw new OutOfMemory();
  }
  const timeout = args.includes('--timeout') || args.includes('-t') ? parseSeconds(value('--timeout') ?? value('-t')) : undefined;
  machine.wait(timeout ?? Infinity);
}

/** The kernel killed the process for taking more memory than its cgroup has. */
export class OutOfMemory extends Error {}

/** The first digits of π (Machin's formula), as bc and perl's bignum print them. */
function digitsOfPi(digits: number): string {
  const scale = 10n ** BigInt(digits + 10);
  const arctan = (x: bigint): bigint => {
    let power = scale / x;
    let sum = power;
    for (let n = 3n, sign = -1n; power !== 0n; n += 2n, sign = -sign) {
      power /= x * x;
      sum += (sign * power) / n;
    }
    return sum;
  };
  const pi = ((16n * arctan(5n) - 4n * arctan(239n)) / 10n ** 10n).toString();
  return `${pi[0]}.${pi.slice(1, digits)}`;
}

/** Prints what one-line programs plainly print; other programs end without a word. */
function oneLiner({ args, out, machine }: CommandContext): CommandResult {
  const code = args.find((arg) => !arg.startsWith('-')) ?? '';
  const pi = /bpi\((\d+)\)/.exec(code);
  if (pi) {
    machine.wait(4000);
    return out(`${digitsOfPi(Math.min(10_000, Number(pi[1])))}\n`);
  }
  for (const statement of code.split(/[;\n]/)) {
    const print = /^\s*(?:print|console\.log|puts)\s*\(?\s*(?:'([^']*)'|"([^"]*)")/.exec(statement);
    if (print) out(`${(print[1] ?? print[2] ?? '').replace(/\\n$/, '')}\n`);
    const pause = /sleep\((\d+(?:\.\d+)?)\)/.exec(statement);
    if (pause) machine.wait(Number(pause[1]) * 1000);
    const exit = /(?:exit|_exit)\((\d*)\)/.exec(statement);
    if (exit) throw new ProcessExit(Number(exit[1] || 0));
  }
}

export const COMMANDS: Readonly<Record<string, Command>> = {
  ...NETWORK_COMMANDS,
  ...TERMINAL_COMMANDS,
  echo, test, '[': test, '[[': ({ args, ...rest }) => test({ ...rest, args: args.at(-1) === ']]' ? args.slice(0, -1) : args }),
  ls, rm, sleep, kill, seq, stress, grep, egrep: grep,
  true: () => 0, ':': () => 0, false: () => 1, sync: () => 0, ulimit: () => 0, umask: () => 0, hash: () => 0, mount: () => 0, chmod: () => 0, chown: () => 0, ln: () => 0, local: ({ args, machine }) => assign(machine, args),
  'apt-get': ({ machine }) => machine.wait(2000), apt: ({ machine }) => machine.wait(2000), apk: ({ machine }) => machine.wait(1000), yum: ({ machine }) => machine.wait(2000), pip: ({ machine }) => machine.wait(2000), npm: ({ machine }) => machine.wait(2000),
  perl: oneLiner, python: oneLiner, python3: oneLiner, node: oneLiner, ruby: oneLiner,
  cd({ machine, args, err }) {
    const target = absolutePath(args[0] ?? '/root', machine.workingDir);
    if (!machine.files.isFolder(target)) {
      err(`sh: cd: can't cd to ${args[0]}: No such file or directory\n`);
      return 2;
    }
    machine.workingDir = target;
    return 0;
  },
  pwd: ({ machine, out }) => out(`${machine.workingDir}\n`),
  export: ({ machine, args }) => assign(machine, args),
  unset: ({ machine, args }) => args.forEach((name) => machine.environment.delete(name)),
  env({ machine, args, out, run }) {
    const words = [...args];
    while (/^\w+=/.test(words[0] ?? '')) assign(machine, [words.shift() ?? '']);
    if (words.length > 0) return run(words);
    for (const [name, value] of machine.environment) out(`${name}=${value}\n`);
    return 0;
  },
  printenv({ machine, args, out }) {
    if (args.length === 0) for (const [name, value] of machine.environment) out(`${name}=${value}\n`);
    for (const name of args) {
      const value = machine.environment.get(name);
      if (value === undefined) return 1;
      out(`${value}\n`);
    }
    return 0;
  },
  cat(context) {
    if (context.args.includes('/dev/zero') || context.args.includes('/dev/urandom')) forever(context.machine);
    const paths = operands(context.args);
    let failed = false;
    for (const path of paths.length === 0 ? ['-'] : paths) {
      if (path === '-') for (let part = context.stdin.read(); part !== undefined; part = context.stdin.read()) context.out(part);
      else {
        const read = input(context, 'cat', [path]);
        context.out(read.text);
        failed ||= read.failed;
      }
    }
    return failed ? 1 : 0;
  },
  touch({ machine, args }) {
    for (const path of operands(args)) machine.writeFile(absolutePath(path, machine.workingDir), machine.readFile(absolutePath(path, machine.workingDir)) ?? '');
  },
  mkdir({ machine, args }) {
    for (const path of operands(args)) machine.makeFolder(absolutePath(path, machine.workingDir));
  },
  cp: (context) => copy(context, false),
  mv: (context) => copy(context, true),
  head: (context) => ends(context, 'head'),
  tail: (context) => ends(context, 'tail'),
  tar,
  wc(context) {
    const { text } = input(context, 'wc', operands(context.args));
    const flags = flagsOf(context.args);
    const [lines, words, bytes] = [text.split('\n').length - 1, text.split(/\s+/).filter(Boolean).length, bytesOfText(text).length];
    const only = flags.includes('l') ? lines : flags.includes('w') ? words : flags.includes('c') ? bytes : undefined;
    const width = context.machine.options.tools === 'busybox' ? 9 : 7;
    context.out(only === undefined ? `${[lines, words, bytes].map((count) => String(count).padStart(width)).join(' ')}\n` : `${only}\n`);
  },
  sort(context) {
    const lines = linesOf(input(context, 'sort', operands(context.args)).text).sort();
    const flags = flagsOf(context.args);
    if (flags.includes('n')) lines.sort((a, b) => Number.parseFloat(a) - Number.parseFloat(b));
    if (flags.includes('r')) lines.reverse();
    context.out(joined(flags.includes('u') ? [...new Set(lines)] : lines));
  },
  uniq({ stdin, out }) {
    let before: string | undefined;
    for (const line of stdin.lines()) {
      if (line !== before) out(`${line}\n`);
      before = line;
    }
  },
  tr({ args, stdin, out }) {
    const [from = '', to = ''] = operands(args).map((set) => set.replace(/a-z/g, 'abcdefghijklmnopqrstuvwxyz').replace(/A-Z/g, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ').replace(/0-9/g, '0123456789').replaceAll('\\n', '\n'));
    const drop = flagsOf(args).includes('d');
    for (let part = stdin.read(); part !== undefined; part = stdin.read()) out([...part].map((char) => (from.includes(char) ? (drop ? '' : to[Math.min(from.indexOf(char), to.length - 1)] ?? '') : char)).join(''));
  },
  tee({ machine, args, stdin, out }) {
    const paths = operands(args).map((path) => absolutePath(path, machine.workingDir));
    if (!flagsOf(args).includes('a')) for (const path of paths) machine.writeFile(path, '');
    for (let part = stdin.read(); part !== undefined; part = stdin.read()) {
      out(part);
      for (const path of paths) machine.writeFile(path, (machine.readFile(path) ?? '') + part);
    }
  },
  date: ({ machine, args, out }) => out(`${formatDate(machine.options.startedAtMs + machine.nowMs, args.find((arg) => arg.startsWith('+'))?.slice(1), machine.options.tools)}\n`),
  hostname: ({ machine, args, out }) => out(`${args.includes('-i') ? (machine.environment.get('POD_IP') ?? '127.0.0.1') : machine.options.hostname}\n`),
  uname: ({ machine, args, out }) => out(args.includes('-a') ? `Linux ${machine.options.hostname} 6.8.0-60-generic #63-Ubuntu SMP PREEMPT_DYNAMIC x86_64 GNU/Linux\n` : args.includes('-m') ? 'x86_64\n' : args.includes('-r') ? '6.8.0-60-generic\n' : args.includes('-n') ? `${machine.options.hostname}\n` : 'Linux\n'),
  whoami: ({ machine, out }) => out(machine.options.uid === 0 ? 'root\n' : `whoami: unknown uid ${machine.options.uid}\n`),
  id: ({ machine, args, out }) => out(args.includes('-u') ? `${machine.options.uid}\n` : machine.options.uid === 0 ? 'uid=0(root) gid=0(root) groups=0(root)\n' : `uid=${machine.options.uid} gid=0(root) groups=0(root)\n`),
  printf: ({ args: [format = '', ...values], out }) => out(printf(format, values)),
  basename: ({ args, out }) => out(`${(args[0] ?? '').replace(/\/+$/, '').split('/').at(-1)}\n`),
  dirname: ({ args, out }) => out(`${(args[0] ?? '').replace(/\/[^/]*$/, '') || '/'}\n`),
  expr({ args, out }) {
    const [a = '0', operator = '+', b = '0'] = args;
    const results: Readonly<Record<string, number>> = { '+': Number(a) + Number(b), '-': Number(a) - Number(b), '*': Number(a) * Number(b), '/': Math.trunc(Number(a) / Number(b)), '%': Number(a) % Number(b) };
    const result = results[operator] ?? 0;
    out(`${result}\n`);
    return result === 0 ? 1 : 0;
  },
  timeout({ machine, args, run }) {
    const words = args.filter((arg, index) => !(index === 0 && arg.startsWith('-')));
    const limit = parseSeconds(words[0]) ?? Infinity;
    const began = machine.nowMs;
    const status = run(words.slice(1));
    if (machine.nowMs - began <= limit) return status;
    machine.nowMs = began + limit;
    return 124;
  },
  nohup: ({ args, run }) => run(args),
  time: ({ args, run }) => run(args),
  xargs: ({ args, stdin, run }) => run([...(args.length === 0 ? ['echo'] : args), ...stdin.all().split(/\s+/).filter(Boolean)]),
  yes({ machine, args, out }) {
    for (;;) {
      machine.wait(1);
      out(`${args.join(' ') || 'y'}\n`);
    }
  },
  pause: ({ machine }) => forever(machine),
  sed(context) {
    const flags = flagsOf(context.args);
    const [script = '', ...paths] = operands(context.args);
    const match = /^s(.)(.*?)\1(.*?)\1([gi]*)$/.exec(script);
    const replaced = (line: string): string => (match ? line.replace(new RegExp(match[2] ?? '', match[4]), (match[3] ?? '').replaceAll('\\', '$').replaceAll('&', '$&')) : line);
    if (flags.includes('i')) for (const path of paths) context.machine.writeFile(absolutePath(path, context.machine.workingDir), joined(linesOf(input(context, 'sed', [path]).text).map(replaced)));
    else for (const line of linesIn(context, 'sed', paths)) context.out(`${replaced(line)}\n`);
  },
  cut(context) {
    const value = (flag: string): string | undefined => context.args.find((_, index) => context.args[index - 1] === flag) ?? context.args.find((arg) => arg.startsWith(flag) && arg.length > 2)?.slice(2);
    const fields = (value('-f') ?? '1').split(',').map(Number);
    const delimiter = value('-d') ?? '\t';
    for (const line of context.stdin.lines()) context.out(`${fields.map((field) => line.split(delimiter)[field - 1] ?? '').join(delimiter)}\n`);
  },
};

function assign(machine: Machine, args: readonly string[]): void {
  for (const arg of args) {
    const equals = arg.indexOf('=');
    if (equals > 0) machine.environment.set(arg.slice(0, equals), arg.slice(equals + 1));
  }
}
