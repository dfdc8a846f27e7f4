/** Bounds how long one commit keeps the next writers waiting. */
const MAX_OPERATIONS = 1_000;
/**
 * One transaction at a time, of all that was asked for while the one before was on its way to the disk. When one fails
 * all that wait fail with it, because they were decided on what it would have written.
 */
export class GroupCommit {
    #commit;
    #onFailure;
    #waiting = [];
    #running;
    /** `onFailure` is called once for each failure, before the operations are told. */
    constructor(commit, onFailure) {
        this.#commit = commit;
        this.#onFailure = onFailure;
    }
    add(operation) {
        this.#waiting.push(operation);
        this.#running ??= this.#run();
    }
    /** Resolves when nothing waits and nothing is on its way. */
    async idle() {
        while (this.#running !== undefined)
            await this.#running;
    }
    async #run() {
        // Let the rest of this turn's writers come along.
        await Promise.resolve();
        while (this.#waiting.length > 0) {
            const group = this.#waiting.splice(0, MAX_OPERATIONS);
            try {
                await this.#commit(() => {
                    for (const operation of group)
                        operation.write();
                });
            }
            catch (cause) {
                const all = [...group, ...this.#waiting.splice(0)];
                this.#onFailure(cause);
                for (const operation of all)
                    operation.failed(cause);
                continue;
            }
            for (const operation of group)
                operation.committed();
        }
        this.#running = undefined;
    }
}
