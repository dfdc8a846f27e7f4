import type { ProviderFactory } from '../config/provider-config.ts';
import type { ProviderSettings } from '../config/provider-settings.ts';
import { staticZone, StaticZoneError, type StaticZone } from '../static-zone.ts';
import { MasterFileStore } from './master-file-store.ts';
import { reloadCommand } from './reload-command.ts';
import { createZoneFilesProvider } from './zone-files-provider.ts';

const DEFAULT_TIMEOUT_SECONDS = 30;
/** 7 days. */
const MAX_TTL_SECONDS = 604_800;

/** Keys: `directory`, `zones`, `nameservers`, `records`, `ttlSeconds`, `negativeTtlSeconds`, `reload`, `timeoutSeconds`. */
export const openZoneFiles: ProviderFactory = async ({ settings, clock }) => {
  const directory = settings.path('directory');
  if (directory === undefined) throw settings.problem('directory', 'is missing');
  const timeoutMs = 1000 * (settings.integer('timeoutSeconds', { min: 1, max: 600 }) ?? DEFAULT_TIMEOUT_SECONDS);
  const reload = reloadCommand(reloadWords(settings), timeoutMs);
  const firstSerial = () => Math.floor(clock.now() / 1000) >>> 0;
  const names = settings.list('zones').map((name) => name.replace(/\.$/, ''));
  if (names.length === 0) throw settings.problem('zones', 'names no zone');
  const common = zoneSettings(settings);
  const stores = names.map((name) => {
    try {
      const zone = staticZone({ name, ...common });
      return [name, new MasterFileStore({ directory, zone }, { firstSerial, reload })] as const;
    } catch (err) {
      if (!(err instanceof StaticZoneError)) throw err;
      throw settings.problem(
        err.record === undefined ? 'zones' : 'records',
        `does not fit zone ${name}: ${err.message}`,
      );
    }
  });
  return createZoneFilesProvider(new Map(stores));
};

/** A list of words, or one text with blanks between them. */
function reloadWords(settings: ProviderSettings): readonly string[] {
  const [first, ...rest] = settings.list('reload');
  return first === undefined || rest.length > 0 ? settings.list('reload') : first.split(/\s+/);
}

function zoneSettings(settings: ProviderSettings): Omit<StaticZone, 'name'> {
  const nameservers = settings.list('nameservers').map((text) => {
    const [name = '', ...addresses] = text.split(/\s+/);
    return { name: name.replace(/\.$/, '').toLowerCase(), ...(addresses.length === 0 ? {} : { addresses }) };
  });
  const ttlSeconds = settings.integer('ttlSeconds', { min: 0, max: MAX_TTL_SECONDS });
  const negativeTtlSeconds = settings.integer('negativeTtlSeconds', { min: 0, max: MAX_TTL_SECONDS });
  return {
    records: settings.list('records'),
    ...(nameservers.length === 0 ? {} : { nameservers }),
    ...(ttlSeconds === undefined ? {} : { ttlSeconds }),
    ...(negativeTtlSeconds === undefined ? {} : { negativeTtlSeconds }),
  };
}
