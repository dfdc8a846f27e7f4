import type { Rcode } from '../packet/index.ts';

/** Why an update is not made; the message is for the log. */
export class UpdateRefused extends Error {
  readonly rcode: Rcode;

  constructor(rcode: Rcode, message: string) {
    super(message);
    this.name = 'UpdateRefused';
    this.rcode = rcode;
  }
}
