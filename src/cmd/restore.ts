import { systemClock } from '../component-base/index.ts';
import { isBusy, isStorageError, restoreSnapshot } from '../storage/index.ts';
import { dataOf } from './component-data.ts';
import { noteRestore } from './restore-note.ts';
import { homeOfUser } from './environment.ts';

/** Puts a backup in the place of what a stopped component stores. */
export async function restore(
  name: string,
  file: string,
  { force = false }: { readonly force?: boolean },
): Promise<void> {
  const { kind, directory } = await dataOf(homeOfUser(), name);
  try {
    const { header, keys, revision } = await restoreSnapshot({
      file,
      directory,
      name,
      force,
      ...(kind === 'federation' ? { beforeReplacing: ({ takenAt }) => noteRestore(directory, takenAt) } : {}),
      clock: systemClock,
    });
    const taken = new Date(header.takenAt).toISOString();
    console.log(
      `Restored ${name}: ${keys} objects as of ${taken} (revision ${header.revision}); goes on at ${revision}.`,
    );
    console.log(`Start it with: koinon cluster start ${name}`);
    if (kind === 'federation') {
      console.log('It deletes nothing in members until you say that what the backup makes of them is meant:');
      console.log('  koinon confirm-restore --dry-run    shows what would be deleted, and what it does not know');
    }
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
