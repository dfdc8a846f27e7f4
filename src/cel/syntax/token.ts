export interface Token {
  readonly kind: 'ident' | 'int' | 'uint' | 'double' | 'string' | 'bytes' | 'punctuation' | 'end';
  readonly at: number;
  /** As written. */
  readonly text: string;
}
