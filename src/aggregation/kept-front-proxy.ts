import type { Client } from '../client/index.ts';
import type { Clock } from '../component-base/index.ts';
import { needsRenewal } from '../pki/index.ts';
import { publishAuthenticationConfig } from './authentication-config.ts';
import { ensureFrontProxy, type FrontProxy } from './front-proxy.ts';

export interface KeptFrontProxyDeps {
  readonly client: Client;
  /** PEM of the CAs whose client certificates are believed. */
  readonly clientCa: string;
  readonly clock: Clock;
}

/** So long the servers behind this one have to learn whom to believe next. */
const LEARN_MS = 60_000;

/**
 * By what the servers behind this one know it: made when it is first asked for, and another before that is over, told to
 * them a while before it is shown. What fails is tried again when it is asked for next.
 */
export function keptFrontProxy({ client, clientCa, clock }: KeptFrontProxyDeps): () => Promise<FrontProxy> {
  const publish = async (): Promise<FrontProxy> => {
    const proxy = await ensureFrontProxy(client, clock);
    await publishAuthenticationConfig(client, clientCa, proxy);
    return proxy;
  };
  let shown: FrontProxy | undefined;
  let next: { readonly proxy: FrontProxy; readonly from: number } | undefined;
  const ask = async (): Promise<FrontProxy> => {
    shown ??= await publish();
    if (next === undefined && needsRenewal(shown.certificate, clock.now())) {
      next = { proxy: await publish(), from: clock.now() + LEARN_MS };
    }
    if (next !== undefined && next.from <= clock.now()) [shown, next] = [next.proxy, undefined];
    return shown;
  };
  let asking: Promise<FrontProxy> | undefined;
  return () => {
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  };
}
