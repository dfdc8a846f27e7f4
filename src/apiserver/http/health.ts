import type { ApiRequest, CompleteAnswer } from './api-request.ts';
import { text } from './api-request.ts';

/** Throws, or rejects, while something is not well. */
export type HealthCheck = () => void | Promise<void>;

const SCOPES = ['healthz', 'livez', 'readyz'] as const;

/** `/healthz`, `/livez` and `/readyz`, each check also by itself. */
export class Health {
  readonly #checks: Readonly<Record<(typeof SCOPES)[number], ReadonlyMap<string, HealthCheck>>>;

  /** `ready` are the checks that /readyz has beside those of all three. */
  constructor(always: ReadonlyMap<string, HealthCheck>, ready: ReadonlyMap<string, HealthCheck>) {
    this.#checks = { healthz: always, livez: always, readyz: new Map([...always, ...ready]) };
  }

  /** `undefined`: not a path of health, or no such check. */
  async answer({ path, query }: Pick<ApiRequest, 'path' | 'query'>): Promise<CompleteAnswer | undefined> {
    const [root, name, ...rest] = path.split('/').filter((segment) => segment !== '');
    const scope = SCOPES.find((known) => known === root);
    if (scope === undefined || rest.length > 0) return undefined;
    const checks = this.#checks[scope];
    if (name !== undefined) {
      const check = checks.get(name);
      return check === undefined ? undefined : single(scope, name, await passes(check));
    }
    const excluded = new Set(query.getAll('exclude'));
    return all(scope, checks, { excluded, verbose: query.has('verbose') });
  }
}

async function all(
  scope: string,
  checks: ReadonlyMap<string, HealthCheck>,
  { excluded, verbose }: { readonly excluded: ReadonlySet<string>; readonly verbose: boolean },
): Promise<CompleteAnswer> {
  const lines: string[] = [];
  let healthy = true;
  for (const [name, check] of checks) {
    if (excluded.has(name)) {
      lines.push(`[+]${name} excluded: ok`);
      continue;
    }
    const ok = await passes(check);
    healthy &&= ok;
    lines.push(ok ? `[+]${name} ok` : `[-]${name} failed: reason withheld`);
  }
  if (!healthy) return text(`${lines.join('\n')}\n${scope} check failed\n`, 500);
  return text(verbose ? `${lines.join('\n')}\n${scope} check passed\n` : 'ok');
}

function single(scope: string, name: string, ok: boolean): CompleteAnswer {
  return ok ? text('ok') : text(`[-]${name} failed: reason withheld\n${scope} check failed\n`, 500);
}

async function passes(check: HealthCheck): Promise<boolean> {
  try {
    await check();
    return true;
  } catch {
    // The reason is withheld from whoever asks: health is open to all.
    return false;
  }
}
