import { NotFoundException } from '@nestjs/common';
import type { PublishedAccount } from '../application/account-store.js';
import { stateOf } from '../domain/account.js';
import type { AccountView } from './account.dto.js';

/** 404 where there is none. */
export function found(account: PublishedAccount | null): PublishedAccount {
  if (!account) throw new NotFoundException('there is no such account');
  return account;
}

/** An account as the API answers it. */
export function accountViewOf({ account, version, ...links }: PublishedAccount): AccountView {
  const { stakeholders: _, importing: __, ...state } = stateOf(account, links, []);
  return { ...state, version };
}
