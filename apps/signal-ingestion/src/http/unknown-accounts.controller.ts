import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { CurrentPrincipal, RequireScope, type Principal } from '@perennial/service-kit/access';
import { ApiListResponse } from '@perennial/service-kit/api-list-response';
import { Clock } from '@perennial/service-kit/clock';
import { Idempotent, once, type IdempotentCall } from '@perennial/service-kit/idempotency';
import { listOf, ListQuery, type List } from '@perennial/service-kit/list';
import { AccountStore } from '../application/account-store.js';
import { MergeAccounts } from '../application/merge-accounts.js';
import { UnknownAccounts } from '../application/unknown-accounts.js';
import type { RefusedCall } from '../application/refused-call.js';
import { AccountView } from './account.dto.js';
import { accountViewOf, found } from './account-view.js';
import { AssignBody, SuggestionView } from './identity.dto.js';
import { doneOr } from './refused-call.js';

export class UnknownAccountView {
  @ApiProperty() id!: string;
  @ApiProperty({ type: 'integer', description: 'At most 1,000 are counted.' }) signals!: number;
  @ApiProperty({ type: 'integer', description: 'At most 1,000 are counted.' }) people!: number;
  @ApiProperty({ format: 'date-time' }) firstSeenAt!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Its newest signal.' }) lastSeenAt!: string | null;
  @ApiProperty({ type: [SuggestionView], description: 'The strongest first, at most three.' }) suggestions!: SuggestionView[];
}

@ApiTags('identity')
@Controller('api/v1/unknown-accounts')
export class UnknownAccountsController {
  constructor(
    private readonly database: Database,
    private readonly unknown: UnknownAccounts,
    private readonly accounts: AccountStore,
    private readonly mergeAccounts: MergeAccounts,
    private readonly clock: Clock,
  ) {}

  @Get()
  @RequireScope('accounts:read')
  @ApiOperation({ summary: 'Accounts that only signals have named', description: 'By id. Nobody has told a name or anything else of them: assign each to the account it is another id of, or confirm it. They are scored meanwhile.' })
  @ApiListResponse(UnknownAccountView)
  async list(@Query() { limit, startingAfter }: ListQuery): Promise<List<UnknownAccountView>> {
    const rows = await this.unknown.list(limit + 1, startingAfter ?? null);
    return listOf(rows.map(({ firstSeenAt, lastSeenAt, suggestions, ...row }) => ({ ...row, firstSeenAt: firstSeenAt.toISOString(), lastSeenAt: lastSeenAt?.toISOString() ?? null, suggestions: [...suggestions] })), limit);
  }

  @Post(':id/assign')
  @HttpCode(200)
  @RequireScope('accounts:write')
  @ApiOperation({ summary: 'Say which account it is', description: 'Its signals, past and to come, are that account\'s: a merge, which an unmerge takes back.' })
  @ApiOkResponse({ type: AccountView })
  async assign(@Param('id') id: string, @Body() { accountId }: AssignBody, @CurrentPrincipal() { sub }: Principal, @Idempotent() call: IdempotentCall | null): Promise<AccountView> {
    await this.change(call, async (tx) => {
      const into = (await this.accounts.find(accountId))?.account.id ?? accountId;
      return this.mergeAccounts.merge(tx, id, into, { at: this.clock.now(), by: sub, reason: 'another id of this account' }, (held) => this.refusalOf(held, id));
    });
    return accountViewOf(found(await this.accounts.find(id)));
  }

  @Post(':id/confirm')
  @HttpCode(204)
  @RequireScope('accounts:write')
  @ApiOperation({ summary: 'Say that it is an account of its own', description: 'It leaves the list.' })
  @ApiNoContentResponse()
  async confirm(@Param('id') id: string): Promise<void> {
    found(await this.accounts.find(id));
    await this.change(null, async (tx) => {
      await this.unknown.confirm(tx, id, this.clock.now());
      return null;
    });
  }

  private async refusalOf(tx: Transaction, id: string): Promise<RefusedCall | null> {
    if (await this.unknown.has(tx, id)) return null;
    return { because: 'conflict', code: 'account_is_known', detail: `somebody told what ${id} is: if it is the same as another account, merge it` };
  }

  private async change(call: IdempotentCall | null, work: (tx: Transaction) => Promise<RefusedCall | null>): Promise<void> {
    await this.database.transaction((tx) => once(tx, call, async () => doneOr(await work(tx))));
  }
}
