/** An address that cannot be listened on. */
export class ListenError extends Error {
  /** `EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL` … */
  readonly code: string;

  constructor(protocol: 'udp' | 'tcp', host: string, port: number, cause: unknown) {
    const code = codeOf(cause);
    super(`cannot listen on ${protocol} ${host}:${port}: ${reasons[code] ?? code}`, { cause });
    this.name = 'ListenError';
    this.code = code;
  }
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the address is in use',
  EACCES: 'not permitted (ports below 1024 need more rights)',
  EADDRNOTAVAIL: 'this machine has no such address',
};

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : 'unknown error';
}
