/** Commands that are about the terminal. */
import type { Command } from './commands.ts';

/** What ncurses takes a terminal for whose size it is not told. */
const DEFAULT_SIZE = { rows: 24, columns: 80 };

export const TERMINAL_COMMANDS: Readonly<Record<string, Command>> = {
  stty({ machine, args, stdin, out, err }) {
    const size = stdin.terminal ? machine.terminal : undefined;
    if (!size) {
      err(`stty: ${machine.options.tools === 'posix' ? "'standard input'" : 'standard input'}: Inappropriate ioctl for device\n`);
      return 1;
    }
    if (args[0] === 'size') out(`${size.rows} ${size.columns}\n`);
    else if (args[0] === '-a') out(`speed 38400 baud; rows ${size.rows}; columns ${size.columns}; line = 0;\n`);
    else if (args.length === 0) out('speed 38400 baud; line = 0;\n');
    return 0;
  },
  tty({ args, stdin, out }) {
    if (!args.includes('-s')) out(stdin.terminal ? '/dev/pts/0\n' : 'not a tty\n');
    return stdin.terminal ? 0 : 1;
  },
  tput({ machine, args, out, err }) {
    const { terminal, options, environment } = machine;
    if (options.tools === 'busybox') {
      err('sh: tput: not found\n');
      return 127;
    }
    if (!environment.has('TERM')) {
      err('tput: No value for $TERM and no -T specified\n');
      return 2;
    }
    const size = terminal && terminal.columns > 0 ? terminal : DEFAULT_SIZE;
    if (args[0] === 'cols') out(`${size.columns}\n`);
    else if (args[0] === 'lines') out(`${size.rows}\n`);
    return 0;
  },
};
