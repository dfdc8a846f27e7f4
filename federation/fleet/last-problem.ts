/** Lines of a log are shorter; what is longer is no line of ours. */
const MAX_LINE_BYTES = 64 * 1024;
const MAX_TEXT = 500;
/** As the logger writes it, which has the level first. */
const PROBLEM = /^\{"level":"(?:warn|error|fatal)"/;

/** The last line of a component's log that tells of something wrong: why it is not ready, most likely. */
export class LastProblem {
  #rest = '';
  #line = '';

  /** What the process wrote, cut anywhere. */
  read(chunk: Buffer): void {
    const lines = (this.#rest + chunk.toString('utf8')).split('\n');
    this.#rest = (lines.pop() ?? '').slice(-MAX_LINE_BYTES);
    this.#line = lines.findLast((line) => PROBLEM.test(line)) ?? this.#line;
  }

  /** Empty when nothing was wrong. */
  get text(): string {
    if (this.#line === '') return '';
    try {
      return textOf(JSON.parse(this.#line)).slice(0, MAX_TEXT);
    } catch (err) {
      if (err instanceof SyntaxError) return '';
      throw err;
    }
  }
}

function textOf(entry: unknown): string {
  const message = stringIn(entry, 'msg');
  const why = stringIn(fieldOf(entry, 'err'), 'message').replace(/\n[^]*/, '');
  return [message, why].filter((part) => part !== '').join(': ');
}

function stringIn(value: unknown, field: string): string {
  const found = fieldOf(value, field);
  return typeof found === 'string' ? found : '';
}

function fieldOf(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([name]) => name === field)?.[1]
    : undefined;
}
