import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '@perennial/service-kit/access';
import { ApiListResponse } from '@perennial/service-kit/api-list-response';
import { ProblemException } from '@perennial/service-kit/http/problem';
import { listOf, ListQuery, type List } from '@perennial/service-kit/list';
import { IsIn, IsOptional, IsString, Length } from 'class-validator';
import { PeopleStore } from '../application/people-store.js';

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
  @ApiProperty({ type: String, nullable: true, description: 'Account most people of the same mail domain are at.' }) suggestedAccountId!: string | null;
}

@ApiTags('people')
@Controller('api/v1/people')
export class PeopleController {
  constructor(private readonly people: PeopleStore) {}

  @Get()
  @RequireScope('accounts:read')
  @ApiOperation({ summary: 'People at an account, or those without one', description: 'By id. Ask with accountId or with unassigned=true. A person gets an account by a group call, or by a signal that names both.' })
  @ApiListResponse(PersonView)
  async list(@Query() query: PeopleQuery): Promise<List<PersonView>> {
    const { accountId, unassigned, limit, startingAfter = null } = query;
    if ((accountId === undefined) === (unassigned === undefined)) {
      throw new ProblemException(400, 'ask with accountId or with unassigned=true', { code: 'invalid', errors: [{ pointer: '?accountId', detail: 'give it, or unassigned=true' }] });
    }
    const rows = accountId === undefined ? await this.people.unassigned(limit + 1, startingAfter) : await this.people.atAccount(accountId, limit + 1, startingAfter);
    return listOf(rows, limit);
  }
}
