import { expect, it } from 'vitest';
import { statusError } from '../../src/apimachinery/index.ts';
import { FakeClient } from '../../test/harness/fake-client.ts';
import { fieldsLost, formatPath } from './field-path.ts';
import { MembersUnknownFields, UnknownFields } from './unknown-fields.ts';

const job = () => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'once' },
  spec: {
    suspend: true,
    parallelism: 2,
    template: {
      spec: {
        containers: [
          { name: 'a]', resizePolicy: ['x'] },
          { name: 'b', resizePolicy: ['x'] },
        ],
      },
    },
  },
});
const refused = (message: string) => statusError(500, 'Unknown', message);

it.each([
  ['one', 'failed to create typed patch object: .spec.suspend: field not declared in schema', ['.spec.suspend']],
  [
    'several, of a newer API server',
    'failed to create typed patch object (shop/once; batch/v1, Kind=Job): errors:\n' +
      '  .spec.suspend: field not declared in schema\n  .spec.parallelism: field not declared in schema',
    ['.spec.suspend', '.spec.parallelism'],
  ],
  [
    'in all items of a list, by one of them',
    'failed: .spec.template.spec.containers[name="a]"].resizePolicy: field not declared in schema',
    ['.spec.template.spec.containers[].resizePolicy'],
  ],
])('learns which fields a member does not know: %s', (_what, message, fields) => {
  const unknown = new UnknownFields();
  expect(unknown.learns(refused(message), job())).toBe(true);
  expect(fieldsLost(unknown.without(job()), job()).map(formatPath)).toEqual(fields);
  expect(unknown.learns(refused(message), unknown.without(job()))).toBe(false);
});

it('leaves those out, and the object as it was where there are none', () => {
  const unknown = new UnknownFields();
  const object = job();
  expect(unknown.without(object)).toBe(object);
  unknown.learns(refused('.spec.template.spec.containers[0].resizePolicy: field not declared in schema'), object);
  unknown.learns(refused('.spec.suspend: field not declared in schema'), object);
  expect(unknown.without(object)).toEqual({
    ...object,
    spec: { parallelism: 2, template: { spec: { containers: [{ name: 'a]' }, { name: 'b' }] } } },
  });
  expect(object).toEqual(job());
});

it.each([
  ['a field that was not sent', refused('.spec.completionMode: field not declared in schema')],
  ['another answer', refused('.spec.suspend: Invalid value: true')],
  ['no answer', new Error('.spec.suspend: field not declared in schema')],
])('learns nothing from %s', (_what, err) => {
  expect(new UnknownFields().learns(err, job())).toBe(false);
});

it('asks anew when the member is another version', () => {
  const members = new MembersUnknownFields();
  const client = new FakeClient();
  members.of(client, 'v1.20.2').learns(refused('.spec.suspend: field not declared in schema'), job());
  expect(members.of(client, 'v1.20.2').without(job()).spec).not.toHaveProperty('suspend');
  expect(members.of(client, 'v1.36.0').without(job()).spec).toHaveProperty('suspend');
});
