import { Readable } from 'node:stream';
import { Body, Controller, Delete, Get, HttpCode, NotFoundException, Param, Post, Put, StreamableFile } from '@nestjs/common';
import { ApiAcceptedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { Database } from '@perennial/persistence/transaction';
import { CurrentPrincipal, RequireScope, type Principal } from '@perennial/service-kit/access';
import { Clock } from '@perennial/service-kit/clock';
import { uuidOf } from '@perennial/service-kit/http/uuid-param';
import { Idempotent, type IdempotentCall } from '@perennial/service-kit/idempotency';
import { IsOptional, IsString, Length } from 'class-validator';
import { ErasePeople } from '../application/erase-people.js';
import { Erasures, type Erasure } from '../application/erasures.js';
import { PersonalDataStore, type ExportedRow } from '../application/personal-data-store.js';
import { Suppression } from '../application/suppression.js';
import { SuppressionStore } from '../application/suppression-store.js';

export class ErasePersonBody {
  @ApiPropertyOptional({ minLength: 1, maxLength: 200, description: 'Why, e.g. the number of the request; it stays in the list of erasures, so name nobody.' })
  @IsOptional()
  @IsString()
  @Length(1, 200)
  reason?: string;
}

export class ErasureView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ enum: ['requested', 'database_done', 'done'], description: '`requested`: nothing about the person is taken any more. `database_done`: what was stored is gone. `done`: what other services said of them too, and the log, as far as it can be.' }) state!: string;
  @ApiProperty() reason!: string;
  @ApiProperty({ format: 'date-time' }) requestedAt!: string;
  @ApiProperty() requestedBy!: string;
  @ApiProperty({ type: Boolean, nullable: true, description: 'False: nobody was known under that id or address, which is suppressed all the same; look for a slip in it. Null: of an erasure from before this was noted.' }) known!: boolean | null;
  @ApiProperty({ type: 'integer', description: 'Messages deleted, and those of others that named the person.' }) messages!: number;
  @ApiProperty({ type: 'integer', description: 'Rejected items whose payload was deleted.' }) rejected!: number;
  @ApiProperty({ type: 'integer', description: 'Accounts that are told again without the person.' }) accounts!: number;
  @ApiProperty({ type: 'integer', nullable: true, description: 'Records emptied in the log; null: not yet, or the log cannot.' }) logRecords!: number | null;
  @ApiProperty({ type: 'integer', description: 'Records that still name the person as the newest state of something. It is looked at again while there are any; what is left in the end names them elsewhere.' }) logLeft!: number;
  @ApiProperty({ type: [String], description: 'Who has yet to read what is in the log before it goes on: consumer groups, e.g. `notifications.people`, a service and the topic it reads. Those of a service that is down stay here until it runs again.' }) waitsFor!: readonly string[];
  @ApiProperty({ format: 'date-time', type: String, nullable: true, description: 'When the last record about the person has gone by the log\'s retention; null: the log is clean.' }) logCleanAt!: string | null;
  @ApiProperty({ format: 'date-time', type: String, nullable: true }) doneAt!: string | null;
}

export class SuppressedView {
  @ApiProperty() suppressed!: boolean;
}

@ApiTags('privacy')
@Controller('api/v1')
export class PrivacyController {
  constructor(
    private readonly database: Database,
    private readonly store: PersonalDataStore,
    private readonly erasures: Erasures,
    private readonly erasePeople: ErasePeople,
    private readonly suppression: Suppression,
    private readonly suppressionStore: SuppressionStore,
    private readonly clock: Clock,
  ) {}

