var __addDisposableResource = (this && this.__addDisposableResource) || function (env, value, async) {
    if (value !== null && value !== void 0) {
        if (typeof value !== "object" && typeof value !== "function") throw new TypeError("Object expected.");
        var dispose, inner;
        if (async) {
            if (!Symbol.asyncDispose) throw new TypeError("Symbol.asyncDispose is not defined.");
            dispose = value[Symbol.asyncDispose];
        }
        if (dispose === void 0) {
            if (!Symbol.dispose) throw new TypeError("Symbol.dispose is not defined.");
            dispose = value[Symbol.dispose];
            if (async) inner = dispose;
        }
        if (typeof dispose !== "function") throw new TypeError("Object not disposable.");
        if (inner) dispose = function() { try { inner.call(this); } catch (e) { return Promise.reject(e); } };
        env.stack.push({ value: value, dispose: dispose, async: async });
    }
    else if (async) {
        env.stack.push({ async: true });
    }
    return value;
};
var __disposeResources = (this && this.__disposeResources) || (function (SuppressedError) {
    return function (env) {
        function fail(e) {
            env.error = env.hasError ? new SuppressedError(e, env.error, "An error was suppressed during disposal.") : e;
            env.hasError = true;
        }
        var r, s = 0;
        function next() {
            while (r = env.stack.pop()) {
                try {
                    if (!r.async && s === 1) return s = 0, env.stack.push(r), Promise.resolve().then(next);
                    if (r.dispose) {
                        var result = r.dispose.call(r.value);
                        if (r.async) return s |= 2, Promise.resolve(result).then(next, function(e) { fail(e); return next(); });
                    }
                    else s |= 1;
                }
                catch (e) {
                    fail(e);
                }
            }
            if (s === 1) return env.hasError ? Promise.reject(env.error) : Promise.resolve();
            if (env.hasError) throw env.error;
        }
        return next();
    };
})(typeof SuppressedError === "function" ? SuppressedError : function (error, suppressed, message) {
    var e = new Error(message);
    return e.name = "SuppressedError", e.error = error, e.suppressed = suppressed, e;
});
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { FakeClock, silentLogger, start } from '../../component-base/index.ts';
import { createEmbeddedStorage } from './embedded-storage.ts';
import { openFiles } from './files.ts';
import { encodeNumber } from './record.ts';
const bytes = (text) => Buffer.from(text);
const clock = new FakeClock();
const parent = mkdtempSync(join(tmpdir(), 'koinon-embedded-'));
const counter = { tests: 0 };
const place = { directory: '' };
beforeEach(() => {
    place.directory = join(parent, String(counter.tests++));
});
afterAll(() => {
    rmSync(parent, { recursive: true });
});
async function opened(options = {}) {
    const storage = createEmbeddedStorage({ ...place, clock, log: silentLogger, ...options });
    return { storage, ...(await start([storage])) };
}
async function take(storage, after, count) {
    const events = [];
    for await (const event of storage.watch('', after, { signal: new AbortController().signal })) {
        if (events.push(event) === count)
            break;
    }
    return events;
}
it('goes on where it ended: keys, revisions and history', async () => {
    const env_1 = { stack: [], error: void 0, hasError: false };
    try {
        {
            const env_2 = { stack: [], error: void 0, hasError: false };
            try {
                const first = __addDisposableResource(env_2, await opened(), true);
                const a = await first.storage.create('/a', bytes('1'));
                await first.storage.create('/b', bytes('1'));
                await first.storage.update('/a', bytes('2'), a.modRevision);
            }
            catch (e_1) {
                env_2.error = e_1;
                env_2.hasError = true;
            }
            finally {
                const result_1 = __disposeResources(env_2);
                if (result_1)
                    await result_1;
            }
        }
        const second = __addDisposableResource(env_1, await opened(), true);
        expect(await second.storage.currentRevision()).toBe(3);
        expect((await second.storage.list('')).items).toMatchObject([
            { key: '/a', createRevision: 1, modRevision: 3, value: bytes('2') },
            { key: '/b', createRevision: 2, modRevision: 2 },
        ]);
        expect((await second.storage.list('', { revision: 1 })).items).toMatchObject([{ key: '/a', value: bytes('1') }]);
        const last = await second.storage.get('/a');
        await second.storage.delete('/a', last.modRevision);
        expect(await take(second.storage, 1, 3)).toMatchObject([
            { type: 'put', kv: { key: '/b' } },
            { type: 'put', kv: { modRevision: 3 }, previous: { modRevision: 1, value: bytes('1') } },
            { type: 'delete', key: '/a', revision: 4, previous: { modRevision: 3 } },
        ]);
    }
    catch (e_2) {
        env_1.error = e_2;
        env_1.hasError = true;
    }
    finally {
        const result_2 = __disposeResources(env_1);
        if (result_2)
            await result_2;
    }
});
it('keeps a ttl over a restart', async () => {
    const env_3 = { stack: [], error: void 0, hasError: false };
    try {
        {
            const env_4 = { stack: [], error: void 0, hasError: false };
            try {
                const first = __addDisposableResource(env_4, await opened(), true);
                await first.storage.create('/soon', bytes('1'), { ttlSeconds: 10 });
                await first.storage.create('/later', bytes('1'), { ttlSeconds: 100 });
                await first.storage.create('/never', bytes('1'));
            }
            catch (e_3) {
                env_4.error = e_3;
                env_4.hasError = true;
            }
            finally {
                const result_3 = __disposeResources(env_4);
                if (result_3)
                    await result_3;
            }
        }
        await clock.advance(20_000);
        const second = __addDisposableResource(env_3, await opened(), true);
        await expect
            .poll(async () => (await second.storage.list('')).items.map((kv) => kv.key))
            .toEqual(['/later', '/never']);
        await clock.advance(80_000);
        await expect.poll(async () => (await second.storage.list('')).items.map((kv) => kv.key)).toEqual(['/never']);
        expect((await take(second.storage, 3, 2)).map((event) => event.type)).toEqual(['delete', 'delete']);
    }
    catch (e_4) {
        env_3.error = e_4;
        env_3.hasError = true;
    }
    finally {
        const result_4 = __disposeResources(env_3);
        if (result_4)
            await result_4;
    }
});
it('forgets history that is old or too long, and says so after a restart too', async () => {
    const env_5 = { stack: [], error: void 0, hasError: false };
    try {
        {
            const env_6 = { stack: [], error: void 0, hasError: false };
            try {
                const first = __addDisposableResource(env_6, await opened({ historyMs: 60_000, historyRevisions: 10 }), true);
                let { modRevision } = await first.storage.create('/a', bytes('1'));
                for (let i = 0; i < 19; i++)
                    ({ modRevision } = await first.storage.update('/a', bytes('2'), modRevision));
                await clock.advance(30_000);
                await expect.poll(() => code(first.storage.list('', { revision: 9 }))).toBe('Compacted');
                expect(await code(first.storage.list('', { revision: 10 }))).toBe('none');
                await clock.advance(60_000);
                await expect.poll(() => code(first.storage.list('', { revision: 19 }))).toBe('Compacted');
                expect(await code(first.storage.list('', { revision: 20 }))).toBe('none');
            }
            catch (e_5) {
                env_6.error = e_5;
                env_6.hasError = true;
            }
            finally {
                const result_5 = __disposeResources(env_6);
                if (result_5)
                    await result_5;
            }
        }
        const files = __addDisposableResource(env_5, await openFiles(place.directory), true);
        expect(files.log.getKeysCount()).toBe(1);
        expect(files.compacted).toBe(20);
    }
    catch (e_6) {
        env_5.error = e_6;
        env_5.hasError = true;
    }
    finally {
        const result_6 = __disposeResources(env_5);
        if (result_6)
            await result_6;
    }
});
async function code(call) {
    return call.then(() => 'none', (err) => (err instanceof Error && 'code' in err ? err.code : err));
}
it('lets one process have a directory at a time', async () => {
    const env_7 = { stack: [], error: void 0, hasError: false };
    try {
        {
            const env_8 = { stack: [], error: void 0, hasError: false };
            try {
                const _first = __addDisposableResource(env_8, await opened(), true);
                await expect(opened()).rejects.toMatchObject({
                    code: 'Unavailable',
                    message: `Unavailable: ${place.directory}: the directory is in use by another process`,
                });
            }
            catch (e_7) {
                env_8.error = e_7;
                env_8.hasError = true;
            }
            finally {
                const result_7 = __disposeResources(env_8);
                if (result_7)
                    await result_7;
            }
        }
        const _again = __addDisposableResource(env_7, await opened(), true);
    }
    catch (e_8) {
        env_7.error = e_8;
        env_7.hasError = true;
    }
    finally {
        const result_8 = __disposeResources(env_7);
        if (result_8)
            await result_8;
    }
});
it('refuses data of a newer format and leaves it alone', async () => {
    {
        const env_9 = { stack: [], error: void 0, hasError: false };
        try {
            const first = __addDisposableResource(env_9, await opened(), true);
            await first.storage.create('/a', bytes('1'));
        }
        catch (e_9) {
            env_9.error = e_9;
            env_9.hasError = true;
        }
        finally {
            const result_9 = __disposeResources(env_9);
            if (result_9)
                await result_9;
        }
    }
    {
        const { open: openLmdb } = await import('lmdb');
        const root = openLmdb(join(place.directory, 'data.mdb'), {
            encoding: 'binary',
            keyEncoding: 'binary',
        });
        const meta = root.openDB({ name: 'meta', encoding: 'binary', keyEncoding: 'binary' });
        await meta.put(Buffer.from('format'), encodeNumber(99));
        await root.close();
    }
    await expect(opened()).rejects.toThrow('the data has format 99, this version knows formats up to 1');
});
it('refuses a file that is something else, or cut off', async () => {
    const path = join(place.directory, 'data.mdb');
    await mkdir(place.directory);
    await writeFile(path, Buffer.alloc(20_000, 'not a database '));
    await expect(opened()).rejects.toMatchObject({ code: 'Unavailable' });
    await rm(path);
    {
        const env_10 = { stack: [], error: void 0, hasError: false };
        try {
            const first = __addDisposableResource(env_10, await opened(), true);
            for (let i = 0; i < 20; i++)
                await first.storage.create(`/${i}`, Buffer.alloc(10_000, 1));
        }
        catch (e_10) {
            env_10.error = e_10;
            env_10.hasError = true;
        }
        finally {
            const result_10 = __disposeResources(env_10);
            if (result_10)
                await result_10;
        }
    }
    await truncate(path, (await stat(path)).size - 100_000);
    await expect(opened()).rejects.toThrow('cut off');
});
it('names a record that is damaged', async () => {
    const env_11 = { stack: [], error: void 0, hasError: false };
    try {
        {
            const env_12 = { stack: [], error: void 0, hasError: false };
            try {
                const first = __addDisposableResource(env_12, await opened(), true);
                await first.storage.create('/a', bytes('1'));
                await first.storage.create('/b', bytes('1'));
            }
            catch (e_11) {
                env_12.error = e_11;
                env_12.hasError = true;
            }
            finally {
                const result_11 = __disposeResources(env_12);
                if (result_11)
                    await result_11;
            }
        }
        {
            const env_13 = { stack: [], error: void 0, hasError: false };
            try {
                const files = __addDisposableResource(env_13, await openFiles(place.directory), true);
                await files.commit(() => {
                    void files.log.put(encodeNumber(1), Buffer.from('rubbish'));
                });
            }
            catch (e_12) {
                env_13.error = e_12;
                env_13.hasError = true;
            }
            finally {
                const result_12 = __disposeResources(env_13);
                if (result_12)
                    await result_12;
            }
        }
        const second = __addDisposableResource(env_11, await opened(), true);
        await expect(second.storage.get('/a')).rejects.toMatchObject({
            code: 'Unavailable',
            message: expect.stringContaining('revision 1 cannot be read'),
        });
        expect(await second.storage.get('/b')).toBeDefined();
    }
    catch (e_13) {
        env_11.error = e_13;
        env_11.hasError = true;
    }
    finally {
        const result_13 = __disposeResources(env_11);
        if (result_13)
            await result_13;
    }
});
it('fails with Unavailable when it does not run, and waits while it opens', async () => {
    const storage = createEmbeddedStorage({ ...place, clock, log: silentLogger });
    await expect(storage.get('/a')).rejects.toMatchObject({ code: 'Unavailable' });
    const starting = start([storage]);
    const created = storage.create('/a', bytes('1'));
    const running = await starting;
    expect((await created).modRevision).toBe(1);
    const late = storage.create('/b', bytes('1'));
    await running.stop();
    expect((await late).modRevision).toBe(2);
    await expect(storage.get('/a')).rejects.toMatchObject({ code: 'Unavailable' });
});
it('loses no acknowledged write when its process is killed', async () => {
    const acknowledged = new Map();
    let revision = 0;
    for (let round = 0; round < 4; round++) {
        const env_14 = { stack: [], error: void 0, hasError: false };
        try {
            const written = await writeUntilKilled(round, 100 + Math.floor(clock.random() * 400));
            for (const [key, write] of written)
                acknowledged.set(key, write);
            const survivor = __addDisposableResource(env_14, await opened(), true);
            const { items, revision: current } = await survivor.storage.list('');
            expect(current).toBeGreaterThan(revision);
            revision = current;
            const found = new Map(items.map((kv) => [kv.key, kv]));
            for (const [key, write] of acknowledged) {
                expect(Number(Buffer.from(found.get(key).value).toString())).toBeGreaterThanOrEqual(write.n);
                expect(found.get(key).modRevision).toBeGreaterThanOrEqual(write.revision);
            }
            const events = await take(survivor.storage, 0, current);
            expect(events.map((event) => event.type === 'put' && event.kv.modRevision)).toEqual(Array.from({ length: current }, (_, i) => i + 1));
            expect((await survivor.storage.create(`/survivor/${round}`, bytes('0'))).modRevision).toBe(++revision);
        }
        catch (e_14) {
            env_14.error = e_14;
            env_14.hasError = true;
        }
        finally {
            const result_14 = __disposeResources(env_14);
            if (result_14)
                await result_14;
        }
    }
});
/** What a process had acknowledged when it was killed, somewhere after so many writes. */
async function writeUntilKilled(round, writes) {
    const child = fork(join(import.meta.dirname, 'crash-writer.fixture.ts'), [place.directory, String(round)], {
        stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
        execArgv: [],
    });
    const exit = once(child, 'exit');
    const written = new Map();
    let count = 0;
    for await (const line of createInterface({ input: child.stdout })) {
        const [revision = '', key = '', n = ''] = line.split(' ');
        // The kill may cut the last line short.
        if (n !== '')
            written.set(key, { revision: Number(revision), n: Number(n) });
        if (++count === writes)
            child.kill('SIGKILL');
    }
    expect((await exit)[1]).toBe('SIGKILL');
    expect(count).toBeGreaterThanOrEqual(writes);
    return written;
}
it('says that nothing can be written, loses nothing and stays usable', async () => {
    const env_15 = { stack: [], error: void 0, hasError: false };
    try {
        // The shell lets no file grow beyond 1 MiB, which fails as a full disk does.
        const script = join(import.meta.dirname, 'full-disk.fixture.ts');
        const command = 'ulimit -f 1024 && exec "$0" "$@"';
        const child = spawn('bash', ['-c', command, process.execPath, script, place.directory], {
            stdio: ['ignore', 'pipe', 'ignore'],
        });
        let output = '';
        child.stdout.on('data', (chunk) => {
            output += chunk.toString();
        });
        expect(await once(child, 'exit')).toEqual([0, null]);
        const { written, refused, codes, readable } = JSON.parse(output); // @NOTE our own fixture wrote it
        expect(written).toBeGreaterThan(0);
        expect(refused).toBeGreaterThan(0);
        expect(codes).toEqual(['Unavailable']);
        expect(readable).toBe(written);
        const running = __addDisposableResource(env_15, await opened(), true);
        expect(await running.storage.currentRevision()).toBe(written);
        expect((await running.storage.list('')).items).toHaveLength(Number(written));
        await running.storage.create('/more', Buffer.alloc(100_000));
    }
    catch (e_15) {
        env_15.error = e_15;
        env_15.hasError = true;
    }
    finally {
        const result_15 = __disposeResources(env_15);
        if (result_15)
            await result_15;
    }
});
