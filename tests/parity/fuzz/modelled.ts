/** Objects of a kind with any of its fields there or not: what the API's model has, in values that Go's structs hold. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from '../../support/property.ts';

interface Shape {
  readonly type?: string;
  readonly ref?: string;
  readonly array?: Shape;
  readonly map?: Shape;
  readonly enum?: readonly string[];
  readonly required?: boolean;
}
type Model = Readonly<Record<string, { readonly fields: Readonly<Record<string, Shape>> }>>;

const MODEL = JSON.parse(readFileSync(join(__dirname, '../../../src/api/generated/model.json'), 'utf8')) as Model;

/** How likely an optional field is, by how deep it stands. */
const CHANCES = [0.9, 0.5, 0.4, 0.35, 0.3, 0.25, 0.2];
const TEXT = ['a', 'text', '', 'two words', 'lines\nof text', 'x.y/z', '1'];
/** Words that mean something in fields of that name. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  status: ['True', 'False', 'Unknown', ''], phase: ['Running', 'Pending', 'Succeeded', 'Failed', 'Bound', 'Active', 'Terminating', ''], type: ['Ready', 'Available', 'Progressing', 'ClusterIP', 'RollingUpdate', 'Complete', 'Resource', 'Utilization', 'Opaque', ''],
  operator: ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Equal'], key: ['a', 'app', 'x.y/z'], apiVersion: ['v1', 'apps/v1'], kind: ['Pod', 'Deployment', 'ReplicaSet', 'Service', 'Node', 'ServiceAccount'], name: ['web', 'a', 'settings'], namespace: ['default', 'team'],
  restartPolicy: ['Always', 'Never', ''], effect: ['NoSchedule', 'NoExecute', ''], path: ['/x', 'rel', ''], schedule: ['* * * * *'], resource: ['limits.cpu', 'requests.memory', 'cpu', 'pods'], mountPath: ['/a', '/b'], cidr: ['10.0.0.0/8'], ip: ['1.2.3.4'], operatorIn: [],
};
const SCALARS: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  boolean: fc.boolean(),
  quantity: fc.constantFrom('1', '100m', '1Gi', '0', '1.5', '64Mi'),
  time: fc.constantFrom('2020-01-02T03:04:05Z', '2021-06-07T08:09:10Z'),
  microtime: fc.constantFrom('2020-01-02T03:04:05.000000Z', '2021-06-07T08:09:10.123456Z'),
  'int-or-string': fc.constantFrom<unknown>(80, 'http', '25%', 0),
  bytes: fc.constantFrom('', 'YQ==', 'AAEC'),
  any: fc.constantFrom<unknown>({ a: 1 }, { b: 'c' }),
  double: fc.constantFrom(0, 1.5),
};
const NUMBERS = fc.constantFrom(0, 1, 2, 30, 80, 3600);

function valueOf(shape: Shape, name: string, depth: number): fc.Arbitrary<unknown> {
  if (shape.ref !== undefined) return structOf(shape.ref, depth + 1);
  if (shape.array) return fc.array(shape.enum ? fc.constantFrom(...shape.enum) : valueOf(shape.array, name, depth), { maxLength: 2 });
  // Go goes through maps in any order: one key has but one.
  if (shape.map) return fc.dictionary(fc.constantFrom('cpu', 'memory', 'a', 'app', 'x.y/z'), valueOf(shape.map, name, depth), { maxKeys: 1 });
  const { type = 'any' } = shape;
  if (type === 'string') return fc.constantFrom(...(shape.enum ?? (Object.hasOwn(WORDS, name) ? WORDS[name] ?? TEXT : TEXT)));
  if (type.startsWith('int') && type !== 'int-or-string') return NUMBERS;
  return SCALARS[type] ?? fc.constant('a');
}

/** Of the sources of a volume it has one. */
function structOf(model: string, depth: number): fc.Arbitrary<Record<string, unknown>> {
  const fields = Object.entries(MODEL[model]?.fields ?? {}).filter(([name]) => name !== 'managedFields');
  const chance = CHANCES[depth] ?? 0;
  const drawn = fields.filter(([, { required }]) => required || chance > 0).map(([name, shape]) => {
    // What is deeper is made only where it is drawn: models refer to each other without end.
    const value = fc.constant(undefined).chain(() => valueOf(shape, name, depth));
    if (shape.required) return [name, value] as const;
    return [name, fc.integer({ min: 1, max: 100 }).chain((percent) => (percent <= chance * 100 ? value : fc.constant(undefined)))] as const;
  });
  return fc.record(Object.fromEntries(drawn)).map((object) => {
    let sources = 0;
    const isSource = (name: string): boolean => /VolumeSource$/.test(MODEL[model]?.fields[name]?.ref ?? '');
    return Object.fromEntries(Object.entries(object).filter(([name, value]) => value !== undefined && !(isSource(name) && sources++ > 0)));
  });
}

/** The fields of an object of that model, without what names it. */
export const modelled = (model: string): fc.Arbitrary<Record<string, unknown>> => structOf(model, 0);
