import { describe, expect, it } from 'vitest';
import {
  allowingPrefix,
  configKeyProblems,
  dnsLabelProblems,
  dnsSubdomainProblems,
  labelKeyProblems,
  labelValueProblems,
  pathSegmentProblems,
  portNameProblems,
  rfc1035LabelProblems,
} from './name-validation.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from './object-meta-validation.ts';

const long = 'a'.repeat(64);

it.each([
  [dnsLabelProblems, ['a', '0-a', 'a'.repeat(63)], ['', 'A', '-a', 'a-', 'a_b', 'a.b', long]],
  [dnsSubdomainProblems, ['a', 'a.b-c.d', long], ['', 'a..b', '.a', 'A.b', 'a'.repeat(254)]],
  [rfc1035LabelProblems, ['a', 'a-1'], ['', '1a', 'a.b', 'a-', long]],
  [labelKeyProblems, ['a', 'A_b.c-d', 'example.com/a'], ['', '/a', 'a/', 'a/b/c', 'Ex.com/a', '-a', long]],
  [labelValueProblems, ['', 'a', 'A_b.c'], ['-', 'a b', 'ü', long]],
  [pathSegmentProblems, ['system:node', 'a b'], ['.', '..', 'a/b', 'a%b']],
  [configKeyProblems, ['a.b', '.bashrc', 'A_1'], ['', '.', '..', '..a', 'a/b']],
  [portNameProblems, ['http', 'a-1'], ['80', 'a--b', '-a', 'a_b', 'abcdefghijklmnop']],
])('%o', (problemsOf, good, bad) => {
  for (const name of good) expect(problemsOf(name), name).toEqual([]);
  for (const name of bad) expect(problemsOf(name), name).not.toEqual([]);
});

it('words problems as Kubernetes does', () => {
  expect(dnsLabelProblems('a.b')).toEqual(['must not contain dots']);
  expect(dnsLabelProblems('A')).toEqual([
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
  ]);
  expect(dnsSubdomainProblems('a'.repeat(254))).toEqual(['must be no more than 253 bytes']);
  expect(labelKeyProblems('a/')[0]).toBe('name part must be non-empty');
});

describe('validateObjectMeta', () => {
  const texts = (metadata: object, namespaced = true) =>
    validateObjectMeta(metadata, { namespaced }).map(({ field, message }) => `${field}: ${message}`);

  it.each([
    [{ namespace: 'x' }, 'metadata.name: Required value: name or generateName is required'],
    [{ name: 'a' }, 'metadata.namespace: Required value'],
    [{ name: 'a', namespace: 'x', labels: { a: '-' } }, 'metadata.labels: Invalid value: "-": a valid label must be'],
    [
      { name: 'a', namespace: 'x', annotations: { 'a b': '' } },
      'metadata.annotations: Invalid value: "a b": name part',
    ],
    [
      { name: 'a', namespace: 'x', annotations: { a: 'x'.repeat(262_144) } },
      'metadata.annotations: Too long: may not be more than 262144 bytes',
    ],
    [{ name: 'a', namespace: 'x', finalizers: ['a b'] }, 'metadata.finalizers: Invalid value: "a b"'],
    [{ name: 'a', namespace: 'x', finalizers: ['orphan', 'foregroundDeletion'] }, 'cannot be both set'],
    [
      { name: 'a', namespace: 'x', ownerReferences: [{}] },
      'metadata.ownerReferences.apiVersion: Invalid value: "": version must not be empty',
    ],
  ])('%j', (metadata, text) => {
    expect(texts(metadata).join('\n')).toContain(text);
  });

  it('accepts what is right, and no namespace where there is none', () => {
    expect(texts({ name: 'a-b.c', namespace: 'x', generateName: 'a-', labels: { 'x.y/z': 'A' } })).toEqual([]);
    expect(texts({ name: 'a' }, false)).toEqual([]);
    expect(texts({ name: 'a', namespace: 'x' }, false)).toEqual([
      'metadata.namespace: Forbidden: not allowed on this type',
    ]);
  });

  it('lets no finalizer be added to what is being deleted', () => {
    const old = { finalizers: ['a'], deletionTimestamp: '2024-01-01T00:00:00Z' };
    expect(validateObjectMetaUpdate({ ...old, finalizers: [] }, old)).toEqual([]);
    expect(validateObjectMetaUpdate({ ...old, finalizers: ['a', 'b'] }, old)).toMatchObject([
      {
        reason: 'FieldValueForbidden',
        message:
          'Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"b"}',
      },
    ]);
  });

  it('a generateName may end in a hyphen', () => {
    expect(allowingPrefix(dnsLabelProblems)('web-', true)).toEqual([]);
    expect(allowingPrefix(dnsLabelProblems)('web-', false)).not.toEqual([]);
  });
});
