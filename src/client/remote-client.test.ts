import { describe, expect, it } from 'vitest';
import { isConflict, isStatusError } from '../apimachinery/index.ts';
import { createTestCertificates } from '../../test/harness/certificates.ts';
import { certificates, json, serve, thing, things } from '../../test/harness/told-server.ts';
import { createRemoteClient } from './remote-client.ts';

const key = { namespace: 'default', name: 'a' };

describe.each(['h2', 'http/1.1'] as const)('a remote client over %s', (protocol) => {
  it('asks the paths and sends the bodies of the Kubernetes API', async () => {
    await using server = await serve(protocol, ({ method }, response) => {
      json(response, method === 'GET' ? thing('a') : thing('b'));
    });
    await using client = server.client();
    await client.get(things, key);
    await client.create(things, { metadata: key }, { dryRun: true, fieldManager: 'me', fieldValidation: 'Strict' });
    await client.update(things, thing('a'));
    await client.updateStatus(things, thing('a'));
    await client.patch(things, key, { type: 'merge', patch: { x: null } }, { subresource: 'status' });
    await client.patch(things, key, { type: 'json', patch: [{ op: 'test', path: '/a', value: 1 }] });
    await client.patch(things, key, { type: 'strategic', patch: {} });
    await client.delete(things, key, { gracePeriodSeconds: 0, preconditions: { uid: 'u' }, dryRun: true });
    await client.deleteCollection(things, { namespace: 'default', labelSelector: 'a=b' });
    await client.createSubresource(things, key, 'token', { metadata: {} });
    const root = '/apis/test/v1/namespaces/default/things';
    expect(
      server.requests.map(({ method, url, headers, body }) => [method, url, headers['content-type'], body]),
    ).toEqual([
      ['GET', `${root}/a`, undefined, ''],
      [
        'POST',
        `${root}?dryRun=All&fieldManager=me&fieldValidation=Strict`,
        'application/json',
        '{"apiVersion":"test/v1","kind":"Thing","metadata":{"namespace":"default","name":"a"}}',
      ],
      ['PUT', `${root}/a`, 'application/json', JSON.stringify(thing('a'))],
      ['PUT', `${root}/a/status`, 'application/json', JSON.stringify(thing('a'))],
      ['PATCH', `${root}/a/status`, 'application/merge-patch+json', '{"x":null}'],
      ['PATCH', `${root}/a`, 'application/json-patch+json', '[{"op":"test","path":"/a","value":1}]'],
      ['PATCH', `${root}/a`, 'application/strategic-merge-patch+json', '{}'],
      [
        'DELETE',
        `${root}/a`,
        'application/json',
        '{"apiVersion":"v1","kind":"DeleteOptions","gracePeriodSeconds":0,"preconditions":{"uid":"u"},"dryRun":["All"]}',
      ],
      ['DELETE', `${root}?labelSelector=a%3Db`, 'application/json', '{"apiVersion":"v1","kind":"DeleteOptions"}'],
      ['POST', `${root}/a/token`, 'application/json', '{"metadata":{}}'],
    ]);
  });

  it('says what a call belongs to, whatever it does', async () => {
    await using server = await serve(protocol, (_, response) => {
      json(response, { ...thing('a'), items: [] });
    });
    await using client = server.client();
    const context = { auditId: 'id', traceparent: '00-1-2-01' };
    await client.get(things, key, { context });
    await client.list(things, { context });
    await client.create(things, { metadata: key }, { context });
    await client.update(things, thing('a'), { context });
    await client.patch(things, key, { type: 'merge', patch: {} }, { context });
    await client.delete(things, key, { context });
    await client.deleteCollection(things, {}, { context });
    await client.createSubresource(things, key, 'token', { metadata: {} }, { context });
    await client.raw('/version', { context });
    await client.raw('/version');
    const said = server.requests.map(({ headers }) => [headers['audit-id'], headers['traceparent']]);
    expect(said).toEqual([...Array<unknown>(9).fill(['id', '00-1-2-01']), [undefined, undefined]]);
  });

  it('names the kind of what a list leaves out', async () => {
    await using server = await serve(protocol, (_, response) => {
      json(response, { kind: 'ThingList', apiVersion: 'test/v1', metadata: {}, items: [{ metadata: { name: 'a' } }] });
    });
    await using client = server.client();
    const list = await client.list(things, { limit: 5, continue: 'next', fieldSelector: 'metadata.name=a' });
    expect(list.items).toEqual([{ apiVersion: 'test/v1', kind: 'Thing', metadata: { name: 'a' } }]);
    expect(server.requests[0]?.url).toBe('/apis/test/v1/things?fieldSelector=metadata.name%3Da&limit=5&continue=next');
  });

  it('takes an absent list of items for an empty one', async () => {
    await using server = await serve(protocol, (_, response) => {
      json(response, { kind: 'ThingList', apiVersion: 'test/v1', metadata: {}, items: null });
    });
    await using client = server.client();
    expect((await client.list(things)).items).toEqual([]);
  });

  it('shows who it is by certificate', async () => {
    await using server = await serve(protocol, (_, response) => {
      response.end('ok');
    });
    const { certificate, key: privateKey } = await certificates.issue('someone');
    await using client = server.client({ credentials: { certificate, key: privateKey } });
    expect(await client.raw('/healthz')).toBe('ok');
    if (protocol === 'http/1.1') expect(server.requests[0]?.commonName).toBe('someone');
  });

  it('shows who it is by token, asked anew for every call', async () => {
    await using server = await serve(protocol, (_, response) => {
      response.end('ok');
    });
    let asked = 0;
    await using client = server.client({ credentials: { token: async () => `t${++asked}` } });
    await client.raw('/version');
    await client.raw('/version', { accept: 'text/plain' });
    expect(server.requests.map(({ headers }) => [headers['authorization'], headers['accept']])).toEqual([
      ['Bearer t1', 'application/json'],
      ['Bearer t2', 'text/plain'],
    ]);
  });

  it('believes only a server whose certificate it can verify', async () => {
    await using server = await serve(protocol, (_, response) => {
      response.end('ok');
    });
    const stranger = await createTestCertificates();
    await using client = createRemoteClient({ server: server.url, ca: stranger.ca });
    await expect(client.raw('/healthz')).rejects.toThrow(/GET https:.*certificate/);
    await using careless = createRemoteClient({ server: server.url, insecureSkipTlsVerify: true });
    expect(await careless.raw('/healthz')).toBe('ok');
  });

  it('throws what the server says', async () => {
    const status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'no',
      reason: 'Conflict',
    };
    await using server = await serve(protocol, ({ url }, response) => {
      if (url.startsWith('/apis')) json(response, { ...status, code: 409 }, 409);
      else json(response, 'a proxy is out of order', 502);
    });
    await using client = server.client();
    const conflict = await client.update(things, thing('a')).catch((err: unknown) => err);
    expect(isConflict(conflict)).toBe(true);
    await expect(client.raw('/healthz')).rejects.toMatchObject({ code: 502, message: '"a proxy is out of order"' });
  });

  it('waits and tries reads again when the server is busy, but not creates, nor for ever', async () => {
    let busy = 2;
    await using server = await serve(protocol, (_, response) => {
      if (busy-- > 0) json(response, 'busy', 429, { 'retry-after': '0' });
      else json(response, thing('a'));
    });
    await using client = server.client();
    expect((await client.get(things, key)).metadata.name).toBe('a');
    expect(server.requests).toHaveLength(3);
    busy = 1;
    await expect(client.create(things, { metadata: key })).rejects.toMatchObject({ code: 429 });
    expect(server.requests).toHaveLength(4);
    busy = Infinity;
    await expect(client.get(things, key)).rejects.toMatchObject({ code: 429, reason: 'TooManyRequests' });
    expect(server.requests).toHaveLength(9);
  });

  it('says what it tried when it reaches nobody', async () => {
    const server = await serve(protocol, () => undefined);
    await server[Symbol.asyncDispose]();
    await using client = server.client();
    const err = await client.get(things, key).catch((reason: unknown) => reason);
    expect(isStatusError(err)).toBe(false);
    expect(err).toMatchObject({ message: expect.stringMatching(/^GET https:.*ECONNREFUSED/) as string });
    expect(err).toHaveProperty('cause');
  });

  it('gives a call up when its time is over, and when told to', async () => {
    await using server = await serve(protocol, () => undefined);
    await using client = server.client({ callTimeoutMs: 50 });
    await expect(client.get(things, key)).rejects.toThrow('no answer within 50 ms');
    const abort = new AbortController();
    const call = client.get(things, key, { signal: abort.signal });
    abort.abort(new Error('changed my mind'));
    await expect(call).rejects.toThrow('changed my mind');
  });

  it('comes back after its connections were cut', async () => {
    await using server = await serve(protocol, (_, response) => {
      json(response, thing('a'));
    });
    await using client = server.client();
    for (let round = 0; round < 3; round++) {
      await client.get(things, key);
      server.drop();
    }
    await client.update(things, thing('a')).catch(() => undefined);
    expect((await client.get(things, key)).metadata.name).toBe('a');
  });

  it('keeps its connections', async () => {
    await using server = await serve(protocol, (_, response) => {
      json(response, thing('a'));
    });
    await using client = server.client();
    for (let round = 0; round < 20; round++) await client.get(things, key);
    await Promise.all(Array.from({ length: 100 }, () => client.get(things, key)));
    expect(server.connections()).toBeLessThanOrEqual(protocol === 'h2' ? 2 : 33);
  });
});
