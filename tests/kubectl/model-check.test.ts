import { modelFaults, type Definitions } from '../../src/kubectl/builder/model-check.ts';
import type { JsonValue } from '../../src/api/json.ts';

const DEFINITIONS: Definitions = {
  'dev.Widget': {
    type: 'object',
    required: ['spec', 'maybe'],
    properties: {
      spec: { allOf: [{ $ref: '#/components/schemas/dev.Spec' }] },
      maybe: { type: 'string', nullable: true },
      free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, properties: { a: { type: 'string' } } },
      labels: { type: 'object', additionalProperties: { type: 'string' } },
      either: {},
    },
  },
  'dev.Spec': { type: 'object', properties: { on: { type: 'boolean' }, size: { type: 'integer' }, ratio: { type: 'number' }, amount: { $ref: '#/definitions/dev.Quantity' }, list: { type: 'array', items: { type: 'string' } }, any: { type: 'array' } } },
  'dev.Quantity': { oneOf: [{ type: 'string' }, { type: 'number' }] },
};

const faults = (value: JsonValue): readonly string[] => modelFaults(value, 'Widget', 'dev.Widget', DEFINITIONS);

describe('modelFaults', () => {
  it('has nothing to say of what fits, and of what may be anything', () => {
    expect(faults({ spec: { on: true, size: 1, ratio: 1.5, amount: 5, list: ['a', 1], any: [{}] }, maybe: 7, free: { b: [] }, labels: { a: 'b' }, either: [1] })).toEqual([]);
  });

  it('tells what is unknown, of another type or missing, with the place and the model, keys in order and what is missing last', () => {
    expect(faults({ zzz: 1, labels: { b: {}, a: null }, spec: { on: 'yes', size: 'x', ratio: true, amount: {}, list: [null, [], 'a'] } })).toEqual([
      'unknown object type "nil" in Widget.labels.a',
      'ValidationError(Widget.labels.b): invalid type for dev.Widget.labels: got "map", expected "string"',
      'ValidationError(Widget.spec.amount): invalid type for dev.Quantity: got "map", expected "string"',
      'ValidationError(Widget.spec.list): unknown object type "nil" in Widget.spec.list[0]',
      'ValidationError(Widget.spec.list[1]): invalid type for dev.Spec.list: got "array", expected "string"',
      'ValidationError(Widget.spec.on): invalid type for dev.Spec.on: got "string", expected "boolean"',
      'ValidationError(Widget.spec.ratio): invalid type for dev.Spec.ratio: got "boolean", expected "number"',
      'ValidationError(Widget.spec.size): invalid type for dev.Spec.size: got "string", expected "integer"',
      'ValidationError(Widget): unknown field "zzz" in dev.Widget',
    ]);
    expect(faults({ spec: null, zzz: null })).toEqual(['ValidationError(Widget): missing required field "spec" in dev.Widget']);
  });
});
