import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { makeDirectory } from '../../../src/component-base/index.ts';
import { createZone, nextSerial, ZoneBuilder, type Zone, type ZoneDelta, type ZoneOptions } from '../../zone/index.ts';
import { DamagedZoneFile } from '../zone-store/damaged-zone-file.ts';
import type { StoredZone, ZoneStore } from '../zone-store/zone-store.ts';
import { masterFile, readMasterFile } from './master-file.ts';

export interface MasterFileOptions {
  readonly directory: string;
  readonly zone: ZoneOptions;
}

interface MasterFileDeps {
  readonly firstSerial: () => number;
  /** Tells whoever serves the file that it is another; it has not been told when this rejects. */
  readonly reload: (zone: string, path: string) => Promise<void>;
}

/** A zone in a master file for other servers, `<zone>.zone`: replaced as a whole, with a greater serial each time. */
export class MasterFileStore implements ZoneStore {
  readonly #options: MasterFileOptions;
  readonly #deps: MasterFileDeps;
  readonly #path: string;
  /** Of the file: greater than any that a server may have read there, whether the change was made in the end or not. */
  #serial: number | undefined;
  #isUntold = false;

  constructor(options: MasterFileOptions, deps: MasterFileDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#path = join(options.directory, `${options.zone.name}.zone`);
  }

  /** Writes the file where it is not as the options say. */
  async load(): Promise<StoredZone> {
    const { zone: options } = this.#options;
    const text = await this.#read();
    const stored = text === undefined ? { zone: createZone(options, 1), displaced: [] } : this.#parse(text);
    const current = this.#serial === undefined ? undefined : masterFile(stored.zone, [], this.#serial);
    if (current === undefined || current !== text) await this.save(stored.zone, []);
    else if (this.#isUntold) await this.#tell(stored.zone.name);
    return stored;
  }

  async save(zone: Zone, deltas: readonly ZoneDelta[]): Promise<void> {
    const serial = this.#serial === undefined ? this.#deps.firstSerial() : nextSerial(this.#serial);
    await makeDirectory(this.#options.directory, 0o755);
    this.#serial = serial;
    await writeFileAtomic(this.#path, masterFile(zone, deltas, serial));
    await this.#tell(zone.name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Nothing is kept open.
  }

  async #tell(zone: string): Promise<void> {
    this.#isUntold = true;
    await this.#deps.reload(zone, this.#path);
    this.#isUntold = false;
  }

  async #read(): Promise<string | undefined> {
    try {
      return await readFile(this.#path, 'utf8');
    } catch (err) {
      if (err instanceof Error && 'code' in err && err.code === 'ENOENT') return undefined;
      throw err;
    }
  }

  #parse(text: string): StoredZone {
    const { zone: options } = this.#options;
    try {
      const { serial, published } = readMasterFile(text, options.name);
      const builder = new ZoneBuilder(options);
      for (const set of published) builder.put(set);
      this.#serial = serial;
      return builder.finish(1);
    } catch (err) {
      throw new DamagedZoneFile(this.#path, err);
    }
  }
}
