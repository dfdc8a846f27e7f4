import { expect, it } from 'vitest';
import { AuditAnnotations } from './annotations.ts';
import { goJson } from './go-json.ts';

it('shows annotations by their keys, each from its level on', () => {
  const annotations = new AuditAnnotations();
  expect(annotations.shownAt('RequestResponse')).toBeUndefined();
  annotations.add('patch.webhook.admission.k8s.io/round_0_index_0', '[]', 'Request');
  annotations.add('authorization.k8s.io/decision', 'allow');
  expect(JSON.stringify(annotations.shownAt('Metadata'))).toBe('{"authorization.k8s.io/decision":"allow"}');
  expect(Object.keys(annotations.shownAt('Request') ?? {})).toEqual([
    'authorization.k8s.io/decision',
    'patch.webhook.admission.k8s.io/round_0_index_0',
  ]);
});

it('keeps the first value of a key', () => {
  const annotations = new AuditAnnotations();
  annotations.add('example.com/a', '1');
  annotations.add('example.com/a', '2');
  expect(annotations.shownAt('Metadata')).toEqual({ 'example.com/a': '1' });
});

it('leaves out what is too many, too much or has no proper key, and says how often', () => {
  const many = new AuditAnnotations();
  for (let i = 0; i < 260; i++) many.add(`example.com/n${i}`, '');
  expect(Object.keys(many.shownAt('Metadata') ?? {})).toHaveLength(257);
  expect(many.shownAt('Metadata')).toMatchObject({ 'audit.koinon.dev/annotations-left-out': '4' });

  const large = new AuditAnnotations();
  large.add('example.com/a', 'x'.repeat(300_000));
  for (const key of ['plain', 'a/b/c', 'UPPER/b', 'example.com/']) large.add(key, '');
  expect(large.shownAt('Metadata')).toEqual({ 'audit.koinon.dev/annotations-left-out': '5' });
});

it('writes JSON as Go does', () => {
  expect(goJson({ a: 'x <= 1 && y > 2\u2028' })).toBe('{"a":"x \\u003c= 1 \\u0026\\u0026 y \\u003e 2\\u2028"}');
});
