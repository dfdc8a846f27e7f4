export class DamagedZoneFile extends Error {
  constructor(path: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`zone file ${path} is damaged: ${why}. Mend it, or move it away to begin with an empty zone.`, { cause });
    this.name = 'DamagedZoneFile';
  }
}
