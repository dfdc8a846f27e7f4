import { DnsProcess, zoneFileOf, zoneTexts, type DnsJudgeOptions } from './dns-process.ts';

export interface BindOptions extends DnsJudgeOptions {
  /** Statements of its `options`. */
  readonly options?: string;
  /** It asks other servers for what it does not have. */
  readonly recursive?: boolean;
  readonly args?: readonly string[];
  /** The first zone when absent. */
  readonly probe?: string;
}

/** BIND. `config` are whole statements (`key`, `acl`), a zone's `config` those of the zone: with `type` where it is not primary. */
export async function startBind(options: BindOptions): Promise<DnsProcess> {
  const { zones, config = '', recursive = false, args = [], ...rest } = options;
  return DnsProcess.start({
    program: 'named',
    args: ({ directory }) => ['-g', '-c', `${directory}/named.conf`, ...args],
    files: ({ directory, port }) => ({
      ...zoneTexts(zones),
      'named.conf': [
        'options {',
        `  directory "${directory}";`,
        `  listen-on port ${port} { 127.0.0.1; };`,
        '  listen-on-v6 { none; };',
        '  pid-file none;',
        `  session-keyfile "${directory}/session.key";`,
        `  managed-keys-directory "${directory}";`,
        `  recursion ${recursive ? 'yes' : 'no'};`,
        '  dnssec-validation no;',
        '  notify no;',
        options.options ?? '',
        '};',
        'controls { };',
        config,
        ...zones.map((zone) => {
          const { config: statements = '' } = zone;
          const type = /\btype\s/.test(statements) ? '' : 'type primary;';
          return `zone "${zone.name}" { ${type} file "${zoneFileOf(zone)}"; ${statements} };`;
        }),
        '',
      ].join('\n'),
    }),
    probe: zones[0]?.name ?? '',
    ...rest,
  });
}
