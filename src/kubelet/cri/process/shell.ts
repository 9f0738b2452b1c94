/** Runs shell scripts and command lines on a machine: what `sh -c "…"` in a manifest comes to. */
import { COMMANDS, type CommandContext, type CommandResult } from './commands.ts';
import { Expansion, type ExpandingShell } from './expansion.ts';
import { absolutePath } from './files.ts';
import { learnSize, promptOf, readBuiltin } from './conversation.ts';
import { Input, Interrupted, MoreInput, SIGINT, type Piece } from './input.ts';
import { globPattern } from './patterns.ts';
import { BufferSink, type Sink } from './sinks.ts';
import { Horizon, ProcessExit, type Machine } from './machine.ts';
import { parseShell, ShellSyntaxError, type Redirection, type ShellNode } from './shell-syntax.ts';

class Break extends Error {
  constructor(readonly again: boolean, public levels: number) {
    super('break');
  }
}
class Return extends Error {
  constructor(readonly code: number) {
    super('return');
  }
}

/** Runs a program that the image brings; undefined where it has none of that name. */
export type ProgramRunner = (argv: readonly string[], sink: Sink) => number | undefined;

export class Shell implements ExpandingShell {
  #status = 0;
  readonly #expansion = new Expansion(this);
  readonly #functions = new Map<string, ShellNode>();
  #backgroundEndMs = 0;
  #errexit = false;
  #conditions = 0;

  constructor(
    readonly machine: Machine,
    private readonly program: ProgramRunner,
    readonly name = 'sh',
    readonly positional: readonly string[] = [],
  ) {}

  /** Runs a script; returns its exit code. */
  script(text: string, sink: Sink, stdin = Input.none): number {
    try {
      this.#status = this.#run(parseShell(text), sink, stdin);
    } catch (error) {
      if (error instanceof ProcessExit) return error.code;
      if (error instanceof Return) return error.code;
      if (!(error instanceof ShellSyntaxError)) throw error;
      sink.write('stderr', `${this.name}: ${error.message}\n`);
      return 2;
    }
    return this.#status;
  }

