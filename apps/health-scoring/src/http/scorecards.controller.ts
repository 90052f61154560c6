import { Body, Controller, Get, HttpCode, NotFoundException, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { CurrentPrincipal, RequireScope, type Principal } from '@perennial/service-kit/access';
import { ApiListResponse } from '@perennial/service-kit/api-list-response';
import { ProblemException } from '@perennial/service-kit/http/problem';
import { Idempotent, once, type IdempotentCall } from '@perennial/service-kit/idempotency';
import { listOf, ListQuery, type List } from '@perennial/service-kit/list';
import { ChangeScorecards, mostDrafts, type Outcome } from '../application/change-scorecards.js';
import { ScorecardQueries } from '../application/scorecard-queries.js';
import type { Publication } from '../application/scorecard-store.js';
import { ScoringPolicy } from '../application/scoring-policy.js';
import { draftFaults } from '../domain/scorecard/check-scorecard.js';
import { found, held } from './outcomes.js';
import { CheckedScorecard, CheckScorecard, ComparisonView, DraftScorecard, plain, PublicationView, PublishScorecard, RevisionRow, RevisionView, ScorecardReason, ScorecardView } from './scorecard.dto.js';
import { ComparisonQuery, publicationViewOf, revisionOf, revisionRowOf, revisionViewOf, ScorecardListQuery, scorecardViewOf } from './scorecard-views.js';

@ApiTags('scorecards')
@Controller('api/v1/scorecards')
export class ScorecardsController {
  constructor(
    private readonly database: Database,
    private readonly queries: ScorecardQueries,
    private readonly changeScorecards: ChangeScorecards,
    private readonly policy: ScoringPolicy,
  ) {}

  @Get()
  @RequireScope('health:read')
  @ApiOperation({ summary: 'All scorecards, by id', description: 'Several are in force at once: of the primary ones the first by `order`, then id, whose criteria an account meets judges it; those in shadow score it besides.' })
  @ApiListResponse(ScorecardView)
  async list(@Query() { limit, startingAfter }: ScorecardListQuery): Promise<List<ScorecardView>> {
    return listOf((await this.queries.list(limit + 1, startingAfter ?? null)).map(scorecardViewOf), limit);
  }

  @Post()
  @RequireScope('operate')
  @ApiOperation({ summary: 'Keep a document as the next revision of its scorecard', description: 'A draft: nothing judges by it until it is published, which `publish` does in the same step. Revisions are never changed; of drafts that were never in force the newest hundred are kept.' })
  @ApiCreatedResponse({ type: RevisionView })
  async draft(@Body() body: DraftScorecard, @CurrentPrincipal() principal: Principal, @Idempotent() call: IdempotentCall | null): Promise<RevisionView> {
    const made = await this.once(call, async (tx) => {
      const { publish, note = null } = body;
      const document = plain(body.document);
      const made = publish ? this.changeScorecards.draftAndPublish(tx, document, note, publish.expectedRevision, { reason: publish.reason, by: principal.sub }) : this.changeScorecards.draft(tx, document, note, principal.sub);
      const { scorecardId, revision } = held(await made);
      return { scorecardId, revision };
    });
    if (body.publish) await this.policy.refresh();
    return this.revision(made.scorecardId, String(made.revision));
  }

  @Post('check')
  @HttpCode(200)
  @RequireScope('health:read')
  @ApiOperation({ summary: 'Say what is wrong with a document', description: 'Nothing is kept.' })
  @ApiOkResponse({ type: CheckedScorecard })
  check(@Body() body: CheckScorecard): CheckedScorecard {
    return { faults: draftFaults(plain(body.document)) };
  }

  @Get(':id')
  @RequireScope('health:read')
  @ApiOperation({ summary: 'The revision of a scorecard that is in force, else its newest' })
  @ApiOkResponse({ type: RevisionView })
  async get(@Param('id') id: string): Promise<RevisionView> {
    return revisionViewOf(found(await this.queries.revision(id, null), `there is no scorecard ${id}`));
  }

  @Get(':id/revisions')
  @RequireScope('health:read')
  @ApiOperation({ summary: 'All revisions of a scorecard, newest first, with who put them in force, when and why' })
  @ApiListResponse(RevisionRow)
  async revisions(@Param('id') id: string, @Query() { limit, startingAfter }: ListQuery): Promise<List<RevisionRow>> {
    const before = startingAfter === undefined ? null : revisionOf(startingAfter);
    if (before === null && startingAfter !== undefined) throw new ProblemException(400, 'the request does not fit: see errors', { code: 'invalid', errors: [{ pointer: '?startingAfter', detail: 'must be a revision' }] });
    const rows = await this.queries.revisions(id, limit + 1, before);
    if (rows.length === 0) await this.get(id);
    return listOf(rows.map(revisionRowOf), limit);
  }

  @Get(':id/revisions/:revision')
  @RequireScope('health:read')
  @ApiOperation({ summary: 'One revision: its document, what was done with it, and how far that has come' })
  @ApiOkResponse({ type: RevisionView })
  async revision(@Param('id') id: string, @Param('revision') revision: string): Promise<RevisionView> {
    const wanted = revisionOf(revision);
    return revisionViewOf(found(wanted === null ? null : await this.queries.revision(id, wanted), `there is no revision ${revision} of a scorecard ${id}; of drafts that were never in force the newest ${mostDrafts} are kept`));
  }

  @Get(':id/revisions/:revision/diff')
  @RequireScope('health:read')
  @ApiOperation({ summary: 'What a revision changes', description: 'Against the one in force, else the one before it, or any other.' })
  @ApiOkResponse({ type: ComparisonView })
  async diff(@Param('id') id: string, @Param('revision') revision: string, @Query() { against }: ComparisonQuery): Promise<ComparisonView> {
    const wanted = revisionOf(revision);
    return found(wanted === null ? null : await this.queries.compare(id, wanted, against ?? null), `there is no revision ${revision}${against === undefined ? '' : ` or ${against}`} of a scorecard ${id}`);
  }

  @Post(':id/revisions/:revision/publish')
  @HttpCode(200)
  @RequireScope('operate')
  @ApiOperation({ summary: 'Put a revision in force', description: 'All accounts are looked at again in the background. What changes has the cause `revision`: it alarms nobody and starts nothing; see `rollout` of the revision.' })
  @ApiOkResponse({ type: PublicationView })
  async publish(@Param('id') id: string, @Param('revision') revision: string, @Body() body: PublishScorecard, @CurrentPrincipal() principal: Principal, @Idempotent() call: IdempotentCall | null): Promise<PublicationView> {
    const wanted = revisionOf(revision);
    if (wanted === null) throw new NotFoundException(`there is no revision ${revision} of a scorecard ${id}`);
    return this.put(call, (tx) => this.changeScorecards.publish(tx, id, wanted, body.expectedRevision, { reason: body.reason, by: principal.sub }));
  }

  @Post(':id/roll-back')
  @HttpCode(200)
  @RequireScope('operate')
  @ApiOperation({ summary: 'Put back what was in force before the last publication' })
  @ApiOkResponse({ type: PublicationView })
  async rollBack(@Param('id') id: string, @Body() body: ScorecardReason, @CurrentPrincipal() principal: Principal, @Idempotent() call: IdempotentCall | null): Promise<PublicationView> {
    return this.put(call, (tx) => this.changeScorecards.rollBack(tx, id, { reason: body.reason, by: principal.sub }));
  }

  @Post(':id/retire')
  @HttpCode(200)
  @RequireScope('operate')
  @ApiOperation({ summary: 'Take a scorecard out of force', description: 'Its accounts are judged by the next whose criteria they meet; there must be one for all.' })
  @ApiOkResponse({ type: PublicationView })
  async retire(@Param('id') id: string, @Body() body: ScorecardReason, @CurrentPrincipal() principal: Principal, @Idempotent() call: IdempotentCall | null): Promise<PublicationView> {
    return this.put(call, (tx) => this.changeScorecards.retire(tx, id, { reason: body.reason, by: principal.sub }));
  }

  private async put(call: IdempotentCall | null, change: (tx: Transaction) => Promise<Outcome<Publication>>): Promise<PublicationView> {
    const view = await this.once(call, async (tx) => publicationViewOf(held(await change(tx))));
    // Committed: it holds here before the answer, elsewhere within two seconds.
    await this.policy.refresh();
    return view;
  }

  private once<T>(call: IdempotentCall | null, effect: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.database.transaction((tx) => once(tx, call, () => effect(tx)));
  }
}
