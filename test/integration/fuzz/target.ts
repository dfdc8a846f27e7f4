import { expect } from 'vitest';
import { isObject, type UnknownObject } from '../../../src/apimachinery/index.ts';
import { customResourceDefinitions, namespaces } from '../../../src/apis/index.ts';
import { createLogger, start } from '../../../src/component-base/index.ts';
import { createTestCertificates } from '../../harness/certificates.ts';
import { crontabDefinition } from '../../harness/definitions.ts';
import { startTestMember } from '../../harness/member-cluster.ts';
import { faultOf } from './answers.ts';
import { overHttp1, overHttp2, type Connection } from './connections.ts';
import type { FuzzRequest } from './requests.ts';
import { NAMESPACE } from './valid-objects.ts';

/** A member cluster that serves every kind, and who speaks to it. */
export async function startTarget() {
  await using stack = new AsyncDisposableStack();
  const errors: UnknownObject[] = [];
  const log = createLogger({
    level: 'error',
    destination: {
      write: (line) => {
        const entry: unknown = JSON.parse(line);
        if (isObject(entry)) errors.push(entry);
      },
    },
  });
  const member = stack.use(await startTestMember({ nodes: 1, log }));
  const { serving, ca, admin } = await createTestCertificates();
  const listener = member.server.listener(serving);
  const running = await start([listener]);
  stack.defer(() => running.stop());
  const connections = [overHttp1, overHttp2].map((open) => stack.use(open({ url: listener.url, ca, identity: admin })));
  await member.client.create(namespaces, { metadata: { name: NAMESPACE } });
  await member.client.create(customResourceDefinitions, crontabDefinition());
  const definitions = () => member.server.catalog.definitions();
  await expect.poll(() => definitions().some(({ plural }) => plural === 'crontabs')).toBe(true);
  const kept = stack.move();
  return {
    member,
    connections,
    errors,
    definitions: definitions().filter((definition) => !('answer' in definition || 'read' in definition)),
    questions: definitions().filter((definition) => 'answer' in definition),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** A fault of the server, if there is one. */
export async function send(connection: Connection, request: FuzzRequest, statuses: Map<number, number>) {
  const answer = await connection.send(request).catch((err: unknown) => `no answer: ${String(err)}`);
  if (typeof answer === 'string') return answer;
  statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
  return faultOf(answer, request);
}

/** A controller, too, must not stumble over an object that the API server let in. */
export function programmingMistakes(errors: readonly UnknownObject[]): readonly string[] {
  return errors
    .map(({ err, msg }) => ({ err, msg }))
    .filter(({ err }) => isObject(err) && ['TypeError', 'RangeError', 'ReferenceError'].includes(String(err['type'])))
    .map(({ err, msg }) => `${String(msg)}: ${isObject(err) ? String(err['stack']) : ''}`);
}
