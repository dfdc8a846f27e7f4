/** How much of a server its clients may take, and for how long. */
export interface ServingLimits {
  /** Open connections; further ones are dropped before they cost a handshake. */
  readonly connections: number;
  /** Watches, followed logs, commands and the like that are open at a time; further ones are answered with 429. */
  readonly streams: number;
  /** For the handshake, for the headers of a request and for its body, each. */
  readonly receiveMs: number;
  /** How long connections live on which nothing is asked. */
  readonly idleMs: number;
  /** How long a server that is told to stop goes on serving while /readyz already fails. */
  readonly shutdownDelayMs: number;
  /** How long requests may go on that were begun before. */
  readonly drainMs: number;
}

export const DEFAULT_LIMITS: ServingLimits = {
  connections: 10_000,
  streams: 20_000,
  receiveMs: 60_000,
  // Go's clients keep idle connections for 90 s and must not find them closed when they use one.
  idleMs: 120_000,
  shutdownDelayMs: 0,
  drainMs: 2_000,
};
