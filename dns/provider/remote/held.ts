import type { RecordSet } from '../../zone/index.ts';

/** What a provider has at one name and type, whoever put it there. */
export interface Held<Raw> {
  readonly name: string;
  /** Also a type that is not published here. */
  readonly type: string;
  /** As `DnsZone.list` tells it, or why it is nothing that could have been published here. */
  readonly is: RecordSet | string;
  /** As the provider tells it. */
  readonly raw: Raw;
}

/** What is to become of one name and type. At least one of `before` and `after` is there. */
export interface Step<Raw> {
  readonly name: string;
  readonly type: string;
  readonly before?: Held<Raw>;
  readonly after?: RecordSet;
}

/** What is held is not what a step said it was: somebody else has changed it. */
export class ChangedMeanwhile extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ChangedMeanwhile';
  }
}
