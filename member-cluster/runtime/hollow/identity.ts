/** Who answers: what a hollow container tells whoever asks it. */
export interface Identity {
  readonly pod: string;
  readonly namespace: string;
  readonly container: string;
  readonly image: string;
  readonly ip: string;
  readonly node: string;
  readonly zone: string;
  readonly region: string;
  readonly cluster: string;
}

/** A line a field. */
export function identityText(identity: Identity): string {
  return Object.entries(identity)
    .map(([name, value]) => `${name}: ${String(value)}\n`)
    .join('');
}

export function identityJson(identity: Identity): string {
  return `${JSON.stringify(identity)}\n`;
}
