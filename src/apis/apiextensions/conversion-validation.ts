import {
  forbiddenField,
  invalidValue,
  required,
  rfc1035LabelProblems,
  type FieldError,
} from '../../apimachinery/index.ts';
import { validateWebhookClient } from '../admissionregistration/client-validation.ts';
import { broken, invalidBy, requiredOneOf } from '../field-rules.ts';
import type { CustomResourceConversion } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';

const REVIEW_VERSIONS = ['v1', 'v1beta1'];

/** Fields are named as upstream's messages name them: without the `webhook` that they stand in. */
export function validateConversion(
  field: string,
  { strategy, webhook = {} }: Sent<CustomResourceConversion>,
): readonly FieldError[] {
  const { clientConfig, conversionReviewVersions = [] } = webhook;
  const client = `${field}.webhookClientConfig`;
  const versions = `${field}.conversionReviewVersions`;
  const known = requiredOneOf(`${field}.strategy`, strategy, ['None', 'Webhook']);
  if (strategy === 'Webhook') {
    return [
      ...known,
      ...(clientConfig === undefined
        ? [required(client, 'required when strategy is set to Webhook')]
        : validateWebhookClient(client, clientConfig)),
      ...validateReviewVersions(versions, conversionReviewVersions),
    ];
  }
  const why = 'should not be set when strategy is not set to Webhook';
  return [
    ...known,
    ...broken(
      [clientConfig !== undefined, forbiddenField(client, why)],
      [conversionReviewVersions.length > 0, forbiddenField(versions, why)],
    ),
  ];
}

function validateReviewVersions(field: string, versions: readonly string[]): readonly FieldError[] {
  if (versions.length === 0) return [required(field, `must specify one of ${REVIEW_VERSIONS.join(', ')}`)];
  return [
    ...versions.flatMap((version, index) => [
      ...invalidBy(`${field}[${index}]`, version, rfc1035LabelProblems(version)),
      ...broken([versions.indexOf(version) < index, invalidValue(`${field}[${index}]`, version, 'duplicate version')]),
    ]),
    ...broken([
      !versions.some((version) => REVIEW_VERSIONS.includes(version)),
      invalidValue(field, versions, `must include at least one of ${REVIEW_VERSIONS.join(', ')}`),
    ]),
  ];
}
