import { readFileSync, watchFile } from 'node:fs';
import { Socket } from 'node:net';
import type { Routes } from './network.ts';

/*
 * Loaded before all else into every process of a fleet, by NODE_OPTIONS: the connections of a component go where a file of
 * routes says, as if the network between it and the others were laid so. Connections whose route has changed break.
 */

interface Destination {
  readonly host: string;
  readonly port: number | string;
}

const CHANGES_MS = 100;
const file = process.env['KOINON_TEST_ROUTES'];
const self = componentName();
const open = new Map<Socket, { readonly way: string; readonly at: string }>();

function componentName(): string | undefined {
  const at = process.argv.indexOf('component');
  const spec = at === -1 ? undefined : process.argv[at + 1];
  if (spec === undefined) return undefined;
  // @NOTE the supervisor wrote it.
  const { kind, name } = JSON.parse(readFileSync(spec, 'utf8')) as { readonly kind: string; readonly name: string };
  return kind === 'member' ? name : 'hub';
}

function routes(): Routes {
  // @NOTE a test wrote it.
  return file === undefined ? {} : (JSON.parse(readFileSync(file, 'utf8')) as Routes);
}

function destinationOf(options: unknown): Destination | undefined {
  const { host, port }: { host?: unknown; port?: unknown } =
    typeof options === 'object' && options !== null ? options : {};
  const hasPort = typeof port === 'number' || typeof port === 'string';
  return typeof host === 'string' && hasPort ? { host, port } : undefined;
}

function rerouted(socket: Socket, options: unknown): unknown {
  const destination = destinationOf(options);
  if (destination === undefined || self === undefined) return options;
  const way = `${self} ${destination.host}:${destination.port}`;
  const route = routes()[way];
  open.set(socket, { way, at: JSON.stringify(route) });
  socket.once('close', () => open.delete(socket));
  // A copy: by the first one a client of TLS knows whose certificate it wants to see.
  return route === undefined ? options : Object.assign({}, options, route);
}

if (file !== undefined && self !== undefined) {
  const connect = Reflect.get(Socket.prototype, 'connect');
  Socket.prototype.connect = function (this: Socket, ...args: unknown[]): Socket {
    const [first, ...others] = args;
    // What `net.connect` has made of its own arguments is a list, and stays that very list.
    if (Array.isArray(first)) first[0] = rerouted(this, first[0]);
    const next = Array.isArray(first) ? first : rerouted(this, first);
    // @NOTE as it came, but for where to.
    return Reflect.apply(connect, this, [next, ...others]) as Socket;
  };
  watchFile(file, { interval: CHANGES_MS }, () => {
    const all = routes();
    for (const [socket, { way, at }] of open) {
      const reset = Object.assign(new Error('the line was changed'), { code: 'ECONNRESET' });
      if (JSON.stringify(all[way]) !== at) socket.destroy(reset);
    }
  }).unref();
}
