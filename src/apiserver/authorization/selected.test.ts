import { expect, it } from 'vitest';
import { selectedBy } from './selected.ts';

const term = (field: string, value: string, operator = '=') => ({ field, operator, value });

it.each([
  ['list', 'metadata.name=a', { name: 'a', fieldSelector: [term('metadata.name', 'a')] }],
  [
    'watch',
    'spec.nodeName=n,metadata.name==a',
    { name: 'a', fieldSelector: [term('spec.nodeName', 'n'), term('metadata.name', 'a')] },
  ],
  ['deletecollection', 'metadata.name!=a', { fieldSelector: [term('metadata.name', 'a', '!=')] }],
  ['list', 'metadata.name=', { fieldSelector: [term('metadata.name', '')] }],
  ['list', 'metadata.name=a/b', { fieldSelector: [term('metadata.name', 'a/b')] }],
  ['list', 'no selector', {}],
  ['list', '', {}],
  ['list', null, {}],
  ['get', 'metadata.name=a', {}],
])('%s of %s', (verb, text, expected) => {
  expect(selectedBy(verb, text)).toEqual(expected);
});
