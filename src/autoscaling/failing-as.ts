import { NoProposal } from './no-proposal.ts';

/** Says of what kept `work` from proposing anything what it was wanted for. */
export async function failingAs<T>(what: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (err) {
    if (!(err instanceof NoProposal)) throw err;
    throw new NoProposal(`${what}: ${err.message}`, { cause: err });
  }
}
