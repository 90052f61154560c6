import { NotFoundException } from '@nestjs/common';

/** What was found of an account; throws a 404 in place of null. History that is posted waits for a verdict until the stream goes on (docs/import.md). */
export function knownAccount<T>(found: T | null, accountId: string): T {
  if (found === null) throw new NotFoundException(`scoring does not know the account ${accountId}: nothing of it was applied yet, or history that was just posted waits for the rest of it`);
  return found;
}
