import { Body, Controller, Get, HttpCode, NotFoundException, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequireScope, type Principal } from '@perennial/service-kit/access';
import { ApiListResponse } from '@perennial/service-kit/api-list-response';
import type { Transaction } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { ProblemException } from '@perennial/service-kit/http/problem';
import { uuidOf } from '@perennial/service-kit/http/uuid-param';
import { listOf, ListQuery, UuidListQuery, type List } from '@perennial/service-kit/list';
import { DryRunMapping, type DryRun } from '../application/dry-run-mapping.js';
import { MappingRestatements, type MappingRestatement } from '../application/mapping-restatements.js';
import { MappingStore, type MappingRevision } from '../application/mapping-store.js';
import { PublishedMappings } from '../application/published-mappings.js';
import { RestateByMapping } from '../application/restate-by-mapping.js';
import { mappingFaults } from '../domain/mapping/compile-mapping.js';
import type { Mapping, MappingRule } from '../domain/mapping/mapping-rule.js';
import { DryRunBody, DryRunView, MappingRestatementView, MappingView, PublishedMappingView, PublishMapping, type MappingBody } from './mapping.dto.js';

@ApiTags('sources')
@Controller('api/v1/sources/:id/mapping')
export class MappingController {
  constructor(
    private readonly store: MappingStore,
    private readonly published: PublishedMappings,
    private readonly dryRunMapping: DryRunMapping,
    private readonly restateByMapping: RestateByMapping,
    private readonly restatements: MappingRestatements,
    private readonly clock: Clock,
  ) {}

  @Get()
  @RequireScope('operate')
  @ApiOperation({ summary: 'The mapping rules of a source that are in force' })
  @ApiOkResponse({ type: MappingView })
  async get(@Param('id', uuidOf('source')) id: string): Promise<MappingView> {
    return viewOf(await this.current(id));
  }

  @Put()
  @RequireScope('operate')
  @ApiOperation({ summary: 'Publish mapping rules of a source as a new revision', description: 'They hold for what is read from then on, everywhere within five seconds, and with restateDays for the last days too; what was refused because of the rules before can be replayed.' })
  @ApiOkResponse({ type: PublishedMappingView })
  async publish(@Param('id', uuidOf('source')) id: string, @Body() body: PublishMapping, @CurrentPrincipal() principal: Principal): Promise<PublishedMappingView> {
    const mapping = checked(body);
    const { revision } = await this.current(id);
    const next = { sourceId: id, revision: revision + 1, ...mapping, note: body.note ?? null, createdAt: this.clock.now(), createdBy: principal.sub };
    let restatementId: string | null = null;
    const restate = async (tx: Transaction): Promise<void> => {
      if (body.restateDays !== undefined) restatementId = (await this.restateByMapping.ask(tx, next, body.restateDays)).id;
    };
    if (revision !== body.expectedRevision || !(await this.store.publish(next, restate))) throw new ProblemException(409, `revision ${revision} is in force: make yours from that one`, { code: 'revision_conflict' });
    await this.published.refresh();
    return { ...viewOf(next), restatementId };
  }

  @Post('dry-run')
  @HttpCode(200)
  @RequireScope('operate')
  @ApiOperation({ summary: 'Say what mapping rules would make of the last days of telemetry', description: 'Nothing is stored.' })
  @ApiOkResponse({ type: DryRunView })
  async dryRun(@Param('id', uuidOf('source')) id: string, @Body() body: DryRunBody): Promise<DryRunView> {
    const mapping = checked(body);
    await this.current(id);
    return dryRunOf(await this.dryRunMapping.run(id, mapping, body.days ?? 7));
  }

  @Get('revisions')
  @RequireScope('operate')
  @ApiOperation({ summary: 'All mapping rules that were ever published for a source, newest first' })
  @ApiListResponse(MappingView)
  async revisions(@Param('id', uuidOf('source')) id: string, @Query() { limit, startingAfter }: ListQuery): Promise<List<MappingView>> {
    await this.current(id);
    if (startingAfter !== undefined && !/^\d{1,9}$/.test(startingAfter)) throw new ProblemException(400, 'the request does not fit: see errors', { code: 'invalid', errors: [{ pointer: '?startingAfter', detail: 'must be a revision' }] });
    return listOf((await this.store.list(id, limit + 1, startingAfter === undefined ? null : Number(startingAfter))).map(viewOf), limit);
  }

  @Get('restatements')
  @RequireScope('operate')
  @ApiOperation({ summary: 'Past telemetry of a source that was read anew when a mapping was published, newest first' })
  @ApiListResponse(MappingRestatementView)
  async listRestatements(@Param('id', uuidOf('source')) id: string, @Query() { limit, startingAfter }: UuidListQuery): Promise<List<MappingRestatementView>> {
    await this.current(id);
    return listOf((await this.restatements.list(id, limit + 1, startingAfter ?? null)).map(restatementOf), limit);
  }

  private async current(id: string): Promise<MappingRevision> {
    const current = await this.store.current(id);
    if (!current) throw new NotFoundException(`there is no source ${id}`);
    return current;
  }
}

function checked({ rules, builtIn = true }: MappingBody): Mapping {
  // The DTO's instances carry undefined fields: rules are kept as they were given.
  const mapping = { rules: JSON.parse(JSON.stringify(rules)) as MappingRule[], builtIn };
  const faults = mappingFaults(mapping);
  if (faults.length > 0) throw new ProblemException(400, 'the mapping does not fit: see errors', { code: 'mapping_invalid', errors: faults.map(({ pointer, detail }) => ({ pointer, detail })) });
  return mapping;
}

function viewOf({ revision, rules, builtIn, note, createdAt, createdBy }: MappingRevision): MappingView {
  return { id: String(revision), revision, rules, builtIn, note, createdAt: createdAt?.toISOString() ?? null, createdBy };
}

function restatementOf({ id, revision, since, state, messages, changed, kept, accounts, createdAt, doneAt }: MappingRestatement): MappingRestatementView {
  return { id, revision, since: since.toISOString(), state, messages, changed, kept, accounts, createdAt: createdAt.toISOString(), doneAt: doneAt?.toISOString() ?? null };
}

function dryRunOf({ changes, ...run }: DryRun): DryRunView {
  return { ...run, changes: [...changes].sort(([, a], [, b]) => b - a).map(([change, count]) => ({ change, count })) };
}
