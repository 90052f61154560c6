import { Body, Controller, Delete, Get, HttpCode, NotFoundException, Param, Put, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Database } from '@perennial/persistence/transaction';
import { CurrentPrincipal, RequireScope, type Principal } from '@perennial/service-kit/access';
import { ProblemException } from '@perennial/service-kit/http/problem';
import { listOf } from '@perennial/service-kit/list';
import { CorrectNotes } from '../application/correct-notes.js';
import { HealthQueries } from '../application/health-queries.js';
import { NoteSentimentStore, type JudgedNote } from '../application/note-sentiment-store.js';
import { StakeholderSentiments } from '../application/stakeholder-sentiment.js';
import { CorrectNote, JudgedNoteAnswer, JudgedNoteList, NotesQuery, StakeholderSentimentList } from './sentiment.dto.js';
import { knownAccount } from './known-account.js';

@ApiTags('sentiment')
@Controller('api/v1/accounts/:accountId/sentiment')
export class SentimentController {
  constructor(
    private readonly database: Database,
    private readonly health: HealthQueries,
    private readonly notes: NoteSentimentStore,
    private readonly correctNotes: CorrectNotes,
    private readonly stakeholders: StakeholderSentiments,
  ) {}

  @Get()
  @RequireScope('health:read')
  @ApiOperation({ summary: 'How each stakeholder feels', description: 'By notes about them, corrections included, and their last answers. Nothing of it moves the score.' })
  @ApiOkResponse({ type: StakeholderSentimentList })
  async ofStakeholders(@Param('accountId') accountId: string): Promise<StakeholderSentimentList> {
    await this.mustKnow(accountId);
    const people = await this.stakeholders.of(accountId);
    return listOf(people, people.length);
  }

  @Get('notes')
  @RequireScope('health:read')
  @ApiOperation({ summary: 'Notes as they were read, newest first', description: 'With the words the reading rests on; the texts are in the timeline (kind=note).' })
  @ApiOkResponse({ type: JudgedNoteList })
  async list(@Param('accountId') accountId: string, @Query() query: NotesQuery): Promise<JudgedNoteList> {
    await this.mustKnow(accountId);
    const rows = await this.notes.list(accountId, query.personId ?? null, query.limit + 1, query.startingAfter ?? null);
    if (rows === null) throw new ProblemException(400, 'there is no such note to go on from', { code: 'invalid', errors: [{ pointer: '?startingAfter', detail: 'must be the id of a note of the account' }] });
    return listOf(rows.map(answerOf), query.limit);
  }

  @Put('notes/:noteId')
  @RequireScope('health:write')
  @ApiOperation({ summary: 'Correct how a note was read', description: 'The correction counts from now on, also after the note came again. The record keeps every correction.' })
  @ApiOkResponse({ type: JudgedNoteAnswer })
  async correct(@Param('accountId') accountId: string, @Param('noteId') noteId: string, @Body() body: CorrectNote, @CurrentPrincipal() principal: Principal): Promise<JudgedNoteAnswer> {
    if (body.reason.trim() === '') throw new ProblemException(400, 'say why', { code: 'reason_required', errors: [{ pointer: '/reason', detail: 'say why it was read wrongly' }] });
    const note = await this.database.transaction((tx) => this.correctNotes.correct(tx, accountId, noteId, { sentiment: body.sentiment, reason: body.reason }, principal.sub));
    if (note === null) throw new NotFoundException('the account has no such note; while its signals come again, try in a moment');
    return answerOf(note);
  }

  @Delete('notes/:noteId')
  @HttpCode(204)
  @RequireScope('health:write')
  @ApiOperation({ summary: 'Take a correction back', description: 'What was read counts again; the note itself stays.' })
  @ApiNoContentResponse()
  async withdraw(@Param('accountId') accountId: string, @Param('noteId') noteId: string, @CurrentPrincipal() principal: Principal): Promise<void> {
    const found = await this.database.transaction((tx) => this.correctNotes.withdraw(tx, accountId, noteId, principal.sub));
    if (!found) throw new NotFoundException('nobody corrected such a note of the account');
  }

  private async mustKnow(accountId: string): Promise<void> {
    knownAccount(await this.health.health(accountId), accountId);
  }
}

function answerOf({ signalId, personId, at, reading, correction }: JudgedNote): JudgedNoteAnswer {
  return {
    id: signalId, personId, occurredAt: at.toISOString(), sentiment: correction?.sentiment ?? reading.sentiment, reading,
    correction: correction === null ? null : { ...correction, at: correction.at.toISOString() },
  };
}
