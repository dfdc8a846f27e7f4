import { forbidden, statusError, type StatusError, type StatusReason } from '../../../apimachinery/index.ts';
import type { AdmissionRequest } from '../../admission.ts';

const CODES: Readonly<Record<string, readonly [number, StatusReason]>> = {
  Forbidden: [403, 'Forbidden'],
  Unauthorized: [401, 'Unauthorized'],
  RequestEntityTooLarge: [413, 'RequestEntityTooLarge'],
  Invalid: [422, 'Invalid'],
};

/** The message is that of a forbidden request, whatever reason the policy gives. */
export function denial({ resource, name }: AdmissionRequest, message: string, reason = 'Invalid'): StatusError {
  const { status } = forbidden(resource, name, message, [{ message }]);
  const [code, known] = CODES[reason] ?? [422, 'Invalid'];
  const { message: text = message, details } = status;
  return statusError(code, known, text, details === undefined ? {} : { details });
}
