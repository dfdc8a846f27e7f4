import {
  aborted,
  Counter,
  Gauge,
  start,
  type Clock,
  type Logger,
  type Registry,
  type Runnable,
  type Running,
} from '../../component-base/index.ts';
import type { Authenticator } from '../security.ts';
import { IssuerKeys } from './jwt/issuer-keys.ts';
import { jwtAuthenticator } from './jwt/jwt-authenticator.ts';
import { readAuthenticationConfiguration, type AuthenticationRules } from './jwt/read-configuration.ts';
import { SIGNING_ALGORITHMS } from './jwt/verify-token.ts';

export interface AuthenticationOptions {
  readonly rules: AuthenticationRules;
  /** With which tokens may be signed; every algorithm that has a public key when absent. */
  readonly algorithms?: readonly string[];
  /** The file that the rules are from. They never change without. */
  readonly source?: AuthenticationSource;
}

export interface AuthenticationSource {
  /** Of which the rules were made. */
  readonly text: string;
  read(): Promise<string>;
  /** Each time that it may say something else. Ends when `signal` aborts. */
  changes(signal: AbortSignal): AsyncIterable<unknown>;
}

export interface ConfiguredAuthenticationDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Registry;
}

/** Issuers of a new configuration must be found so soon; else the old one goes on. */
const NEW_ISSUERS_DEADLINE_MS = 60_000;

interface InForce {
  readonly text: string | undefined;
  /** Fetches the keys. */
  readonly running: Running;
}

/** One configuration, ready to be used. */
interface Term {
  readonly rules: AuthenticationRules;
  readonly keys: readonly IssuerKeys[];
  readonly authenticate: Authenticator;
}

/**
 * Who is believed by an `AuthenticationConfiguration`, which may change meanwhile: a new one takes the place of the old
 * one as a whole, once the keys of all its issuers are known. What is wrong, or is not reached, changes nothing, and is
 * tried again with the next change.
 */
export class ConfiguredAuthentication implements Runnable {
  readonly name = 'authentication configuration';
  readonly #options: AuthenticationOptions;
  readonly #deps: ConfiguredAuthenticationDeps;
  readonly #reloads: Counter<'status'>;
  readonly #reloadedAt: Gauge<'status'>;
  #term: Term;

  constructor(options: AuthenticationOptions, deps: ConfiguredAuthenticationDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#term = this.#termOf(options.rules);
    const registers = [deps.metrics];
    const prefix = 'apiserver_authentication_config_controller_automatic_reload';
    this.#reloads = new Counter({
      name: `${prefix}s_total`,
      help: 'Changes of the authentication configuration, by whether they are in force.',
      labelNames: ['status'],
      registers,
    });
    this.#reloadedAt = new Gauge({
      name: `${prefix}_last_timestamp_seconds`,
      help: 'When the authentication configuration was last changed, by whether that is in force.',
      labelNames: ['status'],
      registers,
    });
  }

  readonly authenticator: Authenticator = (credentials, signal) => this.#term.authenticate(credentials, signal);

  readonly allowsAnonymous = (path: string): boolean => this.#term.rules.allowsAnonymous(path);

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    const { source } = this.#options;
    let inForce: InForce = { text: source?.text, running: await start(this.#term.keys, signal) };
    try {
      ready();
      if (source !== undefined) {
        for await (const _ of source.changes(signal)) inForce = await this.#reread(source, inForce, signal);
      }
      await aborted(signal);
    } finally {
      await inForce.running.stop();
    }
  }

  async #reread(source: AuthenticationSource, before: InForce, signal: AbortSignal): Promise<InForce> {
    const { log } = this.#deps;
    try {
      const text = await source.read();
      if (text === before.text) return before;
      const term = this.#termOf(await readAuthenticationConfiguration(text));
      const running = await this.#started(term, signal);
      this.#term = term;
      await before.running.stop();
      this.#count('success');
      log.info({ issuers: term.rules.issuers.map(({ url }) => url) }, 'the authentication configuration has changed');
      return { text, running };
    } catch (err) {
      signal.throwIfAborted();
      this.#count('failure');
      log.error({ err }, 'the new authentication configuration is not used');
      return before;
    }
  }

  async #started({ keys }: Term, signal: AbortSignal): Promise<Running> {
    const running = await start(keys, signal);
    const late = new AbortController();
    const cancel = this.#deps.clock.after(NEW_ISSUERS_DEADLINE_MS, () => {
      late.abort(new Error('the keys of its issuers cannot be fetched'));
    });
    try {
      const until = AbortSignal.any([signal, late.signal]);
      await Promise.all(keys.map((issuer) => issuer.known(until)));
      return running;
    } catch (err) {
      await running.stop();
      throw err;
    } finally {
      cancel();
    }
  }

  #count(status: 'success' | 'failure'): void {
    this.#reloads.inc({ status });
    this.#reloadedAt.set({ status }, this.#deps.clock.now() / 1000);
  }

  #termOf(rules: AuthenticationRules): Term {
    const { clock, log } = this.#deps;
    const issuers = rules.issuers.map((issuer) => ({ ...issuer, keys: new IssuerKeys({ issuer, clock, log }) }));
    const { algorithms = SIGNING_ALGORITHMS } = this.#options;
    return {
      rules,
      keys: issuers.map(({ keys }) => keys),
      authenticate: jwtAuthenticator({ issuers, algorithms, clock, log }),
    };
  }
}
