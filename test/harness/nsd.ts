import { DnsProcess, zoneFileOf, zoneTexts, type DnsJudgeOptions } from './dns-process.ts';

/** NSD. `config` are whole clauses (`key:`), a zone's `config` lines of its own. */
export async function startNsd({ zones, config = '', ...rest }: DnsJudgeOptions): Promise<DnsProcess> {
  return DnsProcess.start({
    program: 'nsd',
    args: ({ directory }) => ['-d', '-c', `${directory}/nsd.conf`],
    files: ({ directory, port }) => ({
      ...zoneTexts(zones),
      'nsd.conf': [
        'server:',
        `  ip-address: 127.0.0.1@${port}`,
        `  port: ${port}`,
        '  username: ""',
        '  chroot: ""',
        `  zonesdir: "${directory}"`,
        `  pidfile: "${directory}/nsd.pid"`,
        `  xfrdfile: "${directory}/xfrd.state"`,
        `  zonelistfile: "${directory}/zone.list"`,
        `  xfrdir: "${directory}"`,
        '  database: ""',
        '  server-count: 1',
        '  rrl-ratelimit: 0',
        'remote-control:',
        '  control-enable: no',
        config,
        ...zones.map((zone) =>
          ['zone:', `  name: ${zone.name}`, `  zonefile: ${zoneFileOf(zone)}`, zone.config ?? ''].join('\n'),
        ),
        '',
      ].join('\n'),
    }),
    probe: zones[0]?.name ?? '',
    ...rest,
  });
}
