import { NotFoundException } from '@nestjs/common';

/** 404 of an account without a verdict. History that is posted waits for one until the stream goes on (docs/import.md). */
export const unknownAccount = (accountId: string): NotFoundException =>
  new NotFoundException(`scoring does not know the account ${accountId}: nothing of it was applied yet, or history that was just posted waits for the rest of it`);
