import type { Readable } from 'node:stream';
import { statusError } from '../../apimachinery/index.ts';
import type { Clock } from '../../component-base/index.ts';

interface Upload {
  readonly method: string;
}

interface Reply {
  readonly sent: boolean;
}

const WITHOUT_BODY = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Before a body is read: calls `tooLate` with what to answer when it is not there in time. */
export function uploadDeadline<R extends Reply>(
  { clock, receiveMs }: { readonly clock: Clock; readonly receiveMs: number },
  tooLate: (error: unknown, reply: R) => void,
) {
  return (request: Upload, reply: R, body: Readable, done: () => void): void => {
    done();
    if (WITHOUT_BODY.has(request.method)) return;
    const cancel = clock.after(receiveMs, () => {
      if (!reply.sent) tooLate(bodyTooSlow(), reply);
    });
    body.once('end', cancel).once('close', cancel);
  };
}

function bodyTooSlow() {
  return statusError(408, 'Timeout', 'Timeout: request body did not arrive within the allotted timeout');
}
