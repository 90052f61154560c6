import { Body, Controller, Get, Param, Put, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Database } from '@perennial/persistence/transaction';
import { RequireScope } from '@perennial/service-kit/access';
import { ApiListResponse } from '@perennial/service-kit/api-list-response';
import { ProblemException } from '@perennial/service-kit/http/problem';
import { listOf, type List } from '@perennial/service-kit/list';
import { AccountStore } from '../application/account-store.js';
import { AccountTree } from '../application/account-tree.js';
import { MessageStore, type TimelinePosition } from '../application/message-store.js';
import { SaveAccount } from '../application/save-account.js';
import { parseInstant } from '../domain/event-time.js';
import { idFault } from '../domain/identifiers.js';
import type { ItemFault } from '../domain/item-fault.js';
import { structureFault } from '../domain/structure.js';
import { accountViewOf, found } from './account-view.js';
import { AccountView, SaveAccountBody, TimelineQueryDto, TimelineSignal } from './account.dto.js';
import { cursorOf, positionOf } from './timeline-position.js';

@ApiTags('accounts')
@Controller('api/v1/accounts/:id')
export class AccountsController {
  constructor(
    private readonly accounts: AccountStore,
    private readonly saveAccount: SaveAccount,
    private readonly messages: MessageStore,
    private readonly tree: AccountTree,
    private readonly database: Database,
  ) {}

  @Get()
  @RequireScope('accounts:read')
  @ApiOperation({ summary: 'One account' })
  @ApiOkResponse({ type: AccountView })
  async get(@Param('id') id: string): Promise<AccountView> {
    return accountViewOf(found(await this.accounts.find(id)));
  }

  @Put()
  @RequireScope('accounts:write')
  @ApiOperation({ summary: 'Set what is known of an account', description: 'Fields that are not given stay, null clears one; an unknown account is made. The same again changes nothing.' })
  @ApiOkResponse({ type: AccountView })
  async save(@Param('id') id: string, @Body() body: SaveAccountBody): Promise<AccountView> {
    const fault = idFault(id, '/id') ?? structureFault(body);
    if (fault) throw refused(fault);
    const saved = await this.saveAccount.save(id, body);
    if ('code' in saved) throw refused(saved);
    return accountViewOf(saved);
  }

  @Get('signals')
  @RequireScope('accounts:read')
  @ApiOperation({ summary: 'Timeline of an account, newest first' })
  @ApiListResponse(TimelineSignal)
  async timeline(@Param('id') id: string, @Query() query: TimelineQueryDto): Promise<List<TimelineSignal>> {
    const { account } = found(await this.accounts.find(id));
    const accountIds = await this.tree.family(this.database, account.id);
    const { kind = null, limit } = query;
    const rows = await this.messages.timeline({ accountIds, kind, from: startOf(query.from), to: endOf(query.to), limit: limit + 1, after: await this.positionIn(accountIds, query) });
    return listOf(rows.map(({ signal, position }) => ({ ...signal, accountId: account.id, namedAccountId: signal.accountId, cursor: cursorOf(position) })), limit);
  }

  /** Where to go on from; null: from the newest. An id that several signals have would leave rows out or repeat them. */
  private async positionIn(accountIds: readonly string[], { cursor, startingAfter }: TimelineQueryDto): Promise<TimelinePosition | null> {
    if (cursor !== undefined) return positionOf(cursor) ?? unfit('?cursor', 'must be the cursor of a row');
    if (startingAfter === undefined) return null;
    const [position, another] = await this.messages.positionsOf(accountIds, startingAfter);
    if (!position) return unfit('?startingAfter', 'must be the id of a signal of this account');
    return another ? unfit('?startingAfter', 'several signals of this account have this id: send the `cursor` of the last row instead') : position;
  }
}

function refused({ code, pointer, detail }: ItemFault): ProblemException {
  return new ProblemException(400, 'the account cannot be saved: see errors', { code, errors: [{ pointer, detail }] });
}

function startOf(text: string | undefined): Date | null {
  return text === undefined ? null : new Date(instantOf(text, '?from'));
}

/** A day includes all of itself. */
function endOf(text: string | undefined): Date | null {
  if (text === undefined) return null;
  const ms = instantOf(text, '?to');
  return new Date(text.length === 10 ? ms + 86_400_000 - 1 : ms);
}

/** ISO 8601 knows more than days and instants, e.g. weeks: a filter that is not understood is refused, never left out. */
function instantOf(text: string, pointer: string): number {
  const ms = parseInstant(text);
  return ms ?? unfit(pointer, 'must be a day or an instant, e.g. 2026-03-31 or 2026-03-31T12:00:00Z');
}

function unfit(pointer: string, detail: string): never {
  throw new ProblemException(400, 'the request does not fit: see errors', { code: 'invalid', errors: [{ pointer, detail }] });
}
