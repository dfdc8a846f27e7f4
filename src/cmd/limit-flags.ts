import { InvalidArgumentError, Option, type Command } from 'commander';
import { MAX_COUNT, MAX_LIMIT_SECONDS, type LimitsConfig } from '../../federation/fleet/index.ts';
import type { SecureServing } from '../apiserver/index.ts';

export interface LimitFlags {
  readonly maxConnections?: number;
  readonly maxStreams?: number;
  readonly receiveTimeout?: number;
  readonly idleTimeout?: number;
  readonly shutdownDelayDuration?: number;
  readonly shutdownDrainDuration?: number;
}

function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

/** What clients may take of an API server. */
export function addLimitFlags(command: Command): Command {
  const count = (flag: string, description: string) =>
    new Option(`${flag} <n>`, description).argParser(whole(1, MAX_COUNT));
  const seconds = (flag: string, description: string, least = 1) =>
    new Option(`${flag} <seconds>`, description).argParser(whole(least, MAX_LIMIT_SECONDS));
  return command
    .addOption(count('--max-connections', 'open connections at a time (default 10000)'))
    .addOption(count('--max-streams', 'watches, logs, commands and forwarded ports at a time (default 20000)'))
    .addOption(seconds('--receive-timeout', 'for a handshake, headers and a body, each (default 60)'))
    .addOption(seconds('--idle-timeout', 'how long connections live on which nothing is asked (default 120)'))
    .addOption(seconds('--shutdown-delay-duration', 'serve on for so long while /readyz already fails (default 0)', 0))
    .addOption(seconds('--shutdown-drain-duration', 'requests that were begun have so long (default 2)', 0));
}

export function limitsOf(flags: LimitFlags): LimitsConfig {
  const { maxConnections, maxStreams, receiveTimeout, idleTimeout } = flags;
  const { shutdownDelayDuration, shutdownDrainDuration } = flags;
  return {
    ...(maxConnections === undefined ? {} : { connections: maxConnections }),
    ...(maxStreams === undefined ? {} : { streams: maxStreams }),
    ...(receiveTimeout === undefined ? {} : { receiveSeconds: receiveTimeout }),
    ...(idleTimeout === undefined ? {} : { idleSeconds: idleTimeout }),
    ...(shutdownDelayDuration === undefined ? {} : { shutdownDelaySeconds: shutdownDelayDuration }),
    ...(shutdownDrainDuration === undefined ? {} : { drainSeconds: shutdownDrainDuration }),
  };
}

/** As API servers have them. */
export function servingLimits(limits: LimitsConfig): NonNullable<SecureServing['limits']> {
  const { connections, streams, receiveSeconds, idleSeconds, shutdownDelaySeconds, drainSeconds } = limits;
  const inMs = (name: 'receiveMs' | 'idleMs' | 'shutdownDelayMs' | 'drainMs', seconds: number | undefined) =>
    seconds === undefined ? {} : { [name]: seconds * 1000 };
  return {
    ...(connections === undefined ? {} : { connections }),
    ...(streams === undefined ? {} : { streams }),
    ...inMs('receiveMs', receiveSeconds),
    ...inMs('idleMs', idleSeconds),
    ...inMs('shutdownDelayMs', shutdownDelaySeconds),
    ...inMs('drainMs', drainSeconds),
  };
}
