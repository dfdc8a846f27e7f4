import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DnsProcess, zoneFileOf, zoneTexts, type DnsJudgeOptions, type DnsPlace } from './dns-process.ts';
import { dnsLibraries, dnsProgram } from './dns-servers.ts';

export interface PowerDnsOptions extends Omit<DnsJudgeOptions, 'config'> {
  /** Settings beside those that it needs to run here: `api`, `webserver-port`… */
  readonly settings?: Readonly<Record<string, string>>;
  /** Its HTTP API is then at `powerDnsApi`. */
  readonly apiKey?: string;
}

/** Where the API of a server is that was started with a key. */
export const powerDnsApi = ({ port }: DnsProcess): URL => new URL(`http://127.0.0.2:${port}`);

/** PowerDNS with its LMDB backend, into which the zones are loaded before it starts. */
export async function startPowerDns({ zones, settings = {}, apiKey, ...rest }: PowerDnsOptions): Promise<DnsProcess> {
  return DnsProcess.start({
    program: 'pdns_server',
    args: ({ directory }) => [`--config-dir=${directory}`],
    files: ({ directory, port }) => ({
      ...zoneTexts(zones),
      'pdns.conf': Object.entries({
        launch: 'lmdb',
        'module-dir': join(dnsLibraries, 'pdns'),
        'lmdb-filename': join(directory, 'pdns.lmdb'),
        'lmdb-shards': '1',
        'socket-dir': directory,
        'local-address': '127.0.0.1',
        'local-port': String(port),
        'security-poll-suffix': '',
        'distributor-threads': '1',
        guardian: 'no',
        daemon: 'no',
        'disable-syslog': 'yes',
        ...(apiKey === undefined ? {} : apiSettings(apiKey, port)),
        ...settings,
      })
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    }),
    prepare: (place) => loadZones(zones, place),
    probe: zones[0]?.name ?? '',
    ...rest,
  });
}

const apiSettings = (apiKey: string, port: number) => ({
  api: 'yes',
  'api-key': apiKey,
  'webserver-address': '127.0.0.2',
  'webserver-port': String(port),
  'webserver-allow-from': '127.0.0.0/8',
});

async function loadZones(zones: PowerDnsOptions['zones'], { directory }: DnsPlace): Promise<void> {
  const { program, env } = dnsProgram('pdnsutil');
  for (const zone of zones) {
    if (zone.text === undefined) continue;
    const args = [`--config-dir=${directory}`, 'load-zone', zone.name, join(directory, zoneFileOf(zone))];
    await promisify(execFile)(program, args, { env });
  }
}
