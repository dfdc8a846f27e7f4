import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { Credentials } from '../security.ts';
import { offeredProtocols, offerOnly } from '../streaming/websocket.ts';

const PREFIX = 'base64url.bearer.authorization.k8s.io.';
/** Without padding, as it has to be in the name of a protocol. */
const BASE64URL = /^[\w-]*$/;

type SocketCredentials = Pick<Credentials, 'bearerToken' | 'isUnreadable'>;

/**
 * The token that a browser, which can set no header, sends as one of its WebSocket's sub-protocols. It is taken out of
 * the request: nobody behind this server learns it, and no answer names it.
 */
export function takeSocketToken(request: IncomingMessage): SocketCredentials {
  if (request.headers.upgrade?.toLowerCase() !== 'websocket') return {};
  const offered = offeredProtocols(request);
  const tokens = offered.filter((name) => name.startsWith(PREFIX));
  if (tokens.length === 0) return {};
  const others = offered.filter((name) => !name.startsWith(PREFIX));
  offerOnly(request, others);
  const [first = ''] = tokens;
  const token = decoded(first.slice(PREFIX.length));
  if (token === '' && tokens.length === 1) return {};
  // The server has to choose a protocol, and may not choose the token.
  if (token === undefined || tokens.length > 1 || others.length === 0) return { isUnreadable: true };
  return { bearerToken: token };
}

function decoded(text: string): string | undefined {
  if (!BASE64URL.test(text) || text.length % 4 === 1) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  return isUtf8(bytes) ? bytes.toString() : undefined;
}
