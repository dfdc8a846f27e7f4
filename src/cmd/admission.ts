import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import {
  AdmissionConfigurationError,
  parseAdmissionConfiguration,
  type AdmissionConfiguration,
} from '../../member-cluster/control-plane/index.ts';

/** Throws with the name of the file and every problem in it. Files that it names are relative to it. */
export async function readAdmissionConfiguration(file: string): Promise<AdmissionConfiguration> {
  try {
    return await parseAdmissionConfiguration(await read(file), (path) => read(resolve(dirname(file), path)));
  } catch (err) {
    if (!(err instanceof AdmissionConfigurationError)) throw err;
    const problems = err.message.split('\n').map((problem) => `${file}: ${problem}`);
    throw new Error(problems.join('\n'), { cause: err });
  }
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (err) {
    const why = err instanceof Error ? err.message : String(err);
    throw new Error(`the admission configuration ${file} cannot be read: ${why}`, { cause: err });
  }
}
