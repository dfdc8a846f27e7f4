/** No number of replicas can be told. Its `cause` is what a metrics API answered instead of a value. */
export class NoProposal extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'NoProposal';
  }
}
