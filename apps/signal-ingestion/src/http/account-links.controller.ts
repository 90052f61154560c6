import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { CurrentPrincipal, RequireScope, type Principal } from '@perennial/service-kit/access';
import { Clock } from '@perennial/service-kit/clock';
import { ApiListResponse } from '@perennial/service-kit/api-list-response';
import { Idempotent, once, type IdempotentCall } from '@perennial/service-kit/idempotency';
import { listOf, UuidListQuery, type List } from '@perennial/service-kit/list';
import { IsString, Length, Matches } from 'class-validator';
import { AccountStore } from '../application/account-store.js';
import { AccountTree } from '../application/account-tree.js';
import { MergeAccounts } from '../application/merge-accounts.js';
import { MergeHistory, type Merge } from '../application/merge-history.js';
import { AccountView } from './account.dto.js';
import { accountViewOf, found } from './account-view.js';
import { noControl, ReasonBody } from './identity.dto.js';
import { doneOr, textParam } from './refused-call.js';

export class MergeBody extends ReasonBody {
  @ApiProperty({ minLength: 1, maxLength: 200, description: 'The account that takes this one in.' })
  @IsString()
  @Length(1, 200)
  @Matches(/^\P{Cc}*$/u, noControl)
  intoAccountId!: string;
}

export class MergeView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty() accountId!: string;
  @ApiProperty() intoAccountId!: string;
  @ApiProperty() reason!: string;
  @ApiProperty({ format: 'date-time' }) mergedAt!: string;
  @ApiProperty({ description: 'User or API key.' }) mergedBy!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Null: it is in force.' }) unmergedAt!: string | null;
  @ApiProperty({ type: String, nullable: true }) unmergedBy!: string | null;
  @ApiProperty({ type: String, nullable: true }) unmergeReason!: string | null;
}

export class NamedAccount {
  @ApiProperty() id!: string;
  @ApiProperty({ type: String, nullable: true }) name!: string | null;
}

export class HierarchyView {
  @ApiProperty({ type: [NamedAccount], description: 'The nearest first.' }) parents!: NamedAccount[];
  @ApiProperty({ type: [NamedAccount], description: 'Those right below, by id, at most 1,000.' }) children!: NamedAccount[];
}

@ApiTags('identity')
@Controller('api/v1/accounts/:id')
export class AccountLinksController {
  constructor(
    private readonly database: Database,
    private readonly mergeAccounts: MergeAccounts,
    private readonly accounts: AccountStore,
    private readonly tree: AccountTree,
    private readonly history: MergeHistory,
    private readonly clock: Clock,
  ) {}

  @Post('merge')
  @HttpCode(200)
  @RequireScope('accounts:write')
  @ApiOperation({
    summary: 'Merge the account into another one',
    description: 'Its signals, past and to come, are those of the other account from now on: score and renewals of both follow within seconds, with the cause `restatement`. Its own history stays, and an unmerge restores it. The same again changes nothing.',
  })
  @ApiOkResponse({ type: AccountView })
  async merge(@Param('id') id: string, @Body() body: MergeBody, @CurrentPrincipal() { sub }: Principal, @Idempotent() call: IdempotentCall | null): Promise<AccountView> {
    await this.change(call, (tx) => this.mergeAccounts.merge(tx, id, body.intoAccountId, { at: this.clock.now(), by: sub, reason: body.reason ?? 'the same company' }));
    return accountViewOf(found(await this.accounts.find(id)));
  }

  @Post('unmerge')
  @HttpCode(200)
  @RequireScope('accounts:write')
  @ApiOperation({ summary: 'Take a merge back', description: 'The account has its signals again, those that named it while it was merged included; both accounts are judged anew. One that is not merged stays as it is.' })
  @ApiOkResponse({ type: AccountView })
  async unmerge(@Param('id') id: string, @Body() body: ReasonBody, @CurrentPrincipal() { sub }: Principal, @Idempotent() call: IdempotentCall | null): Promise<AccountView> {
    await this.change(call, (tx) => this.mergeAccounts.unmerge(tx, id, { at: this.clock.now(), by: sub, reason: body.reason ?? 'they are two companies' }));
    return accountViewOf(found(await this.accounts.find(id)));
  }

  @Get('merges')
  @RequireScope('accounts:read')
  @ApiOperation({ summary: 'Merges the account took part in, newest first', description: 'Those that were taken back too.' })
  @ApiListResponse(MergeView)
  async merges(@Param('id') id: string, @Query() query: UuidListQuery): Promise<List<MergeView>> {
    found(await this.accounts.find(id));
    const rows = await this.history.list(this.database, 'account', id, query.limit + 1, query.startingAfter ?? null);
    return listOf(rows.map(mergeViewOf), query.limit);
  }

  @Put('aliases/:alias')
  @RequireScope('accounts:write')
  @ApiOperation({ summary: 'Add the account\'s id in another system', description: 'Signals that name the alias are the account\'s. An id that is an account by itself is refused: merge it instead.' })
  @ApiOkResponse({ type: AccountView })
  async addAlias(@Param('id') id: string, @Param('alias', textParam) alias: string, @Idempotent() call: IdempotentCall | null): Promise<AccountView> {
    await this.change(call, (tx) => this.mergeAccounts.addAlias(tx, id, alias));
    return accountViewOf(found(await this.accounts.find(id)));
  }

  @Delete('aliases/:alias')
  @HttpCode(204)
  @RequireScope('accounts:write')
  @ApiOperation({ summary: 'Take an alias away', description: 'Signals that named it become an account of its own, and both are judged anew.' })
  @ApiNoContentResponse()
  async removeAlias(@Param('id') id: string, @Param('alias') alias: string): Promise<void> {
    await this.change(null, (tx) => this.mergeAccounts.removeAlias(tx, id, alias));
  }

  @Get('hierarchy')
  @RequireScope('accounts:read')
  @ApiOperation({ summary: 'Accounts above and below', description: 'As their `parentId` has it (PUT /accounts/{id}); where a parent was merged, the account it leads to.' })
  @ApiOkResponse({ type: HierarchyView })
  async hierarchy(@Param('id') id: string): Promise<HierarchyView> {
    const { account } = found(await this.accounts.find(id));
    const { above, below } = await this.tree.surroundings(this.database, account.id);
    return { parents: above, children: below };
  }

  private async change(call: IdempotentCall | null, work: (tx: Transaction) => ReturnType<MergeAccounts['unmerge']>): Promise<void> {
    await this.database.transaction((tx) => once(tx, call, async () => doneOr(await work(tx))));
  }
}

function mergeViewOf({ fromId, intoId, mergedAt, unmergedAt, ...merge }: Merge): MergeView {
  return { ...merge, accountId: fromId, intoAccountId: intoId, mergedAt: mergedAt.toISOString(), unmergedAt: unmergedAt?.toISOString() ?? null };
}
