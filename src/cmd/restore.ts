import { systemClock } from '../component-base/index.ts';
import { isBusy, isStorageError, restoreSnapshot } from '../storage/index.ts';
import { dataDirectoryOf } from './component-data.ts';
import { homeOfUser } from './environment.ts';

/** Puts a backup in the place of what a stopped component stores. */
export async function restore(
  name: string,
  file: string,
  { force = false }: { readonly force?: boolean },
): Promise<void> {
  const directory = await dataDirectoryOf(homeOfUser(), name);
  try {
    const { header, keys, revision } = await restoreSnapshot({ file, directory, name, force, clock: systemClock });
    const taken = new Date(header.takenAt).toISOString();
    console.log(
      `Restored ${name}: ${keys} objects as of ${taken} (revision ${header.revision}); goes on at ${revision}.`,
    );
    console.log(`Start it with: koinon cluster start ${name}`);
  } catch (err) {
    throw isStorageError(err)
      ? new Error(told(err.detail, { name, path: err.key, busy: isBusy(err) }), { cause: err })
      : err;
  }
}

function told(detail: string, { name, path, busy }: { name: string; path: string; busy: boolean }): string {
  if (busy) return `${name} is running; stop it first: koinon cluster stop ${name}`;
  return `${path}: ${detail}`;
}
