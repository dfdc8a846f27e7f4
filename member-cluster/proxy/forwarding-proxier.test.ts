import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { describe, expect, it, vi } from 'vitest';
import { FakeClock, silentLogger as log, systemClock, type Clock } from '../../src/component-base/index.ts';
import { samePort } from '../host-ports/index.ts';
import { ForwardingProxier } from './forwarding-proxier.ts';
import type { Backend, ForwardingProblem, ForwardingRule } from './proxier.ts';

const service = '127.250.96.5';

const ruleTo = (backends: readonly Backend[], more: Partial<ForwardingRule> = {}): ForwardingRule => ({
  protocol: 'TCP',
  host: service,
  port: 8080,
  owner: { namespace: 'default', service: 'web', port: '' },
  backends,
  ownNodeOnly: false,
  allowedSources: [],
  ...more,
});

function proxierOn(clock: Clock = systemClock) {
  const problems: ForwardingProblem[] = [];
  const nodeOf = (address: string) => (address.startsWith('127.250.129.') ? 'n1' : undefined);
  const proxier = new ForwardingProxier({
    clock,
    log,
    nodeOf,
    hostPort: samePort,
    onProblem: (problem) => problems.push(problem),
  });
  return {
    proxier,
    problems,
    [Symbol.dispose]: () => {
      proxier[Symbol.dispose]();
    },
  };
}

interface Pod extends AsyncDisposable {
  readonly backend: Backend;
  readonly server: Server;
}

