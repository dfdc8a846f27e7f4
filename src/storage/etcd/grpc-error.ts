export const GRPC_CODES = { deadlineExceeded: 4, unavailable: 14, unauthenticated: 16 } as const;

/** What became of a call when it was not answered: a gRPC status, the server's or what stands for a lost connection. */
export class GrpcError extends Error {
  override readonly name = 'GrpcError';
  readonly code: number;
  /** False: the server cannot have acted on it. */
  readonly sent: boolean;

  constructor(code: number, message: string, options: ErrorOptions & { readonly sent?: boolean } = {}) {
    super(message, options);
    this.code = code;
    this.sent = options.sent ?? true;
  }

  /** Another endpoint, or the same one a moment later, may do better. */
  get isPassing(): boolean {
    return this.code === GRPC_CODES.unavailable || this.code === GRPC_CODES.deadlineExceeded;
  }

  /** The token was not believed any more. */
  get isStaleToken(): boolean {
    return this.code === GRPC_CODES.unauthenticated || this.message.includes('revision of auth store is old');
  }
}
