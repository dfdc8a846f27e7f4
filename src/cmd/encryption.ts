import { readFile } from 'node:fs/promises';
import {
  EncryptionConfigurationError,
  parseEncryptionConfiguration,
  type EncryptionConfiguration,
} from '../storage/index.ts';

/** Throws with the name of the file and every problem in it. */
export async function readEncryption(file: string): Promise<EncryptionConfiguration> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (err) {
    const why = err instanceof Error ? err.message : String(err);
    throw new Error(`the encryption configuration ${file} cannot be read: ${why}`, { cause: err });
  }
  try {
    return await parseEncryptionConfiguration(text);
  } catch (err) {
    if (!(err instanceof EncryptionConfigurationError)) throw err;
    const problems = err.message.split('\n').map((problem) => `${file}: ${problem}`);
    throw new Error(problems.join('\n'), { cause: err });
  }
}
