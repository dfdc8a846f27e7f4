import type { Key } from '../../../src/controller/index.ts';

/** Addresses of one IPv4 block of 24 bits, one for each owner. */
export class AddressPool {
  readonly #prefix: string;
  readonly #owners = new Map<string, Key>();
  readonly #addresses = new Map<Key, string>();

  /** `cidr` such as `127.9.200.0/24`. */
  constructor(cidr: string) {
    const [, prefix] = /^(\d+\.\d+\.\d+\.)0\/24$/.exec(cidr) ?? [];
    if (prefix === undefined) throw new TypeError(`not a block of 24 bits: ${cidr}`);
    this.#prefix = prefix;
  }

  contains(address: string): boolean {
    const last = Number(address.slice(this.#prefix.length));
    return address.startsWith(this.#prefix) && Number.isInteger(last) && last >= 1 && last <= 254;
  }

  addressOf(owner: Key): string | undefined {
    return this.#addresses.get(owner);
  }

  ownerOf(address: string): Key | undefined {
    return this.#owners.get(address);
  }

  /** False when the address is not of this block or another's. What the owner had before is free again. */
  claim(owner: Key, address: string): boolean {
    if (!this.contains(address) || (this.#owners.get(address) ?? owner) !== owner) return false;
    if (this.#addresses.get(owner) !== address) this.release(owner);
    this.#owners.set(address, owner);
    this.#addresses.set(owner, address);
    return true;
  }

  /** The owner's address, or the lowest that is free; undefined when all are taken. */
  allocate(owner: Key): string | undefined {
    const present = this.#addresses.get(owner);
    if (present !== undefined) return present;
    for (let last = 1; last <= 254; last++) {
      const address = `${this.#prefix}${last}`;
      if (this.claim(owner, address)) return address;
    }
    return undefined;
  }

  release(owner: Key): void {
    const address = this.#addresses.get(owner);
    if (address === undefined) return;
    this.#addresses.delete(owner);
    this.#owners.delete(address);
  }
}
