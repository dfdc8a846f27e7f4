import { RuntimeError } from '../container-runtime.ts';

const OCTETS = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/;

/** The addresses of a node's pods. One that was given back is given out again as late as possible. */
export class AddressPool {
  readonly #cidr: string;
  readonly #network: number;
  readonly #size: number;
  readonly #used = new Set<number>();
  #last = 0;

  constructor(cidr: string) {
    const [, a, b, c, d, bits] = OCTETS.exec(cidr)?.map(Number) ?? [];
    if (a === undefined || b === undefined || c === undefined || d === undefined || bits === undefined) {
      throw new TypeError(`not an IPv4 CIDR: ${cidr}`);
    }
    this.#cidr = cidr;
    this.#network = a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d;
    this.#size = 2 ** (32 - bits);
  }

  /** Neither the first, which names the network, nor the last, which means all. */
  take(): string {
    for (let tried = 0; tried < this.#size - 2; tried++) {
      this.#last = (this.#last % (this.#size - 2)) + 1;
      if (this.#used.has(this.#last)) continue;
      this.#used.add(this.#last);
      return this.#text(this.#network + this.#last);
    }
    throw new RuntimeError('Unavailable', `no address is left in ${this.#cidr}`);
  }

  giveBack(address: string): void {
    const number = address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
    this.#used.delete(number - this.#network);
  }

  #text(address: number): string {
    return [24, 16, 8, 0].map((shift) => (address / 2 ** shift) & 255).join('.');
  }
}