  /** Runs what comes in, command by command; to people it shows a prompt before each. */
  #conversation(sink: Sink, stdin: Input, interactive: boolean): number {
    const waiting: string[] = [];
    let script = '';
    let asked = false;
    for (;;) {
      try {
        if (interactive && !asked) sink.prompt?.(script === '' ? promptOf(this.machine, this.name) : '> ');
        asked = true;
        // Shells read blocks; what they have read no command of theirs gets to see.
        if (waiting.length === 0) {
          const part = stdin.read();
          if (part === undefined) break;
          waiting.push(...part.split(/(?<=\n)/));
          if (interactive && this.name === 'bash') learnSize(this.machine);
        }
        const line = waiting.shift() ?? '';
        script += line;
        if (!line.endsWith('\n')) {
          // The end of a line may come later.
          const more = waiting.length === 0 ? stdin.read() : undefined;
          if (more !== undefined) {
            script = script.slice(0, -line.length || undefined);
            waiting.unshift(...(line + more).split(/(?<=\n)/));
            continue;
          }
        }
        asked = false;
        const status = this.#whole(script, sink, stdin);
        if (status === undefined) continue;
        this.#status = status;
      } catch (error) {
        if (error instanceof ProcessExit) return error.code;
        if (!(error instanceof Interrupted) || !interactive) throw error;
        if (error.signal !== SIGINT) continue;
        sink.prompt?.('\n');
        asked = false;
        waiting.length = 0;
        this.#status = error.code;
      }
      script = '';
    }
    if (script !== '') {
      sink.write('stderr', `${this.name}: syntax error: unexpected end of file\n`);
      return 2;
    }
    if (interactive) sink.prompt?.(this.name === 'bash' ? 'exit\n' : '\n');
    return this.#status;
  }

  /** The exit code of a piece of script; undefined while it is not whole ("for i in 1 2"). */
  #whole(script: string, sink: Sink, stdin: Input): number | undefined {
    try {
      return this.#run(parseShell(script), sink, stdin);
    } catch (error) {
      if (error instanceof Return) return error.code;
      if (!(error instanceof ShellSyntaxError)) throw error;
      if (error.unfinished) return undefined;
      sink.write('stderr', `${this.name}: ${error.message}\n`);
      return 2;
    }
  }

  /** Runs one command line without a shell around it. */
  execute(argv: readonly string[], sink: Sink, stdin = Input.none): number {
    return this.#command(argv, sink, stdin);
  }

  get status(): number {
    return this.#status;
  }

  substitute(script: string, sink: Sink): string {
    const buffer = new BufferSink(this.machine, sink);
    const inner = new Shell(this.machine, this.program, this.name, this.positional);
    for (const [name, body] of this.#functions) inner.#functions.set(name, body);
    this.#status = inner.script(script, buffer);
    return buffer.stdout.replace(/\n+$/, '');
  }

  get knowsCommands(): boolean {
    return this.machine.options.tools !== 'none';
  }

  #run(node: ShellNode, sink: Sink, stdin: Input): number {
    this.machine.step();
    switch (node.kind) {
      case 'simple':
        return this.#simple(node, sink, stdin);
      case 'pipe':
        return this.#pipe(node.commands, node.negated, sink, stdin);
      case 'and':
      case 'or': {
        const left = this.#condition(node.left, sink, stdin);
        this.#status = left;
        return (left === 0) === (node.kind === 'and') ? this.#run(node.right, sink, stdin) : left;
      }
      case 'list':
        return this.#list(node.items, sink, stdin);
      case 'loop':
        return this.#redirected(node.redirections, sink, stdin, (to, from) => this.#loop(() => (this.#condition(node.condition, to, from) === 0) !== node.until, node.body, to, from));
      case 'for': {
        const values = node.words.length === 0 ? [...this.positional] : node.words.flatMap((word) => this.#expansion.words(word, sink));
        let next = 0;
        return this.#redirected(node.redirections, sink, stdin, (to, from) => this.#loop(() => {
          const value = values[next++];
          if (value === undefined) return false;
          this.machine.environment.set(node.name, value);
          return true;
        }, node.body, to, from));
      }
      case 'if':
        return this.#redirected(node.redirections, sink, stdin, (to, from) => {
          for (const { condition, body } of node.branches) if (this.#condition(condition, to, from) === 0) return this.#run(body, to, from);
          return node.otherwise ? this.#run(node.otherwise, to, from) : 0;
        });
      case 'case': {
        const value = this.#expansion.text(node.word, sink);
        const branch = node.branches.find(({ patterns }) => patterns.some((pattern) => globPattern(this.#expansion.text(pattern, sink)).test(value)));
        return branch ? this.#run(branch.body, sink, stdin) : 0;
      }
      case 'group':
        return this.#redirected(node.redirections, sink, stdin, (to, from) => {
          if (!node.subshell) return this.#run(node.body, to, from);
          const { workingDir } = this.machine;
          try {
            return this.#run(node.body, to, from);
          } catch (error) {
            if (error instanceof ProcessExit) return error.code;
            throw error;
          } finally {
            this.machine.workingDir = workingDir;
          }
        });
      case 'function':
        this.#functions.set(node.name, node.body);
        return 0;
    }
  }

  #condition(node: ShellNode, sink: Sink, stdin: Input): number {
    this.#conditions++;
    try {
      return this.#run(node, sink, stdin);
    } finally {
      this.#conditions--;
    }
  }

  #list(items: readonly { readonly node: ShellNode; readonly background: boolean }[], sink: Sink, stdin: Input): number {
    let status = 0;
    for (const { node, background } of items) {
      if (background) this.#background(node, sink);
      else status = this.#run(node, sink, stdin);
      this.#status = status;
    }
    return status;
  }

  /** Runs beside what follows: its effects come at their own time, the script goes on at once. */
  #background(node: ShellNode, sink: Sink): void {
    const began = this.machine.nowMs;
    try {
      this.#run(node, sink, Input.none);
      this.#backgroundEndMs = Math.max(this.#backgroundEndMs, this.machine.nowMs);
    } catch (error) {
      if (error instanceof Horizon) {
        this.#backgroundEndMs = Infinity;
        this.machine.backgroundCut = true;
      }
      else if (!(error instanceof ProcessExit)) throw error;
    }
    this.machine.nowMs = began;
  }

  #loop(again: () => boolean, body: ShellNode, sink: Sink, stdin: Input): number {
    let status = 0;
    while (again()) {
      const began = this.machine.nowMs;
      try {
        status = this.#run(body, sink, stdin);
      } catch (error) {
        if (!(error instanceof Break)) throw error;
        if (--error.levels > 0) throw error;
        if (!error.again) break;
      }
      // A turn takes a moment, so that a busy loop does not stand still in time.
      if (this.machine.nowMs === began) this.machine.wait(1);
    }
    return status;
  }

  /** The commands run side by side: each reads what the one before it has written, when that was written. */
  #pipe(commands: readonly ShellNode[], negated: boolean, sink: Sink, stdin: Input): number {
    const { machine } = this;
    const began = machine.nowMs;
    let endedMs = began;
    let input = stdin;
    let status = 0;
    /** The last one that goes on beyond what can be seen. */
    let unfinished: unknown;
    for (const [index, command] of commands.entries()) {
      const last = index === commands.length - 1;
      const buffer = last ? undefined : new BufferSink(machine, sink);
      let goesOn = false;
      machine.nowMs = began;
      try {
        status = buffer || negated ? this.#condition(command, buffer ?? sink, input) : this.#run(command, sink, input);
        // Whoever writes to one that has ended ends, too.
        if (input !== stdin && this.#pipeHasMore(input)) unfinished = undefined;
      } catch (error) {
        if (!(error instanceof MoreInput) && !(error instanceof Horizon)) throw error;
        goesOn = true;
        if (!(error instanceof MoreInput) || unfinished === undefined) unfinished = error;
      }
      if (machine.nowMs !== Infinity) endedMs = Math.max(endedMs, machine.nowMs);
      if (buffer) input = this.#piped(buffer.pieces, goesOn);
    }
    if (unfinished !== undefined) throw unfinished;
    machine.nowMs = endedMs;
    return negated ? (status === 0 ? 1 : 0) : status;
  }

  #piped(pieces: readonly Piece[], open: boolean): Input {
    let next = 0;
    return new Input(() => {
      const piece = pieces[next++];
      if (piece) this.machine.nowMs = Math.max(this.machine.nowMs, piece.atMs);
      else if (open) throw new MoreInput();
      return piece?.text;
    });
  }

  #pipeHasMore(input: Input): boolean {
    try {
      return input.read() !== undefined;
    } catch (error) {
      if (error instanceof MoreInput) return false;
      throw error;
    }
  }

  #simple(node: Extract<ShellNode, { kind: 'simple' }>, sink: Sink, stdin: Input): number {
    const argv = node.words.flatMap((word) => this.#expansion.words(word, sink));
    const { environment } = this.machine;
    const before = new Map<string, string | undefined>();
    for (const { name, value } of node.assignments) {
      if (argv.length > 0) before.set(name, environment.get(name));
      environment.set(name, this.#expansion.text(value, sink));
    }
    const status = this.#redirected(node.redirections, sink, stdin, (to, from) => (argv.length === 0 ? 0 : this.#command(argv, to, from)));
    for (const [name, value] of before) {
      if (value === undefined) environment.delete(name);
      else environment.set(name, value);
    }
    this.#status = status;
    if (status !== 0 && this.#errexit && this.#conditions === 0) throw new ProcessExit(status);
    return status;
  }

  #redirected(redirections: readonly Redirection[], sink: Sink, stdin: Input, run: (sink: Sink, stdin: Input) => number): number {
    if (redirections.length === 0) return run(sink, stdin);
    const { machine } = this;
    const targets: { stdout: string | undefined; stderr: string | undefined } = { stdout: undefined, stderr: undefined };
    let input = stdin;
    let swap: 'stdout' | 'stderr' | undefined;
    for (const { from, how, target } of redirections) {
      if (how === 'duplicate') {
        if (from !== 'error') swap = 'stderr';
        else if (targets.stdout === undefined) swap = 'stdout';
        else targets.stderr = targets.stdout;
        continue;
      }
      const path = absolutePath(this.#expansion.text(target, sink), machine.workingDir);
      if (how === 'read') {
        if (path === '/dev/stdin' || path === '/dev/tty') continue;
        const content = path === '/dev/null' ? '' : machine.readFile(path);
        if (content === undefined) {
          sink.write('stderr', `${this.name}: can't open ${path}: no such file\n`);
          return 1;
        }
        input = Input.of(content);
        continue;
      }
      if (machine.files.isFolder(path)) {
        sink.write('stderr', `${this.name}: can't create ${path}: Is a directory\n`);
        return 1;
      }
      if (how === 'write') machine.writeFile(path, '');
      if (from !== 'error') targets.stdout = path;
      if (from !== 'out') targets.stderr = path;
    }
    return run({
      write: (stream, text) => {
        const path = targets[stream];
        if (path === undefined) sink.write(swap ?? stream, text);
        else if (path === '/dev/stdout' || path === '/dev/stderr' || path.startsWith('/proc/1/fd/')) sink.write(path.endsWith('err') || path.endsWith('/2') ? 'stderr' : 'stdout', text);
        else if (path !== '/dev/null') machine.writeFile(path, (machine.readFile(path) ?? '') + text);
      },
    }, input);
  }

  #command(argv: readonly string[], sink: Sink, stdin: Input): number {
    const [name = '', ...args] = argv;
    const { machine } = this;
    machine.step();
    switch (name) {
      case 'exit':
        throw new ProcessExit(args[0] === undefined ? this.#status : Number(args[0]) & 255);
      case 'return':
        throw new Return(args[0] === undefined ? this.#status : Number(args[0]) & 255);
      case 'break':
      case 'continue':
        throw new Break(name === 'continue', Number(args[0] ?? 1));
      case 'exec':
        if (args.length === 0) return 0;
        throw new ProcessExit(this.#command(args, sink, stdin));
      case 'eval':
        return this.#run(parseShell(args.join(' ')), sink, stdin);
      case 'set':
        if (args.some((arg) => /^-\w*e/.test(arg))) this.#errexit = true;
        if (args.some((arg) => /^\+\w*e/.test(arg))) this.#errexit = false;
        return 0;
      case 'wait':
        if (this.#backgroundEndMs > machine.nowMs) machine.wait(this.#backgroundEndMs - machine.nowMs);
        return 0;
      case 'trap':
        if (args.slice(1).some((signal) => /^(SIG)?TERM$|^15$/.test(signal))) machine.trap = { script: args[0] ?? '', atMs: machine.nowMs };
        return 0;
      case 'read':
        return readBuiltin(this.machine, args, sink, stdin);
    }
    const body = this.#functions.get(name);
    if (body) {
      try {
        return new Shell(machine, this.program, this.name, args).#share(this.#functions, body, sink, stdin);
      } catch (error) {
        if (error instanceof Return) return error.code;
        throw error;
      }
    }
    const base = name.slice(name.lastIndexOf('/') + 1);
    if (this.knowsCommands && (base === 'sh' || base === 'bash' || base === 'ash' || base === 'dash' || base === 'zsh')) return this.#shell(base, args, sink, stdin);
    const ran = this.program(argv, sink);
    if (ran !== undefined) return ran;
    const command = this.knowsCommands ? COMMANDS[base] : undefined;
    if (command) return this.#finish(command, args, sink, stdin);
    const file = name.includes('/') ? machine.readFile(absolutePath(name, machine.workingDir)) : undefined;
    if (file !== undefined) return new Shell(machine, this.program, name, args).script(file, sink, stdin);
    sink.write('stderr', machine.options.tools === 'posix' ? `${this.name}: 1: ${name}: not found\n` : `${this.name}: ${name}: not found\n`);
    return 127;
  }

  #share(functions: ReadonlyMap<string, ShellNode>, body: ShellNode, sink: Sink, stdin: Input): number {
    for (const [name, node] of functions) this.#functions.set(name, node);
    return this.#run(body, sink, stdin);
  }

  #finish(command: (context: CommandContext) => CommandResult, args: readonly string[], sink: Sink, stdin: Input): number {
    const result = command({ machine: this.machine, args, stdin, out: (text) => sink.write('stdout', text), err: (text) => sink.write('stderr', text), run: (argv, input = Input.none) => this.#command(argv, sink, input) });
    return result === undefined ? 0 : result;
  }

  #shell(base: string, args: readonly string[], sink: Sink, stdin: Input): number {
    const rest = [...args];
    let command = false;
    let errexit = false;
    let interactive = false;
    while (rest[0]?.startsWith('-') || rest[0]?.startsWith('+')) {
      const flag = rest.shift() ?? '';
      if (flag === '-o' || flag === '-O') {
        if (rest.shift() === 'errexit') errexit = true;
      } else if (!flag.startsWith('--')) {
        command ||= flag.includes('c');
        errexit ||= flag.includes('e');
        interactive ||= flag.includes('i');
      }
    }
    const [text, ...positional] = rest;
    const shell = new Shell(this.machine, this.program, base, command ? positional.slice(1) : positional);
    shell.#errexit = errexit;
    if (command) return shell.script(text ?? '', sink, stdin);
    if (text === undefined) {
      if (interactive && !stdin.terminal) sink.write('stderr', `${base}: ${this.machine.options.tools === 'posix' ? '0: ' : ''}can't access tty; job control turned off\n`);
      return shell.#conversation(sink, stdin, interactive || stdin.terminal);
    }
    const file = this.machine.readFile(absolutePath(text, this.machine.workingDir));
    if (file === undefined) {
      sink.write('stderr', `${base}: can't open '${text}': No such file or directory\n`);
      return 2;
    }
    return shell.script(file, sink, stdin);
  }
}
