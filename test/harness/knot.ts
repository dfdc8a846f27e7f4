import { DnsProcess, zoneFileOf, zoneTexts, type DnsJudgeOptions } from './dns-process.ts';

export interface KnotOptions extends DnsJudgeOptions {
  /** What every zone does unless it says otherwise. */
  readonly template?: string;
}

/** Knot DNS. `config` are whole sections (`key:`, `acl:`, `remote:`), `template` and a zone's `config` lines of theirs. */
export async function startKnot({ zones, config = '', template = '', ...rest }: KnotOptions): Promise<DnsProcess> {
  return DnsProcess.start({
    program: 'knotd',
    args: ({ directory }) => ['-c', `${directory}/knot.conf`],
    files: ({ directory, port }) => ({
      ...zoneTexts(zones),
      'knot.conf': [
        'server:',
        `    rundir: "${directory}/run"`,
        `    listen: 127.0.0.1@${port}`,
        '    udp-workers: 1',
        '    tcp-workers: 1',
        '    background-workers: 1',
        'log:',
        '  - target: stderr',
        '    any: info',
        'database:',
        `    storage: "${directory}/db"`,
        config,
        'template:',
        '  - id: default',
        `    storage: "${directory}"`,
        indented(template),
        'zone:',
        ...zones.map((zone) =>
          [`  - domain: ${zone.name}.`, `    file: ${zoneFileOf(zone)}`, indented(zone.config ?? '')].join('\n'),
        ),
        '',
      ].join('\n'),
    }),
    directories: ['run', 'db'],
    probe: zones[0]?.name ?? '',
    ...rest,
  });
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '    ');
}