  @Get('people/:id/export')
  @RequireScope('admin')
  @ApiOperation({ summary: 'All that is held on a person here', description: 'Under any id or mail address of theirs, as lines of JSON; the first tells the ids and addresses, and whether anybody is known by what was asked for.' })
  @ApiOkResponse({ content: { 'application/x-ndjson': { schema: { type: 'string' } } } })
  async export(@Param('id') id: string): Promise<StreamableFile> {
    const traces = await this.store.traces(null, id);
    const known = await this.store.isKnown(null, traces);
    const lines = async function* (rows: AsyncIterable<ExportedRow>): AsyncGenerator<string> {
      yield `${JSON.stringify({ kind: 'person', known, row: traces })}\n`;
      for await (const row of rows) yield `${JSON.stringify(row)}\n`;
    };
    return new StreamableFile(Readable.from(lines(this.store.exported(traces))), { type: 'application/x-ndjson', disposition: 'attachment; filename="person.ndjson"' });
  }

  @Post('people/:id/erase')
  @HttpCode(202)
  @RequireScope('admin')
  @ApiOperation({ summary: 'Erase a person', description: 'Under any id or mail address of theirs. From the answer on nothing about them is taken; what is stored and what the log holds goes within moments, and their accounts are judged anew without them.' })
  @ApiAcceptedResponse({ type: ErasureView })
  async erase(@Param('id') id: string, @Body() { reason = 'asked for' }: ErasePersonBody, @CurrentPrincipal() { sub }: Principal, @Idempotent() call: IdempotentCall | null): Promise<ErasureView> {
    return viewOf(await this.erasePeople.request(id, reason, sub, call));
  }

  @Get('erasures/:id')
  @RequireScope('admin')
  @ApiOperation({ summary: 'How far an erasure is' })
  @ApiOkResponse({ type: ErasureView })
  async erasure(@Param('id', uuidOf('erasure')) id: string): Promise<ErasureView> {
    const erasure = await this.erasures.find(id);
    if (!erasure) throw new NotFoundException(`there is no erasure ${id}`);
    return viewOf(erasure);
  }

  @Get('people/:id/suppression')
  @RequireScope('admin')
  @ApiOperation({ summary: 'Whether a person is on the suppression list', description: 'The list holds hashes: it can be asked, not read.' })
  @ApiOkResponse({ type: SuppressedView })
  async suppressed(@Param('id') id: string): Promise<SuppressedView> {
    await this.suppression.refresh();
    return { suppressed: (await this.store.traces(null, id)).keys.some(this.suppression.isSuppressed) };
  }

  @Put('people/:id/suppression')
  @HttpCode(204)
  @RequireScope('admin')
  @ApiOperation({ summary: 'Take nothing about a person from now on', description: 'What is there stays: erase them to take it away too. Holds everywhere within five seconds.' })
  @ApiNoContentResponse()
  suppress(@Param('id') id: string): Promise<void> {
    return this.change(id, (tx, hashes) => this.suppressionStore.add(tx, hashes, this.clock.now()));
  }

  @Delete('people/:id/suppression')
  @HttpCode(204)
  @RequireScope('admin')
  @ApiOperation({ summary: 'Take messages about a person again', description: 'For the ids and addresses known of them now: after an erasure lift each id by itself.' })
  @ApiNoContentResponse()
  lift(@Param('id') id: string): Promise<void> {
    return this.change(id, (tx, hashes) => this.suppressionStore.remove(tx, hashes));
  }

  private async change(id: string, work: (tx: Parameters<SuppressionStore['add']>[0], hashes: Buffer[]) => Promise<void>): Promise<void> {
    await this.database.transaction(async (tx) => work(tx, (await this.store.traces(tx, id)).keys.map((key) => this.suppression.hashOf(key))));
    await this.suppression.refresh();
  }
}

function viewOf({ traces: _, logLooks: _looks, nextAt: _next, requestedAt, logCleanAt, doneAt, accountIds, ...erasure }: Erasure): ErasureView {
  const at = (date: Date | string | null): string | null => (date === null ? null : new Date(date).toISOString());
  return { ...erasure, accounts: accountIds.length, requestedAt: new Date(requestedAt).toISOString(), logCleanAt: at(logCleanAt), doneAt: at(doneAt) };
}
