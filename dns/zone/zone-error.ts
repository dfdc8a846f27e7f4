export type ZoneErrorCode = 'OutsideZone' | 'CnameConflict' | 'Invalid';

/** A change that a zone cannot take. */
export class ZoneError extends Error {
  readonly code: ZoneErrorCode;

  constructor(code: ZoneErrorCode, message: string) {
    super(message);
    this.name = 'ZoneError';
    this.code = code;
  }
}
