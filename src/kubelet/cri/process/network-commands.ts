/** wget, curl, nc, ping, nslookup as processes in pods use them; who answers is the network's to say. */
import { absolutePath } from './files.ts';
import type { Command } from './commands.ts';
import type { HttpAnswer, ProcessNetwork } from './machine.ts';

interface Target {
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

const isAddress = (host: string): boolean => /^\d+(\.\d+){3}$/.test(host);

function target(url: string): Target {
  const match = /^(?:(https?):\/\/)?([^/:]+)(?::(\d+))?(\/.*)?$/.exec(url);
  return { host: match?.[2] ?? url, port: Number(match?.[3] ?? (match?.[1] === 'https' ? 443 : 80)), path: match?.[4] ?? '/' };
}

function get(network: ProcessNetwork | undefined, { host, port, path }: Target): HttpAnswer | 'unknown' | 'refused' {
  return network?.http(host, port, path) ?? 'unknown';
}

const wget: Command = ({ machine, args, out, err }) => {
  const url = args.find((arg, index) => !arg.startsWith('-') && args[index - 1] !== '-O' && args[index - 1] !== '-T') ?? '';
  const joinedTo = args.find((arg) => /^-\w*O./.test(arg))?.replace(/^-\w*O/, '');
  const file = args.some((arg) => /^-\w*O$/.test(arg)) ? args[args.findIndex((arg) => /^-\w*O$/.test(arg)) + 1] : joinedTo;
  const quiet = args.some((arg) => /^-\w*q/.test(arg));
  const to = target(url);
  machine.wait(2);
  const answer = get(machine.options.network, to);
  if (answer === 'unknown') {
    err(`wget: bad address '${to.host}'\n`);
    return 1;
  }
  if (!quiet) err(`Connecting to ${to.host}${to.port === 80 && !isAddress(to.host) ? '' : `:${to.port}`} (${to.host}:${to.port})\n`);
  if (answer === 'refused') {
    err(`wget: can't connect to remote host (${to.host}): Connection refused\n`);
    return 1;
  }
  if (answer.code >= 400) {
    err(`wget: server returned error: HTTP/1.1 ${answer.code} ${answer.code === 404 ? 'Not Found' : answer.code === 403 ? 'Forbidden' : 'Internal Server Error'}\n`);
    return 1;
  }
  if (file === '-' || file === '/dev/stdout') out(answer.body);
  else machine.writeFile(absolutePath(file ?? (to.path.split('/').at(-1) || 'index.html'), machine.workingDir), answer.body);
  return 0;
};

const curl: Command = ({ machine, args, out, err }) => {
  const url = args.find((arg, index) => !arg.startsWith('-') && !['-o', '-m', '-X', '-H', '-d', '-w', '--max-time', '--connect-timeout', '--retry'].includes(args[index - 1] ?? '')) ?? '';
  const silent = args.some((arg) => /^-\w*s/.test(arg) && !arg.startsWith('--')) || args.includes('--silent');
  const showError = !silent || args.some((arg) => /^-\w*S/.test(arg));
  const fail = args.some((arg) => /^-\w*f/.test(arg) && !arg.startsWith('--')) || args.includes('--fail');
  const file = args.includes('-o') ? args[args.indexOf('-o') + 1] : undefined;
  const to = target(url);
  machine.wait(2);
  const answer = get(machine.options.network, to);
  if (answer === 'unknown') {
    if (showError) err(`curl: (6) Could not resolve host: ${to.host}\n`);
    return 6;
  }
  if (answer === 'refused') {
    if (showError) err(`curl: (7) Failed to connect to ${to.host} port ${to.port} after 0 ms: Could not connect to server\n`);
    return 7;
  }
  if (fail && answer.code >= 400) {
    if (showError) err(`curl: (22) The requested URL returned error: ${answer.code}\n`);
    return 22;
  }
  if (file === undefined || file === '-') out(answer.body);
  else machine.writeFile(absolutePath(file, machine.workingDir), answer.body);
  if (args.includes('-w')) out((args[args.indexOf('-w') + 1] ?? '').replace('%{http_code}', String(answer.code)).replaceAll('\\n', '\n'));
  return 0;
};

const nc: Command = ({ machine, args, err }) => {
  const words = args.filter((arg) => !arg.startsWith('-'));
  if (args.some((arg) => /^-\w*l/.test(arg))) {
    const port = Number(words.find((word) => /^\d+$/.test(word)) ?? args.find((arg) => /^-\w*p\d+$/.test(arg))?.replace(/\D/g, '') ?? 0);
    if (port > 0 && !machine.listening.has(port)) machine.listening.set(port, machine.nowMs);
    machine.wait(Infinity);
  }
  const [host = '', port = '0'] = words.filter((_, index) => args[args.indexOf(words[index] ?? '') - 1] !== '-w');
  machine.wait(1);
  const found = machine.options.network?.connect(host, Number(port)) ?? 'unknown';
  if (found === 'unknown') err(`nc: bad address '${host}'\n`);
  else if (found === 'refused' && args.some((arg) => /^-\w*v/.test(arg))) err(`nc: ${host} (${host}:${port}): Connection refused\n`);
  return found === 'open' ? 0 : 1;
};

const nslookup: Command = ({ machine, args, out, err }) => {
  const name = args.find((arg) => !arg.startsWith('-')) ?? '';
  machine.wait(2);
  out('Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n');
  if ((machine.options.network?.connect(name, 0) ?? 'unknown') !== 'unknown') return 0;
  err(`** server can't find ${name}: NXDOMAIN\n\n`);
  return 1;
};

const ping: Command = ({ machine, args, out, err }) => {
  const host = args.filter((arg, index) => !arg.startsWith('-') && args[index - 1] !== '-c' && args[index - 1] !== '-W')[0] ?? '';
  if ((machine.options.network?.connect(host, 0) ?? 'unknown') === 'unknown') {
    err(`ping: bad address '${host}'\n`);
    return 1;
  }
  const count = args.includes('-c') ? Number(args[args.indexOf('-c') + 1]) : Infinity;
  out(`PING ${host} (${host}): 56 data bytes\n`);
  for (let sequence = 0; sequence < count; sequence++) {
    if (sequence > 0) machine.wait(1000);
    out(`64 bytes from ${host}: seq=${sequence} ttl=64 time=0.061 ms\n`);
  }
  return 0;
};

export const NETWORK_COMMANDS: Readonly<Record<string, Command>> = { wget, curl, nc, netcat: nc, nslookup, ping };
