import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { Database } from '@perennial/persistence/transaction';
import { RequireScope } from '@perennial/service-kit/access';
import { ApiListResponse } from '@perennial/service-kit/api-list-response';
import { ProblemException } from '@perennial/service-kit/http/problem';
import { listOf, ListQuery, type List } from '@perennial/service-kit/list';
import { IsIn, IsOptional, IsString, Length } from 'class-validator';
import { AccountTree } from '../application/account-tree.js';
import { PeopleStore, type Person } from '../application/people-store.js';
import { SuggestionView } from './identity.dto.js';

export class PeopleQuery extends ListQuery {
  @ApiPropertyOptional({ description: 'People at this account.' })
  @IsOptional()
  @IsString()
  @Length(1, 200)
  accountId?: string;

  @ApiPropertyOptional({ enum: ['true'], description: 'People nobody knows an account of; their signals wait.' })
  @IsOptional()
  @IsIn(['true'])
  unassigned?: 'true';

  @ApiPropertyOptional({ example: 'acme.com', description: 'With unassigned: those of this mail domain.' })
  @IsOptional()
  @IsString()
  @Length(1, 255)
  emailDomain?: string;
}

export class PersonView {
  @ApiProperty() id!: string;
  @ApiProperty({ type: String, nullable: true }) accountId!: string | null;
  @ApiProperty({ type: String, nullable: true }) name!: string | null;
  @ApiProperty({ type: String, nullable: true }) email!: string | null;
  @ApiProperty({ type: String, nullable: true }) title!: string | null;
  @ApiProperty({ type: [String] }) roles!: readonly string[];
  @ApiProperty() status!: string;
  @ApiProperty({ type: 'integer', description: 'Signals that are published once the person has an account.' }) waitingSignals!: number;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Newest signal that waits.' }) lastSeenAt!: string | null;
  @ApiProperty({ type: [SuggestionView], description: 'Accounts they may be at, for somebody to confirm with `assign`.' }) suggestions!: SuggestionView[];
  @ApiProperty({ type: String, nullable: true, description: 'Account most people of the same mail domain are at.' }) suggestedAccountId!: string | null;
}

@ApiTags('people')
@Controller('api/v1/people')
export class PeopleController {
  constructor(
    private readonly people: PeopleStore,
    private readonly tree: AccountTree,
    private readonly database: Database,
  ) {}

  @Get()
  @RequireScope('accounts:read')
  @ApiOperation({ summary: 'People at an account, or those without one', description: 'By id. Ask with accountId or with unassigned=true. A person gets an account by a group call, by a signal that names both, or by `assign`.' })
  @ApiListResponse(PersonView)
  async list(@Query() query: PeopleQuery): Promise<List<PersonView>> {
    const { accountId, unassigned, emailDomain, limit, startingAfter = null } = query;
    if ((accountId === undefined) === (unassigned === undefined)) {
      throw new ProblemException(400, 'ask with accountId or with unassigned=true', { code: 'invalid', errors: [{ pointer: '?accountId', detail: 'give it, or unassigned=true' }] });
    }
    const rows = accountId === undefined ? await this.people.unassigned(emailDomain?.toLowerCase() ?? null, limit + 1, startingAfter) : await this.atAccount(accountId, limit + 1, startingAfter);
    return listOf(rows.map(viewOf), limit);
  }

  private async atAccount(id: string, limit: number, startingAfter: string | null): Promise<Person[]> {
    const place = await this.tree.place(this.database, id);
    const accountId = place?.isAlias ? place.root : id;
    return this.people.atAccount(accountId, await this.tree.family(this.database, accountId), limit, startingAfter);
  }
}

function viewOf({ lastSeenAt, suggestions, ...person }: Person): PersonView {
  return { ...person, lastSeenAt: lastSeenAt?.toISOString() ?? null, suggestions: [...suggestions], suggestedAccountId: suggestions[0]?.accountId ?? null };
}
