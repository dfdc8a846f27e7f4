import { isNotFound, shortDuration } from '../../src/apimachinery/index.ts';
import { configMaps } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import { FEDERATION_SYSTEM_NAMESPACE } from '../apis/index.ts';

/** What is wrong at one place where records are published; kept in a ConfigMap, by place. */
export interface PublishingReport {
  readonly zone: string;
  readonly waiting: number;
  readonly waitingSince?: string;
  readonly problem?: string;
  readonly stuck: number;
  /** Some of those, with the reason. */
  readonly stuckServices: Readonly<Record<string, string>>;
  readonly dryRun?: boolean;
}

/** The ConfigMap. */
export const PUBLISHING_REPORT = { namespace: FEDERATION_SYSTEM_NAMESPACE, name: 'dns-publishing' } as const;
/** What is wrong where records are published, a line each; empty when nothing is, or none is published elsewhere. */
export async function publishingProblems(
  federation: Client,
  now: number,
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    const { data = {} } = await federation.get(configMaps, PUBLISHING_REPORT, { signal });
    return Object.entries(data).flatMap(([target, text]) => problemsOf(target, parsed(text), now));
  } catch (err) {
    if (isNotFound(err)) return [];
    throw err;
  }
}

function problemsOf(target: string, report: PublishingReport, now: number): readonly string[] {
  const place = `DNS provider ${target}, zone ${report.zone}`;
  const lines: string[] = [];
  if (report.waiting > 0) {
    const since =
      report.waitingSince === undefined ? '' : ` for ${shortDuration(now - Date.parse(report.waitingSince))}`;
    const why = report.problem === undefined ? '' : `: ${report.problem}`;
    lines.push(`${place}: ${services(report.waiting)} wait${report.waiting === 1 ? 's' : ''}${since}${why}`);
  } else if (report.problem !== undefined) {
    lines.push(`${place}: ${report.problem}`);
  }
  const [example] = Object.entries(report.stuckServices);
  if (report.stuck > 0 && example !== undefined) {
    lines.push(`${place}: ${services(report.stuck)} cannot be published, such as ${example[0]}: ${example[1]}`);
  }
  if (report.dryRun === true) lines.push(`${place}: dry run, nothing is published there`);
  return lines;
}

const services = (count: number) => `${count} ${count === 1 ? 'Service' : 'Services'}`;

/** We wrote it, or an earlier version of us: what it lacks counts as nothing. */
function parsed(text: string): PublishingReport {
  const value: unknown = JSON.parse(text);
  const nothing = { zone: '', waiting: 0, stuck: 0, stuckServices: {} };
  return typeof value === 'object' && value !== null ? { ...nothing, ...value } : nothing;
}
