/** What one word of a script becomes: POSIX 1003.1 §2.6.5. */
export class Fields {
  readonly #done: string[] = [];
  #current: string | undefined;

  /** Text that is not split, even if it is empty. */
  add(text: string): void {
    this.#current = (this.#current ?? '') + text;
  }

  split(text: string): void {
    const [head = '', ...rest] = text.split(/\s+/);
    if (head !== '') this.add(head);
    for (const part of rest) {
      this.#end();
      if (part !== '') this.#current = part;
    }
  }

  all(): readonly string[] {
    this.#end();
    return this.#done;
  }

  #end(): void {
    if (this.#current !== undefined) this.#done.push(this.#current);
    this.#current = undefined;
  }
}
