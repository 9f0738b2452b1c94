/** What shells do with whoever talks to them: prompts, the size of the terminal, and the builtin `read`. */
import type { Input } from './input.ts';
import type { Machine } from './machine.ts';
import type { Sink } from './sinks.ts';

/** bash keeps the terminal's size in variables (checkwinsize). */
export function learnSize(machine: Machine): void {
  const { terminal, environment } = machine;
  if (!terminal || terminal.columns === 0) return;
  environment.set('LINES', String(terminal.rows));
  environment.set('COLUMNS', String(terminal.columns));
}

/** @param name bash has a prompt of its own */
export function promptOf(machine: Machine, name: string): string {
  const { workingDir, environment, options: { uid, hostname, tools } } = machine;
  const sign = uid === 0 ? '#' : '$';
  const home = environment.get('HOME') ?? '/root';
  const folder = workingDir === home || workingDir.startsWith(`${home}/`) ? `~${workingDir.slice(home.length)}` : workingDir;
  if (name === 'bash') return `${uid === 0 ? 'root' : 'I have no name!'}@${hostname}:${folder}${sign} `;
  return tools === 'busybox' ? `${folder} ${sign} ` : `${sign} `;
}

/** The builtin: one line, taken apart at spaces for the variables named. */
export function readBuiltin(machine: Machine, args: readonly string[], sink: Sink, stdin: Input): number {
  const names: string[] = [];
  let raw = false;
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? '';
    if (!arg.startsWith('-')) names.push(arg);
    else if (arg === '-r') raw = true;
    else if (arg === '-p') {
      const question = args[++at] ?? '';
      if (stdin.terminal) sink.write('stderr', question);
    } else if (/^-[tnd]$/.test(arg)) at++;
  }
  let line = stdin.line();
  while (!raw && line?.whole && line.text.endsWith('\\')) {
    const next = stdin.line();
    line = { text: line.text.slice(0, -1) + (next?.text ?? ''), whole: next?.whole === true };
  }
  const text = line?.text ?? '';
  if (names.length <= 1) machine.environment.set(names[0] ?? 'REPLY', names.length === 0 ? text : text.trim());
  else {
    let rest = text.trim();
    for (const [index, name] of names.entries()) {
      const word = index === names.length - 1 ? rest : (/^\S*/.exec(rest)?.[0] ?? '');
      machine.environment.set(name, word);
      rest = rest.slice(word.length).trim();
    }
  }
  return line?.whole ? 0 : 1;
}
