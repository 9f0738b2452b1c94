/** The arrows of ARCHITECTURE.md are the only imports between folders of src/. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

const src = resolve(__dirname, '../src');

/** folder -> folders that it may import, statically. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  api: [],
  simulation: ['api'],
  etcd: ['simulation'],
  apiserver: ['api', 'simulation', 'etcd', 'client'],
  client: ['api', 'simulation'],
  controllers: ['api', 'simulation', 'client'],
  scheduler: ['api', 'simulation', 'client'],
  kubelet: ['api', 'simulation', 'client'],
  network: ['api', 'simulation', 'client'],
  daemon: ['api', 'simulation', 'etcd', 'apiserver', 'client', 'controllers', 'scheduler', 'kubelet', 'network'],
  kubectl: ['api', 'simulation', 'client', 'daemon'],
};

/** What one folder may take from another only in part, or only as types. */
const TYPES_ONLY = [
  { from: 'apiserver', to: 'client', why: 'the API server names the answers of Transport, and calls no client' },
  { from: 'simulation', to: 'api', why: 'log fields are JSON' },
  { from: 'kubectl', to: 'daemon', why: 'the forms of what /mock/clock answers' },
];
/** `import()` of another folder: the two doors of design.md. */
const LAZY_DOORS = ['kubectl -> daemon'];

interface Import {
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly lazy: boolean;
  readonly typeOnly: boolean;
}

function* sources(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (/\.ts$/.test(entry.name) && !path.includes(`${sep}generated${sep}`)) yield path;
  }
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8');
  const found: Import[] = [];
  const from = relative(src, file).split(sep)[0] ?? '';
  const add = (specifier: string, lazy: boolean, typeOnly: boolean) => {
    if (!specifier.startsWith('.')) return;
    const target = resolve(dirname(file), specifier);
    // Facts about the API are data, not code.
    if (target.startsWith(resolve(src, '../schemas'))) return;
    const to = relative(src, target).split(sep)[0] ?? '';
    if (to !== from) found.push({ file: relative(src, file), from, to, lazy, typeOnly });
  };
  for (const match of text.matchAll(/^\s*(?:import|export)\s+(type\s)?[^;]*?from\s+'([^']+)'/gm)) {
    const named = /\{([^}]*)\}/.exec(match[0])?.[1];
    const allTypes = named !== undefined && named.split(',').every((name) => name.trim() === '' || name.trim().startsWith('type '));
    add(match[2] ?? '', false, match[1] !== undefined || allTypes);
  }
  for (const match of text.matchAll(/(typeof\s+)?\bimport\('([^']+)'\)/g)) add(match[2] ?? '', true, match[1] !== undefined);
  return found;
}

const imports = [...sources(src)].flatMap(importsOf);

test('folders import only what the architecture allows', () => {
  const broken = imports.filter(({ from, to, lazy }) => !(lazy && LAZY_DOORS.includes(`${from} -> ${to}`)) && !(ALLOWED[from] ?? []).includes(to));
  expect(broken.map(({ file, to }) => `${file} imports ${to}`)).toEqual([]);
});

test('some folders are known to others by their types only', () => {
  const broken = imports.filter(({ from, to, typeOnly, lazy }) => !typeOnly && !lazy && TYPES_ONLY.some((rule) => rule.from === from && rule.to === to));
  expect(broken.map(({ file, to }) => `${file} imports values of ${to}`)).toEqual([]);
});

test('a controller does not know another controller', () => {
  const broken = [...sources(join(src, 'controllers'))].flatMap((file) => {
    const own = relative(join(src, 'controllers'), file).split(sep)[0] ?? '';
    return [...readFileSync(file, 'utf8').matchAll(/from\s+'([^']+)'/g)]
      .map((match) => resolve(dirname(file), match[1] ?? ''))
      .filter((path) => path.startsWith(join(src, 'controllers')))
      .map((path) => relative(join(src, 'controllers'), path).split(sep)[0] ?? '')
      .filter((other) => own !== 'index.ts' && other !== own && other !== 'shared')
      .map((other) => `${own} imports ${other}`);
  });
  expect(broken).toEqual([]);
});

test('the rules are about imports that exist', () => {
  expect(imports.length).toBeGreaterThan(50);
});
