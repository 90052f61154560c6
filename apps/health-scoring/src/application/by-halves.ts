import { Fatal, Transient } from '@perennial/messaging/errors';

/**
 * Works accounts off together; where that fails, in halves, so that one which cannot be judged does not keep the others from it. It is told to
 * `leave`. What is only for now (`Transient`), and what is no account's fault (`Fatal`), is thrown. Answers the sum of what `work` answered.
 */
export async function byHalves(accountIds: readonly string[], work: (some: readonly string[]) => Promise<number>, leave: (accountId: string, error: unknown) => Promise<void>): Promise<number> {
  const [first] = accountIds;
  if (first === undefined) return 0;
  try {
    return await work(accountIds);
  } catch (error) {
    if (error instanceof Transient || error instanceof Fatal) throw error;
    if (accountIds.length === 1) {
      await leave(first, error);
      return 1;
    }
    const half = Math.ceil(accountIds.length / 2);
    return (await byHalves(accountIds.slice(0, half), work, leave)) + (await byHalves(accountIds.slice(half), work, leave));
  }
}
