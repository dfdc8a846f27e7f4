import { mapConcurrent } from '../../../component-base/index.ts';
import type { AdmissionPlugin } from '../../admission.ts';
import { isExempt } from '../matching/exempt.ts';
import { checkReady } from '../matching/ready.ts';
import { callWebhook } from './call-webhook.ts';
import { createWebhooks, type MatchedWebhook, type WebhookDeps } from './matching-webhooks.ts';

const CALLS_AT_ONCE = 16;

/** Asks validating webhooks, several at once; the refusal of the first in order is the answer. */
export function validatingAdmissionWebhook(deps: WebhookDeps): AdmissionPlugin {
  const sources = [deps.configurations];
  const webhooks = createWebhooks(deps);
  return {
    name: 'ValidatingAdmissionWebhook',
    handles: (request) => !isExempt(request) && (!webhooks.isEmpty() || !deps.configurations.synced),
    async validate(request, signal) {
      checkReady(request, sources);
      const matched: MatchedWebhook[] = [];
      for (const each of webhooks.all()) {
        const found = await webhooks.match(each, request, signal);
        if (found !== undefined) matched.push(found);
      }
      const call = (each: MatchedWebhook) => callWebhook(each, request, { ...deps, signal });
      const results = await mapConcurrent(matched, CALLS_AT_ONCE, call, signal);
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    },
  };
}
