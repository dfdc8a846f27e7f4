import { applyJsonPatch, type KubeObject } from '../../../apimachinery/index.ts';
import type { AdmissionRequest } from '../../admission.ts';
import type { ReadChanged } from '../matching/changed-object.ts';
import { withObject, type Reinvocation } from '../matching/reinvocation.ts';
import { callWebhook } from './call-webhook.ts';
import { createWebhooks, type MatchedWebhook, type WebhookDeps } from './matching-webhooks.ts';
import { webhookFailure } from './webhook-denial.ts';

export interface MutatingWebhooks {
  isEmpty(): boolean;
  mutate(request: AdmissionRequest, again: Reinvocation, signal: AbortSignal): Promise<KubeObject | undefined>;
}

/** Asks mutating webhooks one after the other; each sees what those before it made. */
export function mutatingWebhooks(deps: WebhookDeps & { readonly readChanged: ReadChanged }): MutatingWebhooks {
  const { readChanged } = deps;
  const webhooks = createWebhooks(deps);
  return {
    isEmpty: () => webhooks.isEmpty(),
    async mutate(request, again, signal) {
      let current = request;
      for (const each of webhooks.all()) {
        if (!again.wants(each.key, each.webhook.reinvocationPolicy, current.object)) continue;
        const matched = await webhooks.match(each, current, signal);
        if (matched === undefined) continue;
        const answer = await callWebhook(matched, current, { ...deps, signal });
        const patch = answer?.patch;
        const object = patch === undefined ? current.object : await patched(matched, current, { patch, readChanged });
        if (object === undefined) continue;
        current = withObject(current, object);
        again.asked(each.key, object);
      }
      return current.object;
    },
  };
}

async function patched(
  { webhook, matched }: MatchedWebhook,
  { object }: AdmissionRequest,
  { patch, readChanged }: { readonly patch: unknown; readonly readChanged: ReadChanged },
): Promise<KubeObject | undefined> {
  if (object === undefined) return undefined;
  try {
    const result = applyJsonPatch(await matched.convert(object), patch);
    return await matched.restore(readChanged(result, matched.resource));
  } catch (err) {
    throw webhookFailure(webhook.name, err);
  }
}
