import type { Service, ServicePort } from '../../src/apis/index.ts';
import type { ShardCheck } from '../../src/reachability/index.ts';
import { annotations } from '../apis/index.ts';

/** How the shards of a Service are looked at; `none` where it wants not to be. */
export interface ServiceCheck {
  readonly check: ShardCheck | 'none';
  readonly port: number;
}

const SHAPE = /^(https?):(\d{1,5})?(\/[\x21-\x7e]{0,1023})$/;

/** At its first port by the protocol that it names, by TCP where it names none, or as it asks; `undefined` for a Service without a port that can be looked at. */
export function checkOfService(service: Service): ServiceCheck | undefined {
  const first = service.spec?.ports?.find(({ protocol = 'TCP' }) => protocol === 'TCP');
  const port = first?.port;
  const asked = parse(service.metadata.annotations?.[annotations.healthCheck]);
  if (asked === 'none') return { check: 'none', port: port ?? 0 };
  const at = (typeof asked === 'object' ? asked.port : undefined) ?? port;
  return at === undefined
    ? undefined
    : { check: typeof asked === 'object' ? asked.check : checkBy(first, asked), port: at };
}

/** A Service that says how its shards are to be looked at has each of them judged by itself. */
export function isJudgedByItself({ metadata }: Service): boolean {
  const asked = parse(metadata.annotations?.[annotations.healthCheck]);
  return asked === 'tcp' || typeof asked === 'object';
}

/** A port that says that it speaks HTTP has to. */
function checkBy(port: ServicePort | undefined, asked: 'usual' | 'tcp' | 'invalid'): ShardCheck {
  const kind = asked === 'tcp' ? undefined : port?.appProtocol?.toLowerCase();
  return kind === 'http' || kind === 'https' ? { kind } : { kind: 'tcp' };
}

/** What is wrong with what a Service says of it; empty when nothing is. */
export function healthCheckProblem({ metadata }: Service): string {
  const text = metadata.annotations?.[annotations.healthCheck];
  if (parse(text) !== 'invalid') return '';
  return `${annotations.healthCheck}: ${JSON.stringify(text)} is none of tcp, none, http:/path, https:/path, http:8080/path`;
}

type Asked = { readonly check: ShardCheck; readonly port?: number };

function parse(text: string | undefined): Asked | 'none' | 'tcp' | 'usual' | 'invalid' {
  if (text === undefined) return 'usual';
  if (text === 'none' || text === 'tcp') return text;
  const [, kind, port, path = '/'] = SHAPE.exec(text) ?? [];
  if (kind !== 'http' && kind !== 'https') return 'invalid';
  if (port === undefined) return { check: { kind, path } };
  return isPort(Number(port)) ? { check: { kind, path }, port: Number(port) } : 'invalid';
}

function isPort(port: number): boolean {
  return port >= 1 && port <= 65_535;
}
