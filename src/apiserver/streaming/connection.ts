import type { Duplex, Readable, Writable } from 'node:stream';

/** Of a terminal, in characters. */
export interface TerminalSize {
  readonly width: number;
  readonly height: number;
}

/** Which streams a client asks for. */
export interface CommandStreams {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

/**
 * The client's end of a command, whatever protocol carries it. Streams that were not asked for are absent; whoever
 * writes too fast waits for the client as with any stream. Who runs the command ends none of them.
 */
export interface CommandSession {
  readonly stdin?: Readable;
  readonly stdout?: Writable;
  readonly stderr?: Writable;
  /** Told as the client's terminal changes. */
  onResize(listener: (size: TerminalSize) => void): void;
}

/** What a connection to a subresource turns out to be. */
export type Connection =
  /** Text or bytes, at once or as they come. */
  | { readonly type: 'text'; readonly contentType: string; readonly body: AsyncIterable<Uint8Array | string> }
  /** A whole answer of HTTP. */
  | {
      readonly type: 'reply';
      readonly status: number;
      readonly contentType: string;
      readonly body: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | {
      readonly type: 'command';
      readonly streams: CommandStreams;
      /** Resolves to the exit code. Aborts when the client is gone. */
      run(session: CommandSession, signal: AbortSignal): Promise<number>;
    }
  | {
      readonly type: 'ports';
      /** To a port of the pod; rejects with what the client is told. */
      connect(port: number, signal: AbortSignal): Promise<Duplex>;
    }
  | { readonly type: 'proxy'; readonly target: ProxyTarget };

/** Where requests are passed on to. */
export interface ProxyTarget {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
  /** Begins with a slash, percent-encoded. */
  readonly path: string;
  /** The part of the path at this server that stands before `path`. */
  readonly prefix: string;
  /** How to speak to it when `scheme` is https; absent: whoever answers is believed. */
  readonly tls?: ProxyTls;
  /** Said to it, whatever the client says. */
  readonly headers?: Readonly<Record<string, string | string[]>>;
}

/** PEM throughout. */
export interface ProxyTls {
  /** The name in its certificate, and the one that is asked for. */
  readonly servername: string;
  /** The system's when absent. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Whoever answers is believed. */
  readonly insecure?: boolean;
}
