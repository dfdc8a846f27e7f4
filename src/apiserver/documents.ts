export interface Document {
  readonly contentType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a server answers at paths of its own, made when it is asked for. */
export type Documents = Readonly<Record<string, () => Document>>;
