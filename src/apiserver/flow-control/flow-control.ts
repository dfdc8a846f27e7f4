import type { Clock, Registry } from '../../component-base/index.ts';
import type { AuthorizationAttributes } from '../security.ts';
import { flowOf, inPrecedence, schemaOf } from './classify.ts';
import type { FlowControlSource, FlowSchemaLike, PriorityLevelLike } from './contract.ts';
import { FlowMetrics } from './flow-metrics.ts';
import { levelSettings } from './level-settings.ts';
import { MANDATORY_LEVELS, MANDATORY_SCHEMAS } from './mandatory.ts';
import { PriorityLevel } from './priority-level.ts';

export interface FlowControlDeps {
  readonly source: FlowControlSource;
  /** How many requests may be answered at a time, all levels together. */
  readonly seats: number;
  readonly clock: Clock;
  readonly metrics: Registry;
}

/** By which schema and at which level a request was served: what the answer's headers tell. */
export interface Placement {
  readonly schemaUid: string;
  readonly levelUid: string;
}

/** No request waits longer for its turn: a quarter of what it may take, as in Kubernetes. */
const LONGEST_WAIT_MS = 15_000;

interface Configuration {
  readonly schemas: readonly FlowSchemaLike[];
  readonly levels: ReadonlyMap<string, PriorityLevelLike>;
}

/** Kubernetes' API Priority and Fairness: who gets an answer first when not everybody can have one at once. */
export class FlowControl {
  readonly #deps: FlowControlDeps;
  readonly #metrics: FlowMetrics;
  readonly #levels = new Map<string, PriorityLevel>();
  #configuration: Configuration | undefined;
  #isFollowing = false;

  constructor(deps: FlowControlDeps) {
    this.#deps = deps;
    this.#metrics = new FlowMetrics(deps.metrics);
  }

  /** Does the work when it is the request's turn. Throws 429 when it will not be. */
  async run<R>(
    attributes: AuthorizationAttributes,
    signal: AbortSignal,
    work: (placement: Placement) => Promise<R>,
  ): Promise<R> {
    const { schemas, levels } = this.#current();
    const schema = schemaOf(schemas, attributes);
    const name = schema?.spec?.priorityLevelConfiguration.name ?? '';
    const level = this.#levels.get(name);
    const placement = { schemaUid: schema?.metadata.uid ?? '', levelUid: levels.get(name)?.metadata.uid ?? '' };
    if (schema === undefined || level === undefined) return work(placement);
    const { clock } = this.#deps;
    const start = clock.now();
    const leave = await level.enter(flowOf(schema, attributes), LONGEST_WAIT_MS, signal);
    this.#metrics.dispatched(name, schema.metadata.name ?? '', clock.now() - start);
    this.#seen(name, level);
    try {
      return await work(placement);
    } finally {
      leave();
      this.#seen(name, level);
      this.#lend();
    }
  }

  #current(): Configuration {
    if (!this.#isFollowing) {
      this.#isFollowing = true;
      this.#deps.source.onChange(() => {
        this.#configuration = undefined;
      });
    }
    return (this.#configuration ??= this.#configure());
  }

  #configure(): Configuration {
    const { source, seats } = this.#deps;
    const levels = new Map(named(MANDATORY_LEVELS).concat(named(source.priorityLevels())));
    const settings = levelSettings([...levels.values()], seats);
    for (const [name, own] of settings) {
      const level = this.#levels.get(name);
      if (level === undefined) this.#levels.set(name, this.#createLevel(name, own));
      else level.configure(own);
    }
    for (const [name, level] of this.#levels) {
      // Whoever still waits in a level that is gone, or exempt now, is let go on.
      if (settings.has(name)) continue;
      level.configure({ ...level.settings, seats: Infinity });
      this.#levels.delete(name);
      this.#metrics.forget(name);
    }
    const schemas = [...new Map(named(MANDATORY_SCHEMAS).concat(named(source.flowSchemas()))).values()];
    // A schema of a level that is not there matches nothing.
    const usable = schemas.filter(({ spec }) => levels.has(spec?.priorityLevelConfiguration.name ?? ''));
    return { schemas: inPrecedence(usable), levels };
  }

  #createLevel(name: string, settings: PriorityLevel['settings']): PriorityLevel {
    return new PriorityLevel(settings, {
      clock: this.#deps.clock,
      mayBorrow: () => this.#spareSeats() > 0,
      refused: (reason) => {
        this.#metrics.rejected(name, reason);
      },
    });
  }

  #spareSeats(): number {
    let spare = 0;
    for (const level of this.#levels.values()) spare += level.spare - level.borrowed;
    return spare;
  }

  /** A seat that one level gave back may be what another one waits for. */
  #lend(): void {
    for (const level of this.#levels.values()) if (level.waiting > 0) level.dispatch();
  }

  #seen(name: string, { inUse, waiting, settings }: PriorityLevel): void {
    this.#metrics.seen(name, { inUse, waiting, seats: settings.seats });
  }
}

function named<T extends FlowSchemaLike | PriorityLevelLike>(objects: readonly T[]): (readonly [string, T])[] {
  return objects.map((object) => [object.metadata.name ?? '', object] as const);
}
