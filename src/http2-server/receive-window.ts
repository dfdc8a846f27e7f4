/** How much more the other end may send: RFC 9113 §5.2. */
export class ReceiveWindow {
  readonly #sizeBytes: number;
  #leftBytes: number;
  #readBytes = 0;

  constructor(sizeBytes: number) {
    this.#sizeBytes = sizeBytes;
    this.#leftBytes = sizeBytes;
  }

  /** Whether what came fits. */
  take(bytes: number): boolean {
    this.#leftBytes -= bytes;
    return this.#leftBytes >= 0;
  }

  /** What was taken has been read. Returns by how much the other end is to be told that the window is larger again. */
  give(bytes: number): number {
    this.#readBytes += bytes;
    if (this.#readBytes * 2 < this.#sizeBytes) return 0;
    const widened = this.#readBytes;
    this.#leftBytes += widened;
    this.#readBytes = 0;
    return widened;
  }
}
