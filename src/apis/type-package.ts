/** The types of one version of a group, as the generator writes them and `type-table.ts` reads them. */
export interface TypePackage {
  readonly path: string;
  /** Absent where the types belong to every group. */
  readonly group?: string;
  readonly version: string;
  /** Encoded by scripts/generate-api-tables-data.ts. */
  readonly types: Readonly<Record<string, string>>;
}
