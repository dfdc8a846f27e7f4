import { ProviderConfigError } from '../config/provider-config-error.ts';

/** An optional package, loaded when somebody needs it. Rejects with `ProviderConfigError`, which names it, where it is missing. */
export async function loadPackage<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (err) {
    if (!isMissing(err, name)) throw err;
    const what = `this provider needs the package ${name}, which is not installed: npm install ${name}`;
    throw new ProviderConfigError(what, { cause: err });
  }
}

/** The package itself is not there, which is not the same as one that it needs. */
const isMissing = (err: unknown, name: string) =>
  err instanceof Error &&
  'code' in err &&
  (err.code === 'ERR_MODULE_NOT_FOUND' || err.code === 'MODULE_NOT_FOUND') &&
  err.message.includes(`'${name}'`);
