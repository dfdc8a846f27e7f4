import { badRequest } from '../../../apimachinery/index.ts';
import { withDeadline } from '../../../component-base/index.ts';
import type { AdmissionRequest } from '../../admission.ts';
import { readAnswer, reviewRequest, type ReviewAnswer } from './admission-review.ts';
import type { MatchedWebhook, WebhookDeps } from './matching-webhooks.ts';
import { webhookDenial, webhookFailure } from './webhook-denial.ts';

const TIMEOUT_SECONDS = 10;

export interface CallDeps extends Pick<WebhookDeps, 'transport' | 'log'> {
  readonly signal: AbortSignal;
  /** Told when the webhook could not be asked and may fail. */
  readonly failedOpen: () => void;
}

/**
 * Asks one webhook. Throws a `StatusError` when it refuses, and when it cannot be asked and must not fail; gives
 * `undefined` when it cannot be asked and may.
 */
export async function callWebhook(
  { webhook, matched }: MatchedWebhook,
  request: AdmissionRequest,
  { transport, log, signal, failedOpen }: CallDeps,
): Promise<ReviewAnswer | undefined> {
  const { name, sideEffects, failurePolicy, timeoutSeconds = TIMEOUT_SECONDS } = webhook;
  if (request.dryRun && sideEffects !== 'None' && sideEffects !== 'NoneOnDryRun') {
    throw badRequest(`admission webhook ${JSON.stringify(name)} does not support dry run`);
  }
  let answer: ReviewAnswer;
  try {
    const review = await reviewRequest(webhook, request, matched);
    const deadline = withDeadline(timeoutSeconds * 1000, signal);
    const text = await transport(webhook.clientConfig, review.body, { timeoutSeconds, signal: deadline });
    answer = readAnswer(text, review);
  } catch (err) {
    signal.throwIfAborted();
    if (failurePolicy !== 'Ignore') throw webhookFailure(name, err);
    log.warn({ webhook: name, err }, 'failed calling webhook, failing open');
    failedOpen();
    return undefined;
  }
  for (const [key, value] of answer.annotations) request.annotate(`${name}/${key}`, value);
  for (const warning of answer.warnings) request.warn(warning);
  if (!answer.allowed) throw webhookDenial(name, answer.status);
  return answer;
}
