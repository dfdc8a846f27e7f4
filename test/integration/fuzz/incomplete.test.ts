import { expect, it } from 'vitest';
import { apiVersionOf, type KubeObject } from '../../../src/apimachinery/index.ts';
import { typeTable } from '../../../src/apis/index.ts';
import type { ResourceDefinition } from '../../../src/apiserver/index.ts';
import { mapConcurrent } from '../../../src/component-base/index.ts';
import { described } from './answers.ts';
import { withEach, withoutEach } from './incomplete-objects.ts';
import { creationOf, pathOf, waysToSend, type FuzzRequest } from './requests.ts';
import { programmingMistakes, send, startTarget } from './target.ts';
import { validObjectOf } from './valid-objects.ts';

/**
 * With KOINON_FUZZ_REQUESTS each kind is tried with all that its types have, in every way; else each type is tried once,
 * and each object in one way after the other.
 */
const IS_LONG = process.env['KOINON_FUZZ_REQUESTS'] !== undefined;
const TIMEOUT_MS = IS_LONG ? 3_600_000 : 600_000;
const AT_ONCE = 8;
const MAX_FAULTS = 20;

/** Bodies that are posted to a part of an object. */
function partRequests(definition: ResourceDefinition, { metadata }: KubeObject): readonly FuzzRequest[] {
  const { subresources = [] } = definition;
  return subresources.flatMap((part) => {
    if (part.type !== 'create') return [];
    const path = `${pathOf(definition, metadata.name, part.name)}?dryRun=All`;
    return postsOf(path, { apiVersion: apiVersionOf(part.body), kind: part.body.kind }, part.body.schema);
  });
}

function askedWith(definition: ResourceDefinition): readonly FuzzRequest[] {
  const { kind, schema } = definition;
  return postsOf(pathOf(definition), { apiVersion: apiVersionOf(definition), kind }, schema);
}

function postsOf(path: string, object: object, schema: string): readonly FuzzRequest[] {
  return [...withEach({ ...object }, schema, typeTable, new Set())].map((body) => ({
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(body)),
  }));
}

function incompleteObjects(definition: ResourceDefinition, valid: KubeObject, seen: Set<string>): readonly unknown[] {
  const known = IS_LONG ? new Set<string>() : seen;
  return [...withoutEach({ ...valid }, known), ...withEach({ ...valid }, definition.schema, typeTable, known)];
}

it(
  'takes or refuses objects that lack something, or have something with nothing in it',
  { timeout: TIMEOUT_MS },
  async () => {
    await using target = await startTarget();
    const connection = target.connections[1];
    if (connection === undefined) throw new TypeError('there is no connection');
    const statuses = new Map<number, number>();
    const faults: string[] = [];
    const seen = new Set<string>();
    const sendAll = (requests: readonly FuzzRequest[]) =>
      mapConcurrent(requests, AT_ONCE, async (request) => {
        const fault = await send(connection, request, statuses);
        if (fault !== undefined) faults.push(`${fault}\n${described(request)}`);
      });
    for (const definition of target.definitions) {
      const valid = validObjectOf(definition);
      if (valid === undefined) continue;
      await connection.send(creationOf(definition, false));
      const objects = incompleteObjects(definition, valid, seen);
      const requests = objects.flatMap((object, index) => {
        const ways = waysToSend(object, definition, valid);
        return IS_LONG ? ways : ways.slice(index % ways.length).slice(0, 1);
      });
      await sendAll([...requests, ...partRequests(definition, valid)]);
    }
    for (const question of target.questions) await sendAll(askedWith(question));
    process.stdout.write(`incomplete objects: ${JSON.stringify(Object.fromEntries(statuses))}\n`);
    expect(faults.slice(0, MAX_FAULTS)).toEqual([]);
    expect(programmingMistakes(target.errors)).toEqual([]);
  },
);
