import { expect, it } from 'vitest';
import { parseJsonPath, parseSimplePath } from './json-path.ts';

const object = {
  spec: { name: 'x', list: [{ n: 1 }, { n: 2 }, { n: 3 }], 'a.b': 'dotted' },
  status: {
    conditions: [
      { type: 'Ready', status: 'True' },
      { type: 'Progressing', status: 'False' },
    ],
  },
};

it.each([
  ['.spec.name', ['x']],
  ['{.spec.name}', ['x']],
  ['$.spec.name', ['x']],
  ['.spec.none.deeper', []],
  ['.spec.list[0].n', [1]],
  ['.spec.list[-1].n', [3]],
  ['.spec.list[1:].n', [2, 3]],
  ['.spec.list[*].n', [1, 2, 3]],
  ['.spec.list.*.n', [1, 2, 3]],
  ["['spec']['a.b']", ['dotted']],
  ['.spec.a\\.b', ['dotted']],
  ['..n', [1, 2, 3]],
  ['.status.conditions[?(@.type=="Ready")].status', ['True']],
  [".status.conditions[?(@.status!='True')].type", ['Progressing']],
  ['.spec.list[?(@.n>1)].n', [2, 3]],
  ['.spec.list[?(@.n)].n', [1, 2, 3]],
])('follows %s', (path, expected) => {
  expect(parseJsonPath(path)(object)).toEqual(expected);
});

it.each(['spec name', '.spec[', '.spec[?(]', '.'])('refuses %s', (path) => {
  expect(() => parseJsonPath(path)).toThrow(SyntaxError);
});

it.each([
  ['.spec.replicas', ['spec', 'replicas']],
  ["['a.b'].c", ['a.b', 'c']],
  ['.a\\.b', ['a.b']],
  ['.spec[0]', undefined],
  ['spec', undefined],
  ['', undefined],
])('reads %s as names, or not', (path, expected) => {
  expect(parseSimplePath(path)).toEqual(expected);
});
