import { absolute, complain, parseFlags, print, write, type Process, type Program } from './process.ts';

const CURL_FAILED = 7;
const CURL_HTTP_FAILED = 22;

/** Programs that try the network out, with names as the pod knows them. */
export const networkPrograms: Readonly<Record<string, Program>> = {
  nslookup: async (process, args) => {
    const [name = ''] = parseFlags(args).rest;
    const addresses = await process.host.lookup(name, process.signal);
    if (addresses.length === 0) {
      await print(process, `** server can't find ${name}: NXDOMAIN\n`);
      return 1;
    }
    await print(process, `Name:\t${name}\n${addresses.map((address) => `Address: ${address}\n`).join('')}`);
    return 0;
  },
  wget: async (process, args) => {
    const { flags, rest } = parseFlags(args, 'OT');
    const [target = ''] = rest;
    const { status, body } = await process.host.fetch(urlOf(target), process.signal);
    if (status >= 400) throw new Error(`server returned error: HTTP/1.1 ${status}`);
    const file = flags.get('O') ?? (urlOf(target).pathname.split('/').pop() || 'index.html');
    return output(process, file, body);
  },
  curl: async (process, args) => {
    const { flags, rest } = parseFlags(
      args.filter((arg) => !arg.startsWith('--')),
      'omwHX',
    );
    const [target = ''] = rest;
    if (flags.has('X') && flags.get('X') !== 'GET') throw new Error('only GET is supported');
    try {
      const { status, body } = await process.host.fetch(urlOf(target), process.signal);
      if (flags.has('f') && status >= 400) {
        await complain(process, `curl: (22) The requested URL returned error: ${status}`);
        return CURL_HTTP_FAILED;
      }
      await output(process, flags.get('o') ?? '-', body);
      const format = flags.get('w');
      if (format !== undefined) await print(process, format.replaceAll('%{http_code}', String(status)));
      return 0;
    } catch (err) {
      if (process.signal.aborted) throw err;
      await complain(process, `curl: (7) Failed to connect: ${err instanceof Error ? err.message : String(err)}`);
      return CURL_FAILED;
    }
  },
};

async function output(process: Process, file: string, body: Buffer): Promise<number> {
  if (file === '-') await write(process.stdout, body, process.signal);
  else if (file !== '/dev/null') process.host.files.write(absolute(process, file), body);
  return 0;
}

function urlOf(text: string): URL {
  const url = URL.parse(text.includes('://') ? text : `http://${text}`);
  if (url?.protocol !== 'http:') throw new Error(`bad address '${text}'`);
  return url;
}
