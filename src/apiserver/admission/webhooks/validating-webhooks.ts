import { mapConcurrent } from '../../../component-base/index.ts';
import type { AdmissionPlugin } from '../../admission.ts';
import { isExempt } from '../matching/exempt.ts';
import { checkReady } from '../matching/ready.ts';
import { callWebhook } from './call-webhook.ts';
import { createWebhooks, type MatchedWebhook, type WebhookDeps } from './matching-webhooks.ts';

const CALLS_AT_ONCE = 16;
const FAILED_OPEN = 'failed-open.validating.webhook.admission.k8s.io/';

/** Asks validating webhooks, several at once; the refusal of the first in order is the answer. */
export function validatingAdmissionWebhook(deps: WebhookDeps): AdmissionPlugin {
  const sources = [deps.configurations];
  const webhooks = createWebhooks(deps);
  return {
    name: 'ValidatingAdmissionWebhook',
    connections: true,
    handles: (request) => !isExempt(request) && (!webhooks.isEmpty() || !deps.configurations.synced),
    async validate(request, signal) {
      checkReady(request, sources);
      const matched: MatchedWebhook[] = [];
      for (const each of webhooks.all()) {
        const found = await webhooks.match(each, request, signal);
        if (found !== undefined) matched.push(found);
      }
      const call = async ([index, each]: readonly [number, MatchedWebhook]) => {
        const failedOpen = () => {
          request.annotate(`${FAILED_OPEN}round_0_index_${index}`, each.webhook.name);
        };
        await callWebhook(each, request, { ...deps, signal, failedOpen });
      };
      const results = await mapConcurrent([...matched.entries()], CALLS_AT_ONCE, call, signal);
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    },
  };
}
