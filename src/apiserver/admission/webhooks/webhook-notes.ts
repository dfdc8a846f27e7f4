import type { Annotate } from '../../audit/annotations.ts';
import { goJson } from '../../audit/go-json.ts';
import type { PlacedWebhook } from './matching-webhooks.ts';

/** What the audit event of a request says of one mutating webhook that was asked. */
export interface WebhookNotes {
  asked(mutated: boolean): void;
  /** The patch shows content of objects, as their bodies do. */
  patched(patch: unknown): void;
  readonly failedOpen: () => void;
}

const ASKED = 'mutation.webhook.admission.k8s.io/';
const PATCHED = 'patch.webhook.admission.k8s.io/';
const FAILED_OPEN = `failed-open.${ASKED}`;

export function webhookNotes(
  annotate: Annotate,
  { webhook: { name: webhook }, configuration, index }: PlacedWebhook,
  round: number,
): WebhookNotes {
  const place = `round_${round}_index_${index}`;
  return {
    asked: (mutated) => {
      annotate(ASKED + place, goJson({ configuration, webhook, mutated }));
    },
    patched: (patch) => {
      annotate(PATCHED + place, goJson({ configuration, webhook, patch, patchType: 'JSONPatch' }), 'Request');
    },
    failedOpen: () => {
      annotate(FAILED_OPEN + place, webhook);
    },
  };
}
