/** No number of replicas can be told. */
export class NoProposal extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'NoProposal';
  }
}
