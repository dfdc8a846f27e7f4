/** A provider cannot be as it was configured; the message names the key and where it stands. */
export class ProviderConfigError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ProviderConfigError';
  }
}
