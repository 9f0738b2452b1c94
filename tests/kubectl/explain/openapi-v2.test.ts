import { explainFromSwagger, type SwaggerDocument } from '../../../src/kubectl/commands/explain/openapi-v2/explanation.ts';
import type { SwaggerSchema } from '../../../src/kubectl/commands/explain/openapi-v2/models.ts';
import { wrapText } from '../../../src/kubectl/commands/explain/openapi-v2/wrap.ts';

const WIDGET = { group: 'example.com', version: 'v1', kind: 'Widget' };

const document = (fields: Readonly<Record<string, SwaggerSchema>>, more: Readonly<Record<string, SwaggerSchema>> = {}): SwaggerDocument => ({
  definitions: { ...more, 'com.Widget': { type: 'object', description: 'A widget.', required: ['b'], properties: fields, 'x-kubernetes-group-version-kind': [WIDGET] } },
});
const explain = (of: SwaggerDocument, path = '', recursive = false): string => explainFromSwagger(of, WIDGET, path === '' ? [] : path.split('.'), recursive);

const HEADING = 'KIND:     Widget\nVERSION:  example.com/v1\n\n';

describe('wrapText', () => {
  it.each([
    ['lines go on', 'a b\nc', 5, ['a b c']],
    ['bytes count', 'é é é', 5, ['é é', 'é']],
    ['long words stay whole', 'a bbbbbb c', 3, ['a', 'bbbbbb', 'c']],
    ['lists', 'a\n- b\n  * c\n1. d\n2 e\n-f', 9, ['a', '- b', '* c', '1. d', '2 e -f']],
    ['a lone bullet is none', 'a\n-', 9, ['a -']],
    ['after a colon', 'a:\nb', 9, ['a:', 'b']],
    ['not where the word with the colon did not fit', 'aaaa b:\nc', 5, ['aaaa', 'b: c']],
    ['code', 'a\n    b   c\nd', 9, ['a', '    b   c', 'd']],
    ['empty lines, once something is written', '\na\n\nb\n\n \nc\n', 9, ['a', 'b', '', '', 'c', '']],
    ['nothing', '', 9, []],
  ])('%s', (_, text, width, lines) => expect(wrapText(text, width)).toEqual(lines));
});

describe('explainFromSwagger', () => {
  it('shows fields by name, with type and whether they are required', () => {
    const text = explain(document({ b: { type: 'string', description: '100% b' }, any: {}, a: { type: 'array', items: { type: 'object', additionalProperties: { type: 'integer' } } } }));
    expect(text).toBe(`${HEADING}DESCRIPTION:\n     A widget.\n\nFIELDS:\n   a\t<[]map[string]integer>\n\n   any\t<>\n\n   b\t<string> -required-\n     100% b\n\n`);
  });

  it('has the descriptions of all that leads to a field, and the type of the first that is no reference', () => {
    const of = document({ list: { type: 'array', description: 'A list.', items: { $ref: '#/definitions/com.Part' } } }, { 'com.Part': { description: 'A part.', properties: { x: { type: 'boolean' } } } });
    expect(explain(of, 'list')).toBe(`${HEADING}RESOURCE: list <[]Object>\n\nDESCRIPTION:\n     A list.\n\n     A part.\n\nFIELDS:\n   x\t<boolean>\n\n`);
    expect(explain(of, 'list.x.beyond')).toBe(`${HEADING}FIELD:    beyond <boolean>\n\nDESCRIPTION:\n     <empty>\n`);
    expect(() => explain(of, 'list.y')).toThrow('field "y" does not exist');
  });

  it('tells of a map of anything twice what it is for, and names no field', () => {
    expect(explain(document({ free: { type: 'object', description: 'Free.' } }), 'free.x')).toBe(`${HEADING}DESCRIPTION:\n     Free.\n`);
    expect(explain(document({ free: { type: 'object', description: 'Free.' } }), 'free')).toBe(`${HEADING}DESCRIPTION:\n     Free.\n\n     Free.\n`);
  });

  it('shows fields of fields, and no model within itself', () => {
    const of = document({ self: { $ref: '#/definitions/com.Widget' }, parts: { type: 'object', additionalProperties: { type: 'object', properties: { x: { type: 'number' } } } } });
    expect(explain(of, '', true)).toContain('FIELDS:\n   parts\t<map[string]Object>\n      x\t<number>\n   self\t<Object>\n      parts\t<map[string]Object>\n         x\t<number>\n      self\t<Object>\n');
  });

  it.each([
    [{ a: { $ref: '#/definitions/No' } }, 'SchemaError(com.Widget.a): unknown model in reference: "No"'],
    [{ a: { $ref: '#/components/No' } }, 'SchemaError(com.Widget.a): unallowed reference to non-definition "#/components/No"'],
    [{ a: { $ref: '#/definitions/com.Widget', type: 'object' } }, "SchemaError(com.Widget.a): definition reference can't have a type"],
    [{ a: { type: 'array' } }, 'SchemaError(com.Widget.a): array should have exactly one sub-item'],
    [{ a: { type: ['string', 'null'] } }, "SchemaError(com.Widget.a): definitions with multiple types aren't supported"],
    [{ a: { properties: { b: { type: 'file' } } } }, 'SchemaError(com.Widget.a.b): Unknown primitive type: "file"'],
  ])('refuses a document with %j', (fields, message) => expect(() => explain(document(fields))).toThrow(message));

  it('does not know other kinds', () => {
    expect(() => explainFromSwagger(document({}), { group: '', version: 'v1', kind: 'Pod' }, [], false)).toThrow(`couldn't find resource for "/v1, Kind=Pod"`);
  });
});
