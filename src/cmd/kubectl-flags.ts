/** Flags that kubectl's users write with a value though a bare flag would do. */
const SWITCHES: ReadonlyMap<string, { readonly off: string | undefined; readonly on: readonly string[] }> = new Map([
  ['--dry-run', { off: undefined, on: ['client', 'true'] }],
  ['--wait', { off: '--no-wait', on: ['true'] }],
  ['--force', { off: undefined, on: ['true'] }],
]);
const OFF: ReadonlySet<string> = new Set(['none', 'false']);

/** `--dry-run=client` as `--dry-run`, `--wait=false` as `--no-wait`; other values are left for the parser to refuse. */
export function withKubectlFlags(args: readonly string[]): readonly string[] {
  return args.flatMap((arg) => {
    const [flag = '', value] = arg.split('=', 2);
    const known = SWITCHES.get(flag);
    if (known === undefined || value === undefined) return [arg];
    if (known.on.includes(value)) return [flag];
    if (!OFF.has(value)) return [arg];
    return known.off === undefined ? [] : [known.off];
  });
}
