import { Body, Controller, Get, HttpCode, NotFoundException, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { CurrentPrincipal, RequireScope, type Principal } from '@perennial/service-kit/access';
import { ApiListResponse } from '@perennial/service-kit/api-list-response';
import { Clock } from '@perennial/service-kit/clock';
import { Idempotent, once, type IdempotentCall } from '@perennial/service-kit/idempotency';
import { listOf, UuidListQuery, type List } from '@perennial/service-kit/list';
import { MergeHistory } from '../application/merge-history.js';
import { MergePeople } from '../application/merge-people.js';
import { PeopleStore } from '../application/people-store.js';
import type { RefusedCall } from '../application/refused-call.js';
import { TellOfPeople } from '../application/tell-of-people.js';
import { AssignBody, ReasonBody } from './identity.dto.js';
import { MergePersonBody, PersonDetailView, PersonMergeView, RolesBody } from './person.dto.js';
import { doneOr } from './refused-call.js';

@ApiTags('identity')
@Controller('api/v1/people/:id')
export class PeopleIdentityController {
  constructor(
    private readonly database: Database,
    private readonly people: PeopleStore,
    private readonly tellOfPeople: TellOfPeople,
    private readonly mergePeople: MergePeople,
    private readonly history: MergeHistory,
    private readonly clock: Clock,
  ) {}

  @Get()
  @RequireScope('accounts:read')
  @ApiOperation({ summary: 'One person, by any id of theirs', description: 'With every account they are at, and in which roles.' })
  @ApiOkResponse({ type: PersonDetailView })
  async get(@Param('id') id: string): Promise<PersonDetailView> {
    const person = await this.people.find(this.database, id);
    if (!person) throw new NotFoundException('there is no such person');
    const { key: _, namedAccountId, ...view } = person;
    return { ...view, otherIds: [...view.otherIds], accounts: view.accounts.map(({ toldAt: _told, ...account }) => account), accountId: namedAccountId };
  }

  @Post('assign')
  @HttpCode(200)
  @RequireScope('accounts:write')
  @ApiOperation({
    summary: 'Say which account the person is at',
    description: 'Signals that wait are published, and those to come that name no account are this account\'s. Other accounts of the person stay. The same again changes nothing.',
  })
  @ApiOkResponse({ type: PersonDetailView })
  async assign(@Param('id') id: string, @Body() body: AssignBody, @CurrentPrincipal() { sub }: Principal, @Idempotent() call: IdempotentCall | null): Promise<PersonDetailView> {
    return this.change(id, call, (tx) => this.tellOfPeople.assign(tx, id, body.accountId, sub));
  }

  @Put('roles')
  @RequireScope('accounts:write')
  @ApiOperation({ summary: 'State the roles the person holds at an account', description: 'All of them: those left out are none any more. It is taken as a `person` signal and stands in the timeline.' })
  @ApiOkResponse({ type: PersonDetailView })
  async roles(@Param('id') id: string, @Body() body: RolesBody, @CurrentPrincipal() { sub }: Principal, @Idempotent() call: IdempotentCall | null): Promise<PersonDetailView> {
    return this.change(id, call, (tx) => this.tellOfPeople.stateRoles(tx, id, body.accountId, body.roles, sub));
  }

  @Post('merge')
  @HttpCode(200)
  @RequireScope('accounts:write')
  @ApiOperation({
    summary: 'Merge the person into another one',
    description: 'At every account they are one contact from now on, for the past too: scores follow, with the cause `restatement`. Who had no account comes to that of the other. The same again changes nothing.',
  })
  @ApiOkResponse({ type: PersonDetailView })
  async merge(@Param('id') id: string, @Body() body: MergePersonBody, @CurrentPrincipal() { sub }: Principal, @Idempotent() call: IdempotentCall | null): Promise<PersonDetailView> {
    return this.change(id, call, (tx) => this.mergePeople.merge(tx, id, body.intoPersonId, { at: this.clock.now(), by: sub, reason: body.reason ?? 'the same person' }));
  }

  @Post('unmerge')
  @HttpCode(200)
  @RequireScope('accounts:write')
  @ApiOperation({ summary: 'Take the merge of a person back', description: 'They are two contacts again, for the past too.' })
  @ApiOkResponse({ type: PersonDetailView })
  async unmerge(@Param('id') id: string, @Body() body: ReasonBody, @CurrentPrincipal() { sub }: Principal, @Idempotent() call: IdempotentCall | null): Promise<PersonDetailView> {
    return this.change(id, call, (tx) => this.mergePeople.unmerge(tx, id, { at: this.clock.now(), by: sub, reason: body.reason ?? 'they are two people' }));
  }

  @Get('merges')
  @RequireScope('accounts:read')
  @ApiOperation({ summary: 'Merges the person took part in, newest first', description: 'Those that were taken back too.' })
  @ApiListResponse(PersonMergeView)
  async merges(@Param('id') id: string, @Query() query: UuidListQuery): Promise<List<PersonMergeView>> {
    const person = await this.people.find(this.database, id);
    if (!person) throw new NotFoundException('there is no such person');
    const rows = await this.history.list(this.database, 'person', person.key, query.limit + 1, query.startingAfter ?? null);
    const views = rows.map(({ fromId, intoId, mergedAt, unmergedAt, ...merge }) => ({ ...merge, personId: fromId, intoPersonId: intoId, mergedAt: mergedAt.toISOString(), unmergedAt: unmergedAt?.toISOString() ?? null }));
    return listOf(views, query.limit);
  }

  private async change(id: string, call: IdempotentCall | null, work: (tx: Transaction) => Promise<RefusedCall | null>): Promise<PersonDetailView> {
    await this.tellOfPeople.prepare();
    await this.database.transaction((tx) => once(tx, call, async () => doneOr(await work(tx))));
    return this.get(id);
  }
}