/** A server on an address of its own. */
async function pod(n: number, onConnection: (socket: Socket) => void, port = 0): Promise<Pod> {
  const host = `127.250.129.${n}`;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  server.listen(port, host);
  await once(server, 'listening');
  const bound = server.address() as { port: number }; // @NOTE a TCP server's address is never a string
  return {
    backend: { host, port: bound.port, node: 'n1' },
    server,
    [Symbol.asyncDispose]: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

const naming = (name: string) => (socket: Socket) => socket.end(name);

/** What a client reads until the end; rejects when it is refused or reset. */
async function ask(localAddress?: string): Promise<string> {
  const socket = connect({ host: service, port: 8080, ...(localAddress === undefined ? {} : { localAddress }) });
  return text(socket);
}

const answers = (...allowed: string[]) =>
  vi.waitFor(async () => {
    expect(allowed).toContain(await ask());
  });

const refused = () =>
  vi.waitFor(async () => {
    await expect(ask()).rejects.toMatchObject({ code: expect.stringMatching(/ECONNREFUSED|ECONNRESET/) as string });
  });

describe('TCP', () => {
  it('spreads connections over all backends', async () => {
    await using a = await pod(1, naming('a'));
    await using b = await pod(2, naming('b'));
    using under = proxierOn();
    under.proxier.sync([ruleTo([a.backend, b.backend])]);
    await answers('a', 'b');
    const got = [await ask(), await ask(), await ask(), await ask()].sort();
    expect(got).toEqual(['a', 'a', 'b', 'b']);
  });

  it('carries much in both directions, and an end of one side only', async () => {
    const size = 8 * 1024 * 1024;
    await using echo = await pod(1, (socket) => {
      // Its own side stays open.
      void buffer(socket.iterator({ destroyOnReturn: false })).then((all) => socket.end(all));
    });
    using under = proxierOn();
    under.proxier.sync([ruleTo([echo.backend])]);
    const socket = await vi.waitFor(() => connected());
    const sent = Buffer.alloc(size, 'koinon');
    socket.end(sent);
    expect((await buffer(socket)).equals(sent)).toBe(true);
  });

  it('refuses at once while there are no backends', async () => {
    await using a = await pod(1, naming('a'));
    using under = proxierOn();
    under.proxier.sync([ruleTo([])]);
    await refused();
    under.proxier.sync([ruleTo([a.backend])]);
    await answers('a');
    under.proxier.sync([ruleTo([])]);
    await refused();
    under.proxier.sync([ruleTo([a.backend])]);
    await answers('a');
    under.proxier.sync([]);
    await refused();
  });

  it('leaves what is established alone when backends change or go', async () => {
    await using a = await pod(1, (socket) => socket.pipe(socket));
    await using b = await pod(2, naming('b'));
    using under = proxierOn();
    under.proxier.sync([ruleTo([a.backend])]);
    const socket = await vi.waitFor(() => connected());
    socket.write('one');
    expect(String((await once(socket, 'data'))[0])).toBe('one');

    under.proxier.sync([ruleTo([b.backend])]);
    await answers('b');
    under.proxier.sync([]);
    await refused();
    socket.write('two');
    expect(String((await once(socket, 'data'))[0])).toBe('two');
    socket.end();
    await once(socket, 'close');
  });

  it('tries another backend when one does not take the connection', async () => {
    await using a = await pod(1, naming('a'));
    await using gone = await pod(2, naming('gone'));
    gone.server.close();
    using under = proxierOn();
    under.proxier.sync([ruleTo([gone.backend, a.backend])]);
    await answers('a');
    expect([await ask(), await ask(), await ask()]).toEqual(['a', 'a', 'a']);
    under.proxier.sync([ruleTo([gone.backend])]);
    await refused();
  });

  it('tells a client that its backend died', async () => {
    const opened = Promise.withResolvers<Socket>();
    await using a = await pod(1, opened.resolve);
    using under = proxierOn();
    under.proxier.sync([ruleTo([a.backend])]);
    const socket = await vi.waitFor(() => connected());
    socket.write('x');
    const failed = once(socket, 'error');
    (await opened.promise).resetAndDestroy();
    expect((await failed)[0]).toMatchObject({ code: 'ECONNRESET' });
  });

  it('shows the backend who the client is', async () => {
    await using a = await pod(1, (socket) => socket.end(socket.remoteAddress ?? ''));
    using under = proxierOn();
    under.proxier.sync([ruleTo([a.backend])]);
    await answers('127.0.0.1');
    expect(await ask('127.250.129.77')).toBe('127.250.129.77');
  });

  it('resets clients from elsewhere than the allowed sources, and those whose node has no backend', async () => {
    await using a = await pod(1, naming('a'));
    using under = proxierOn();
    under.proxier.sync([ruleTo([a.backend], { allowedSources: ['127.250.0.0/16'] })]);
    await vi.waitFor(async () => {
      expect(await ask('127.250.129.77')).toBe('a');
    });
    await expect(ask()).rejects.toMatchObject({ code: 'ECONNRESET' });

    under.proxier.sync([ruleTo([{ ...a.backend, node: 'n2' }], { ownNodeOnly: true })]);
    await answers('a');
    await expect(ask('127.250.129.77')).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('waits for an address that is taken, says so once, and takes it when it is free', async () => {
    const clock = new FakeClock();
    await using a = await pod(1, naming('a'));
    const taken = createServer(naming('taken')).listen(8080, service);
    await once(taken, 'listening');
    using under = proxierOn(clock);
    under.proxier.sync([ruleTo([a.backend])]);
    for (let i = 0; i < 3; i++) {
      await expect.poll(() => clock.pending).toBe(1);
      await clock.advance(2_000);
    }
    await expect.poll(() => clock.pending).toBe(1);
    expect(under.problems.map(({ code, retried }) => [code, retried])).toEqual([['EADDRINUSE', true]]);
    taken.close();
    await once(taken, 'close');
    await clock.advance(15_000);
    await answers('a');
  });

  it('ends every connection when it ends', async () => {
    await using a = await pod(1, (socket) => socket.pipe(socket));
    const under = proxierOn();
    under.proxier.sync([ruleTo([a.backend])]);
    const socket = await vi.waitFor(() => connected());
    socket.write('x');
    await once(socket, 'data');
    const failed = once(socket, 'error');
    under[Symbol.dispose]();
    expect((await failed)[0]).toMatchObject({ code: 'ECONNRESET' });
  });
});

async function connected(): Promise<Socket> {
  const socket = connect({ host: service, port: 8080, allowHalfOpen: true });
  await once(socket, 'connect');
  return socket;
}

async function udpPod(n: number, port: number): Promise<{ readonly socket: UdpSocket; readonly backend: Backend }> {
  const host = `127.250.129.${n}`;
  const socket = createSocket('udp4');
  socket.on('message', (packet, from) => {
    socket.send(`${n} ${String(packet)} ${from.address}`, from.port, from.address);
  });
  socket.bind(port, host);
  await once(socket, 'listening');
  return { socket, backend: { host, port: socket.address().port } };
}

describe('UDP', () => {
  const client = () => {
    const socket = createSocket('udp4');
    return {
      socket,
      /** The answer to a packet that is sent until one comes. */
      ask: (packet: string) =>
        vi.waitFor(async () => {
          const answer = once(socket, 'message', { signal: AbortSignal.timeout(100) });
          socket.send(packet, 8080, service);
          return String((await answer)[0]);
        }),
    };
  };

  it('keeps a client port with its backend while that is there, and finds another when it is not', async () => {
    const pods = [await udpPod(1, 0), await udpPod(2, 0)];
    using under = proxierOn();
    under.proxier.sync([
      ruleTo(
        pods.map(({ backend }) => backend),
        { protocol: 'UDP' },
      ),
    ]);
    const one = client();
    const first = await one.ask('x');
    for (let i = 0; i < 5; i++) expect(await one.ask('x')).toBe(first);

    const had = first.startsWith('1') ? 0 : 1;
    under.proxier.sync([ruleTo([pods[1 - had]!.backend], { protocol: 'UDP' })]);
    expect(await one.ask('x')).toBe(`${2 - had} x 127.0.0.1`);
    one.socket.close();
    for (const { socket } of pods) socket.close();
  });

  it('finds another backend when nobody listens', async () => {
    const [alive, dead] = [await udpPod(1, 0), await udpPod(2, 0)];
    dead.socket.close();
    using under = proxierOn();
    under.proxier.sync([ruleTo([dead.backend, alive.backend], { protocol: 'UDP' })]);
    const one = client();
    for (let i = 0; i < 3; i++) expect(await one.ask('x')).toBe('1 x 127.0.0.1');
    one.socket.close();
    alive.socket.close();
  });

  it('forgets flows that are silent', async () => {
    const clock = new FakeClock();
    const only = await udpPod(1, 0);
    using under = proxierOn(clock);
    under.proxier.sync([ruleTo([only.backend], { protocol: 'UDP' })]);
    const one = client();
    await one.ask('x');
    expect(clock.pending).toBe(1);
    await clock.advance(90_000);
    expect(clock.pending).toBe(0);
    expect(await one.ask('y')).toBe('1 y 127.0.0.1');
    one.socket.close();
    only.socket.close();
  });
});

it('holds thousands of rules, and looks at nothing that is the same', async () => {
  await using a = await pod(1, naming('a'));
  using under = proxierOn();
  const rules = Array.from({ length: 500 }, (_, i) =>
    ruleTo([a.backend], { host: `127.250.97.${i % 250}`, port: 9000 + i }),
  );
  under.proxier.sync(rules);
  expect(under.proxier.size).toBe(500);
  const began = performance.now();
  for (let i = 0; i < 100; i++) under.proxier.sync(rules);
  expect(performance.now() - began).toBeLessThan(500);
  expect(under.problems).toEqual([]);
});
