import { nextSerial, optionsText, ZoneBuilder, type BuiltZone, type ZoneOptions } from '../../zone/index.ts';
import type { FileHandle } from 'node:fs/promises';
import { LogLines } from './log-lines.ts';
import { parseStoredKey, parseStoredSet } from './stored-set.ts';

/** The first line of a log. */
export interface LogHeader {
  readonly format: typeof LOG_FORMAT;
  readonly zone: string;
  readonly serial: number;
  /** What the zone's options put in it when this was written. */
  readonly options: string;
}

export const LOG_FORMAT = 'koinon-zone/2';

export interface ReadLog extends BuiltZone {
  /** Where the last line ends; what follows is to be cut off. */
  readonly end: number;
  /** Bytes up to the end of the state that the log begins with. */
  readonly stateBytes: number;
  /** What the options put in the zone, where the log knows of others: the zone has another serial than the log. */
  readonly options: string | undefined;
}

const CHUNK_BYTES = 1024 * 1024;

/** Throws where the file is no log of the zone, or parts of it are lost. */
export async function readZoneLog(file: FileHandle, options: ZoneOptions): Promise<ReadLog> {
  const lines = new LogLines();
  const reading = new LogReading(options);
  const buffer = Buffer.alloc(CHUNK_BYTES);
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES);
    if (bytesRead === 0) break;
    // Copied, because an unfinished line is kept until the next chunk.
    for (const content of lines.take(Buffer.from(buffer.subarray(0, bytesRead)))) reading.take(content, lines.end);
  }
  return { ...reading.finish(), end: lines.end };
}

class LogReading {
  readonly #options: ZoneOptions;
  readonly #builder: ZoneBuilder;
  #expected: 'header' | 'state' | 'changes' = 'header';
  #serial = 0;
  #optionsText = '';
  #sets = 0;
  #stateBytes = 0;

  constructor(options: ZoneOptions) {
    this.#options = options;
    this.#builder = new ZoneBuilder(options);
  }

  take(content: unknown, end: number): void {
    if (!isObject(content)) throw new Error('a line is no object');
    if (this.#expected === 'header') this.#takeHeader(content);
    else if (this.#expected === 'state') this.#takeState(content, end);
    else for (const change of arrayOf(content, 'changes')) this.#takeChange(change);
  }

  finish(): Omit<ReadLog, 'end'> {
    if (this.#expected !== 'changes') throw new Error('its end is missing');
    const current = optionsText(this.#options);
    const stateBytes = this.#stateBytes;
    if (this.#optionsText === current) {
      return { ...this.#builder.finish(this.#serial), stateBytes, options: undefined };
    }
    this.#builder.forgetChanges();
    return { ...this.#builder.finish(nextSerial(this.#serial)), stateBytes, options: current };
  }

  #takeHeader({ format, zone, serial, options }: Record<string, unknown>): void {
    if (format !== LOG_FORMAT) throw new Error(`not in the format ${LOG_FORMAT}`);
    if (zone !== this.#options.name) throw new Error(`it is of zone ${String(zone)}`);
    this.#serial = serialOf(serial);
    this.#optionsText = textOf(options);
    this.#expected = 'state';
  }

  #takeState(content: Record<string, unknown>, end: number): void {
    if ('sets' in content) {
      for (const set of arrayOf(content, 'sets')) {
        this.#builder.put(parseStoredSet(set));
        this.#sets++;
      }
      return;
    }
    if (content['end'] !== this.#sets) throw new Error('record sets are missing');
    this.#stateBytes = end;
    this.#expected = 'changes';
  }

  #takeChange(change: unknown): void {
    if (!isObject(change)) throw new Error('a change is no object');
    const to = serialOf(change['to']);
    if ('options' in change) {
      this.#optionsText = textOf(change['options']);
      this.#builder.forgetChanges();
    } else {
      const remove = arrayOf(change, 'remove').map(parseStoredKey);
      const put = arrayOf(change, 'put').map(parseStoredSet);
      this.#builder.change(this.#serial, to, { remove, put });
    }
    this.#serial = to;
  }
}

function serialOf(value: unknown): number {
  if (typeof value !== 'number' || !Number.isInteger(value)) throw new Error('a serial is missing');
  return value;
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new Error('the options are missing');
  return value;
}

function arrayOf(content: Record<string, unknown>, key: string): readonly unknown[] {
  const value = content[key];
  if (!Array.isArray(value)) throw new Error(`a line has no ${key}`);
  return value;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
