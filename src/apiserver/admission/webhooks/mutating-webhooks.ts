import { applyJsonPatch, isObject, type KubeObject } from '../../../apimachinery/index.ts';
import type { AdmissionRequest } from '../../admission.ts';
import { withObject, type Reinvocation } from '../matching/reinvocation.ts';
import { callWebhook } from './call-webhook.ts';
import { createWebhooks, type MatchedWebhook, type WebhookDeps } from './matching-webhooks.ts';
import { webhookFailure } from './webhook-denial.ts';

export interface MutatingWebhooks {
  isEmpty(): boolean;
  mutate(request: AdmissionRequest, again: Reinvocation, signal: AbortSignal): Promise<KubeObject | undefined>;
}

/** Asks mutating webhooks one after the other; each sees what those before it made. */
export function mutatingWebhooks(deps: WebhookDeps): MutatingWebhooks {
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
        const object = answer?.patch === undefined ? current.object : await patched(matched, current, answer.patch);
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
  patch: unknown,
): Promise<KubeObject | undefined> {
  if (object === undefined) return undefined;
  try {
    const shown = await matched.convert(object);
    const result = applyJsonPatch(shown, patch);
    if (!isSameKind(result, shown)) throw new Error('the patch makes something else of the object');
    return await matched.restore(result);
  } catch (err) {
    throw webhookFailure(webhook.name, err);
  }
}

function isSameKind(value: unknown, before: KubeObject): value is KubeObject {
  return (
    isObject(value) &&
    isObject(value['metadata']) &&
    value['kind'] === before.kind &&
    value['apiVersion'] === before.apiVersion
  );
}
