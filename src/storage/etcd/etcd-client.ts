import type { Clock } from '../../component-base/index.ts';
import { FieldReader } from './field-reader.ts';
import { GrpcChannel, type EtcdTls, type GrpcStream } from './grpc-channel.ts';
import { GrpcError } from './grpc-error.ts';
import { encodeTexts } from './kv-messages.ts';

export interface EtcdClientOptions {
  /** `http://host:port` or `https://host:port`, the members of one cluster. */
  readonly endpoints: readonly string[];
  readonly tls?: EtcdTls;
  readonly auth?: { readonly username: string; readonly password: string };
  readonly clock: Clock;
}

export interface EtcdCall {
  readonly path: string;
  readonly body: Uint8Array;
  /** May be sent again when nobody knows whether it was acted on. */
  readonly repeatable: boolean;
  readonly deadlineMs?: number;
}

const DEADLINE_MS = 10_000;
const AUTHENTICATE = '/etcdserverpb.Auth/Authenticate';

/** Calls to whichever member of an etcd cluster answers: the same one until it fails, then the next. */
export class EtcdClient {
  readonly #channels: readonly GrpcChannel[];
  readonly #auth: EtcdClientOptions['auth'];
  #current = 0;
  #token: Promise<string> | undefined;
  #closed = false;

  constructor({ endpoints, tls = {}, auth, clock }: EtcdClientOptions) {
    if (endpoints.length === 0) throw new TypeError('etcd needs at least one endpoint');
    this.#channels = endpoints.map((endpoint) => new GrpcChannel(endpoint, tls, clock));
    this.#auth = auth;
  }

  async call({ path, body, repeatable, deadlineMs = DEADLINE_MS }: EtcdCall): Promise<FieldReader> {
    for (let attempt = 1; ; attempt++) {
      const channel = this.#channel();
      try {
        const headers = this.#auth === undefined ? {} : { token: await this.#authenticated(channel) };
        return new FieldReader(await channel.call({ path, body, deadlineMs, headers }));
      } catch (err) {
        if (!(err instanceof GrpcError) || attempt > this.#channels.length) throw err;
        if (!this.#canRepeat(err, channel, repeatable)) throw err;
      }
    }
  }

  async stream(path: string): Promise<GrpcStream> {
    const channel = this.#channel();
    const token = this.#auth === undefined ? {} : { token: await this.#authenticated(channel) };
    // A member that is cut off from the others then ends the stream instead of staying silent.
    return channel.stream(path, { ...token, hasleader: 'true' });
  }

  /** A stream ended with `err`: the next one is to go elsewhere, or with a new token. */
  streamFailed(err: unknown): void {
    const channel = this.#channels[this.#current];
    if (err instanceof GrpcError && channel !== undefined) this.#canRepeat(err, channel, true);
  }

  forgetToken(): void {
    this.#token = undefined;
  }

  close(): void {
    this.#closed = true;
    for (const channel of this.#channels) channel.close();
  }

  #channel(): GrpcChannel {
    const channel = this.#channels[this.#current];
    if (this.#closed || channel === undefined) throw new GrpcError(14, 'the storage is not running', { sent: false });
    return channel;
  }

  #canRepeat(err: GrpcError, channel: GrpcChannel, repeatable: boolean): boolean {
    if (err.isStaleToken && this.#auth !== undefined) {
      this.forgetToken();
      return true;
    }
    if (!err.isPassing) return false;
    if (this.#channels[this.#current] === channel) this.#current = (this.#current + 1) % this.#channels.length;
    return repeatable || !err.sent;
  }

  #authenticated(channel: GrpcChannel): Promise<string> {
    const { username, password } = this.#auth ?? { username: '', password: '' };
    if (this.#token !== undefined) return this.#token;
    const body = encodeTexts(username, password);
    const token = channel
      .call({ path: AUTHENTICATE, body, deadlineMs: DEADLINE_MS, headers: {} })
      .then((answer) => tokenOf(new FieldReader(answer)));
    this.#token = token;
    token.catch(() => {
      if (this.#token === token) this.#token = undefined;
    });
    return token;
  }
}

function tokenOf(reader: FieldReader): string {
  for (let id = reader.next(); id !== 0; id = reader.next()) {
    if (id === 2) return reader.text();
    reader.skip();
  }
  throw new RangeError('etcd sent no token');
}
