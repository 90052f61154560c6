import { Controller, Get, NotFoundException, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '@perennial/service-kit/access';
import { ApiListResponse } from '@perennial/service-kit/api-list-response';
import { Clock } from '@perennial/service-kit/clock';
import { ProblemException } from '@perennial/service-kit/http/problem';
import { listOf, type List } from '@perennial/service-kit/list';
import { ContractLedgerReader, type LedgerOfContract } from '../application/contract-ledger-reader.js';
import { effectiveDay, type ContractEntry } from '../domain/contract-entry.js';
import { contractOn } from '../domain/contract-summary.js';
import { addDays, dayOf } from '../domain/day.js';
import { ContractDayQuery, ContractQuery, ContractResponse, type ContractEntryResponse } from './contract.dto.js';

/** Terms that renew by themselves are followed so far into the future. */
const daysAhead = 3_660;

@ApiTags('contracts')
@Controller('api/v1/contracts')
export class ContractsController {
  constructor(
    private readonly ledger: ContractLedgerReader,
    private readonly clock: Clock,
  ) {}

  @Get()
  @RequireScope('renewals:read')
  @ApiOperation({ summary: 'Contracts with their ledgers, by id', description: 'As of today, or of any day: what the ledger says today of that day.' })
  @ApiListResponse(ContractResponse)
  async list(@Query() query: ContractQuery): Promise<List<ContractResponse>> {
    const ledgers = await this.ledger.list(query.accountId ?? null, query.startingAfter ?? null, query.limit + 1);
    const day = this.dayOf(query.on);
    return listOf(ledgers.map((ledger) => answer(ledger, day)), query.limit);
  }

  @Get(':id')
  @RequireScope('renewals:read')
  @ApiOperation({ summary: 'One contract with its ledger' })
  @ApiOkResponse({ type: ContractResponse })
  async get(@Param('id') id: string, @Query() query: ContractDayQuery): Promise<ContractResponse> {
    const ledger = await this.ledger.get(id);
    if (!ledger) throw new NotFoundException(`there is no contract ${id}`);
    return answer(ledger, this.dayOf(query.on));
  }

  private dayOf(on: string | undefined): string {
    const today = dayOf(this.clock.now().toISOString());
    if (on !== undefined && on > addDays(today, daysAhead)) {
      throw new ProblemException(400, 'the day lies too far ahead: see errors', { code: 'invalid', errors: [{ pointer: '?on', detail: `must be at most ${daysAhead} days from today` }] });
    }
    return on ?? today;
  }
}

function answer({ accountId, contractId, entries }: LedgerOfContract, day: string): ContractResponse {
  const contract = contractOn(contractId, entries, day);
  return { id: contractId, accountId, ...contract, entries: contract.entries.map(entryAnswer) };
}

function entryAnswer(entry: ContractEntry): ContractEntryResponse {
  const { id, status, startsOn, endsOn, arrMinor, currency, seats, noticeDays, autoRenew, product, reason, controllable, occurredAt } = entry;
  return { id, status, startsOn, endsOn, arrMinor, currency, seats, noticeDays, autoRenew, product, effectiveOn: effectiveDay(entry), reason, controllable, occurredAt };
}
