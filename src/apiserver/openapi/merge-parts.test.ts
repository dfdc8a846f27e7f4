import { describe, expect, it } from 'vitest';
import { mergeParts } from './merge-parts.ts';
import { versionPart } from './remote-part.ts';

const ref = (name: string) => ({ $ref: `#/definitions/${name}` });
const kind = (name: string, group = 'x.example.com') => ({ group, version: 'v1', kind: name });
const KINDS = 'x-kubernetes-group-version-kind';
const VERSION = { group: 'x.example.com', version: 'v1' };
const PATH = '/apis/x.example.com/v1/things';

const answering = (schema: unknown) => ({ get: { responses: { 200: { description: 'OK', schema } } } });
const documentOf = (definitions: object, beside: object = {}) =>
  JSON.stringify({ swagger: '2.0', paths: { [PATH]: answering(ref('Thing')), ...beside }, definitions });

describe('what is taken over of another document', () => {
  it('is the version alone, with the definitions that it takes', () => {
    const part = versionPart(
      documentOf(
        {
          Thing: { type: 'object', properties: { part: ref('Part') }, [KINDS]: [kind('Thing'), kind('Pod', '')] },
          Part: {
            type: 'object',
            properties: { parts: { type: 'array', items: ref('Part') } },
            [KINDS]: [kind('Pod', '')],
          },
          Other: { type: 'object' },
        },
        { '/apis/x.example.com/v10/things': answering(ref('Other')), '/api/v1/pods': answering(ref('Other')) },
      ),
      VERSION,
    );
    expect(Object.keys(part.paths)).toEqual([PATH]);
    expect(part.definitions).toEqual({
      Thing: { type: 'object', properties: { part: ref('Part') }, [KINDS]: [kind('Thing')] },
      Part: { type: 'object', properties: { parts: { type: 'array', items: ref('Part') } } },
    });
  });

  it('has in place what the document shares', () => {
    const parameter = { name: 'pretty', in: 'query', type: 'string' };
    const { paths } = versionPart(
      JSON.stringify({
        swagger: '2.0',
        parameters: { pretty: parameter },
        responses: { gone: { description: 'gone' } },
        paths: {
          [PATH]: {
            parameters: [{ $ref: '#/parameters/pretty' }],
            get: { parameters: [{ $ref: '#/parameters/pretty' }], responses: { 410: { $ref: '#/responses/gone' } } },
          },
        },
      }),
      VERSION,
    );
    expect(paths[PATH]).toEqual({
      parameters: [parameter],
      get: { parameters: [parameter], responses: { 410: { description: 'gone' } } },
    });
  });

  it.each([
    ['no JSON', '<html>', 'Unexpected token'],
    ['another version', '{"openapi":"3.0.0"}', 'no document of OpenAPI 2.0'],
    ['a missing definition', documentOf({}), 'the definition "Thing" is missing'],
    ['a reference to elsewhere', documentOf({ Thing: { $ref: 'http://x' } }), 'refers to no definition'],
    [
      'a missing parameter',
      documentOf({ Thing: {} }, { [PATH]: { parameters: [{ $ref: '#/parameters/x' }] } }),
      'refers to nothing',
    ],
    ['a type that there is not', documentOf({ Thing: { type: ['string', 'null'] } }), '["string","null"] is no type'],
    ['a list of nothing', documentOf({ Thing: { type: 'array' } }), 'a list does not say of what'],
    ['a definition that is none', documentOf({ Thing: 1 }), 'an object was expected'],
    ['words that are others', documentOf({ Thing: { required: 1 } }), 'a list was expected'],
    ['deep schemas', documentOf({ Thing: { additionalProperties: nest(70, 'items') } }), 'nested too deeply'],
    ['deep values', documentOf({ Thing: { default: nest(2_000, 'x') } }), 'exceeded max depth'],
  ])('is nothing where there is %s', (_, text, message) => {
    expect(() => versionPart(text, VERSION)).toThrow(message);
  });
});

function nest(depth: number, word: string): object {
  let value = {};
  for (let level = 0; level < depth; level += 1) value = { [word]: value };
  return value;
}

describe('documents made into one', () => {
  const own = {
    paths: { '/api': {}, [PATH]: { description: 'own' } },
    definitions: {
      Same: { type: 'object', properties: { a: { type: 'string' } }, [KINDS]: [kind('Own', '')] },
      Meta: { type: 'object', description: 'own' },
      Meta_v2: { type: 'object', description: 'own too' },
    },
  };
  const part = {
    paths: { [PATH]: {}, [`${PATH}/{name}`]: answering(ref('Thing')) },
    definitions: {
      Thing: { type: 'object', properties: { meta: ref('Meta'), same: ref('Same') } },
      Meta: { type: 'object', description: 'remote' },
      Same: { properties: { a: { type: 'string' } }, type: 'object', [KINDS]: [kind('Thing')] },
    },
  };

  it('keep what is known, and get new names for other definitions of known names', () => {
    const { paths, definitions } = mergeParts(own, [part]);
    expect(paths).toEqual({ ...own.paths, [`${PATH}/{name}`]: answering(ref('Thing')) });
    expect(definitions).toEqual({
      ...own.definitions,
      Same: { ...own.definitions.Same, [KINDS]: [kind('Own', ''), kind('Thing')] },
      Thing: { type: 'object', properties: { meta: ref('Meta_v3'), same: ref('Same') } },
      Meta_v3: { type: 'object', description: 'remote' },
    });
  });

  it('use new names again for the same definitions', () => {
    const again = { paths: {}, definitions: { Meta: { type: 'object', description: 'remote' } } };
    expect(mergeParts(own, [part, again])).toEqual(mergeParts(own, [part]));
    expect(own.definitions.Meta).toEqual({ type: 'object', description: 'own' });
  });
});
