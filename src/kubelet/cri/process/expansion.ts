/** What words of a script stand for: variables, results of commands and of sums, names of files. */
import { evaluateArithmetic } from './arithmetic.ts';
import { absolutePath } from './files.ts';
import { ProcessExit, type Machine } from './machine.ts';
import { globPattern, tilde } from './patterns.ts';
import { quotedParts, type Word } from './shell-syntax.ts';
import type { Sink } from './sinks.ts';

/** What an expansion asks of the shell that it is for. */
export interface ExpandingShell {
  readonly machine: Machine;
  readonly name: string;
  readonly positional: readonly string[];
  /** $? */
  readonly status: number;
  /** What a script prints, without the newlines at its end. */
  substitute(script: string, sink: Sink): string;
}

export class Expansion {
  constructor(private readonly shell: ExpandingShell) {}

  /** The words that a word becomes: variables put in, unquoted ones split at spaces, * and ? matched with files. */
  words(word: Word, sink: Sink): string[] {
    const only = word[0];
    if (word.length === 1 && only?.kind === 'text') return only.quoted || !/[*?[]/.test(only.text) ? (only.quoted || only.text !== '' ? [tilde(only.text, only.quoted)] : []) : this.#glob(only.text);
    const results: string[] = [];
    let current: string | undefined;
    for (const part of word) {
      if (part.kind === 'variable' && part.name === '@' && part.quoted) {
        const values = [...this.shell.positional];
        if (values.length > 0) {
          current = (current ?? '') + (values.shift() ?? '');
          for (const value of values) {
            results.push(current);
            current = value;
          }
        }
        continue;
      }
      const value = this.#value(part, sink);
      if (part.quoted || part.kind === 'text') current = (current ?? '') + value;
      else {
        const fields = value.split(/[ \t\n]+/);
        fields.forEach((field, index) => {
          if (index > 0 && current !== undefined) {
            results.push(current);
            current = undefined;
          }
          if (field !== '') current = (current ?? '') + field;
        });
      }
    }
    if (current !== undefined) results.push(current);
    return results;
  }

  /** What a word stands for as one text. */
  text(word: Word, sink: Sink): string {
    let text = '';
    for (const part of word) text += this.#value(part, sink);
    return text;
  }

  #value(part: Word[number], sink: Sink): string {
    switch (part.kind) {
      case 'text':
        return part.text;
      case 'command':
        return this.shell.substitute(part.script, sink);
      case 'arithmetic':
        return String(evaluateArithmetic(part.expression, this.shell.machine.environment));
      case 'variable':
        return this.#variable(part.name, part.operator, part.word, sink);
    }
  }

  #variable(name: string, operator: string, word: string, sink: Sink): string {
    const { environment } = this.shell.machine;
    const special: Readonly<Record<string, () => string>> = {
      '?': () => String(this.shell.status), '#': () => String(this.shell.positional.length), '@': () => this.shell.positional.join(' '), '*': () => this.shell.positional.join(' '), $: () => '1', '!': () => '2', '0': () => this.shell.name,
      RANDOM: () => String((Math.imul(this.shell.machine.nowMs + 1, 0x9e3779b1) >>> 17) & 32767), SECONDS: () => String(Math.floor(this.shell.machine.nowMs / 1000)),
      HOSTNAME: () => environment.get('HOSTNAME') ?? this.shell.machine.options.hostname, PWD: () => this.shell.machine.workingDir,
    };
    if (name.startsWith('#') && name.length > 1) return String((environment.get(name.slice(1)) ?? '').length);
    const value = special[name]?.() ?? (/^[1-9]$/.test(name) ? this.shell.positional[Number(name) - 1] : environment.get(name));
    const other = () => this.text(quotedParts(word), sink);
    const missing = operator.startsWith(':') ? !value : value === undefined;
    switch (operator.replace(':', '')) {
      case '-':
        return missing ? other() : (value ?? '');
      case '=':
        if (missing) environment.set(name, other());
        return environment.get(name) ?? value ?? '';
      case '+':
        return missing ? '' : other();
      case '?':
        if (!missing) return value ?? '';
        sink.write('stderr', `${this.shell.name}: ${name}: ${other() || 'parameter not set'}\n`);
        throw new ProcessExit(2);
      case '%':
      case '%%': {
        const pattern = globPattern(other());
        const text = value ?? '';
        for (let i = operator === '%' ? text.length : 0; operator === '%' ? i >= 0 : i <= text.length; i += operator === '%' ? -1 : 1) if (pattern.test(text.slice(i))) return text.slice(0, i);
        return text;
      }
      case '#':
      case '##': {
        const pattern = globPattern(other());
        const text = value ?? '';
        for (let i = operator === '#' ? 0 : text.length; operator === '#' ? i <= text.length : i >= 0; i += operator === '#' ? 1 : -1) if (pattern.test(text.slice(0, i))) return text.slice(i);
        return text;
      }
      default:
        return value ?? '';
    }
  }

  #glob(pattern: string): string[] {
    const { machine } = this.shell;
    const path = absolutePath(pattern, machine.workingDir);
    const folder = path.slice(0, path.lastIndexOf('/')) || '/';
    const match = globPattern(path.slice(path.lastIndexOf('/') + 1));
    const prefix = pattern.includes('/') ? pattern.slice(0, pattern.lastIndexOf('/') + 1) : '';
    const found = machine.files.names(folder, machine.nowMs).filter((name) => !name.startsWith('.') && match.test(name));
    return found.length > 0 ? found.map((name) => prefix + name) : [pattern];
  }
}
