import { DnsProcess } from './dns-process.ts';

export interface UnboundOptions {
  /** The zone that it asks `primary` for; nobody for any other. */
  readonly zone: string;
  readonly primary: { readonly host: string; readonly port: number };
  /** Lines of its `server:` clause. */
  readonly config?: string;
}

/** A caching resolver in front of one server. It asks in odd case, one label at a time, and tells clients' subnets. */
export async function startUnbound({ zone, primary, config = '' }: UnboundOptions): Promise<DnsProcess> {
  return DnsProcess.start({
    program: 'unbound',
    args: ({ directory }) => ['-d', '-p', '-c', `${directory}/unbound.conf`],
    files: ({ directory, port }) => ({
      'unbound.conf': [
        'server:',
        '  interface: 127.0.0.1',
        `  port: ${port}`,
        '  username: ""',
        '  chroot: ""',
        `  directory: "${directory}"`,
        '  use-syslog: no',
        '  do-not-query-localhost: no',
        '  module-config: "subnetcache iterator"',
        `  send-client-subnet: ${primary.host}`,
        '  client-subnet-always-forward: yes',
        '  use-caps-for-id: yes',
        '  qname-minimisation: yes',
        '  qname-minimisation-strict: yes',
        '  infra-keep-probing: yes',
        config,
        'stub-zone:',
        `  name: "${zone}"`,
        `  stub-addr: ${primary.host}@${primary.port}`,
        'remote-control:',
        '  control-enable: no',
        '',
      ].join('\n'),
    }),
    probe: zone,
  });
}
