import { applyJsonPatch, deepEqual, internalError, isList, type KubeObject } from '../../../apimachinery/index.ts';
import type { AdmissionRequest } from '../../admission.ts';
import type { ReadChanged } from '../matching/changed-object.ts';
import { shownObject } from '../matching/equivalents.ts';
import { withObject, type Reinvocation } from '../matching/reinvocation.ts';
import { callWebhook } from './call-webhook.ts';
import { webhookNotes, type WebhookNotes } from './webhook-notes.ts';
import { createWebhooks, type MatchedWebhook, type WebhookDeps } from './matching-webhooks.ts';
import { webhookFailure } from './webhook-denial.ts';

export interface MutatingWebhooks {
  isEmpty(): boolean;
  mutate(request: AdmissionRequest, again: Reinvocation, signal: AbortSignal): Promise<KubeObject | undefined>;
}

/** Asks mutating webhooks one after the other; each sees what those before it made. */
export function mutatingWebhooks(deps: WebhookDeps & { readonly readChanged: ReadChanged }): MutatingWebhooks {
  const webhooks = createWebhooks(deps);
  return {
    isEmpty: () => webhooks.isEmpty(),
    async mutate(request, again, signal) {
      let current = request;
      for (const each of webhooks.all()) {
        if (!again.wants(each.key, each.webhook.reinvocationPolicy, current.object)) continue;
        const matched = await webhooks.match(each, current, signal);
        if (matched === undefined) continue;
        const notes = webhookNotes(request.annotate, each, again.round);
        const object = await asked(matched, current, { ...deps, signal, notes });
        if (object === undefined) continue;
        current = withObject(current, object);
        again.asked(each.key, object);
      }
      return current.object;
    },
  };
}

interface Asking extends WebhookDeps {
  readonly readChanged: ReadChanged;
  readonly signal: AbortSignal;
  readonly notes: WebhookNotes;
}

/** The object as a webhook wants it. */
async function asked(
  matched: MatchedWebhook,
  request: AdmissionRequest,
  { readChanged, notes, ...deps }: Asking,
): Promise<KubeObject | undefined> {
  let object = request.object;
  try {
    const patch = (await callWebhook(matched, request, { ...deps, failedOpen: notes.failedOpen }))?.patch;
    if (patch !== undefined && !(isList(patch) && patch.length === 0)) {
      object = await patched(matched, request, { patch, readChanged });
      notes.patched(patch);
    }
    return object;
  } finally {
    notes.asked(object !== request.object && !deepEqual(object, request.object));
  }
}

async function patched(
  { webhook, matched }: MatchedWebhook,
  request: AdmissionRequest,
  { patch, readChanged }: { readonly patch: unknown; readonly readChanged: ReadChanged },
): Promise<KubeObject> {
  if (request.object === undefined) {
    const name = JSON.stringify(webhook.name);
    const why = 'attempted to modify the object, which is not supported for this operation';
    throw internalError(new Error(`admission webhook ${name} ${why}`));
  }
  try {
    const result = applyJsonPatch(await shownObject(request.object, request, matched), patch);
    return await matched.restore(readChanged(result, matched));
  } catch (err) {
    throw webhookFailure(webhook.name, err);
  }
}
