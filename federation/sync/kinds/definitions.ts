import { customResourceDefinitions } from '../../../src/apis/index.ts';
import { ranks } from '../federated-type.ts';
import { plain } from './plain.ts';

/** What a member serves beside its built-in kinds. Custom resources follow once it does. */
export const definitions = plain(customResourceDefinitions, { rank: ranks.foundation });
