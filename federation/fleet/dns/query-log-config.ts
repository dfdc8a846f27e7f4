export interface QueryLogConfig {
  /** The latest questions are noted with the reasons for their answers: so many of them. */
  readonly queryLog?: { readonly size: number };
}

const MAX_SIZE = 100_000;

export const queryLogSchemas = {
  queryLog: {
    type: 'object',
    additionalProperties: false,
    required: ['size'],
    properties: { size: { type: 'integer', minimum: 1, maximum: MAX_SIZE } },
  },
};

export function resolveQueryLog({ queryLog }: QueryLogConfig): QueryLogConfig {
  return queryLog === undefined ? {} : { queryLog };
}
