import { Body, Controller, Get, HttpCode, NotFoundException, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequireScope, type Principal } from '@perennial/service-kit/access';
import { ApiListResponse } from '@perennial/service-kit/api-list-response';
import { bodyPointer, ProblemException, queryPointer } from '@perennial/service-kit/http/problem';
import type { List } from '@perennial/service-kit/list';
import { DeadLetterQuery, ReplayRequest } from '@perennial/service-kit/operations/dead-letter.dto';
import type { DeadLetterDetail, DeadLetterView } from '@perennial/service-kit/operations/dead-letter-view';
import { Pipeline, type PipelineReport } from '@perennial/service-kit/operations/pipeline-report';
import { backends, type Backend } from '../domain/routing-table.js';
import { mergePages } from '../domain/merge-pages.js';
import { BackendClient } from './backend-client.js';
import { DeadLetterAnswer, DeadLetterDetailAnswer, PipelineAnswer, ReplayAnswer } from './operations.dto.js';
import { topicNamed, unknownTopic } from './topic-names.js';

/** The state of all services in one answer; the gateway consumes nothing, so its dead letters are none. */
@ApiTags('operations')
@Controller('api/v1')
@RequireScope('operate')
export class OperationsController {
  constructor(
    private readonly services: BackendClient,
    private readonly own: Pipeline,
  ) {}

  @Get('pipeline')
  @ApiOperation({ summary: 'How far each service has come: lag, oldest record, dead letters, outbox, parked events' })
  @ApiOkResponse({ type: PipelineAnswer })
  async pipeline(@CurrentPrincipal() principal: Principal): Promise<{ services: PipelineReport[] }> {
    const answers = await this.services.getAll<PipelineReport>('/internal/pipeline', principal);
    const reports = answers.map(({ backend, body }) => body ?? { name: backend, ready: false, missing: ['it does not answer'], topics: [], outbox: null, parked: null });
    return { services: [...reports, await this.own.report()] };
  }

  @Get('dead-letters')
  @ApiOperation({ summary: 'Dead letters of all services, newest first' })
  @ApiListResponse(DeadLetterAnswer)
  async list(@Query() query: DeadLetterQuery, @CurrentPrincipal() principal: Principal): Promise<List<DeadLetterView>> {
    const { limit, topic, state, startingAfter } = query;
    const parameters = new URLSearchParams({ limit: String(limit) });
    if (topic !== undefined) parameters.set('topic', fullName(topic, queryPointer(['topic'])));
    if (state !== undefined) parameters.set('state', state);
    if (startingAfter !== undefined) {
      // Rows are in one order over all services, so the position is handed to each of them.
      const last = await this.one(startingAfter, principal);
      parameters.set('afterFirstSeen', last.firstSeen);
      parameters.set('afterId', last.id);
    }
    const pages = await Promise.all(backends.map((backend) => this.page(backend, parameters, principal)));
    return mergePages(pages, limit);
  }

  @Get('dead-letters/:id')
  @ApiOperation({ summary: 'One dead letter, with key, headers and payload of its record' })
  @ApiOkResponse({ type: DeadLetterDetailAnswer })
  async one(@Param('id') id: string, @CurrentPrincipal() principal: Principal): Promise<DeadLetterDetail> {
    const backend = ownerOf(id);
    if (!backend) throw new NotFoundException('no such dead letter');
    const { status, body } = await this.services.get<DeadLetterDetail>(backend, `/internal/dead-letters/${encodeURIComponent(id)}`, principal);
    if (status === 404) throw new NotFoundException('no such dead letter');
    return body ?? away(backend);
  }

  @Post('dead-letters/replay')
  @HttpCode(200)
  @ApiOperation({ summary: 'Append dead letters to their topics again', description: 'These ids, or all that are dead (of one topic). Doing it twice changes nothing.' })
  @ApiOkResponse({ type: ReplayAnswer })
  async replay(@Body() request: ReplayRequest, @CurrentPrincipal() principal: Principal): Promise<{ ids: string[]; dryRun: boolean }> {
    const topic = request.topic === undefined ? {} : { topic: fullName(request.topic, bodyPointer(['topic'])) };
    const asked = backends.map((backend) => ({ backend, request: partOf({ ...request, ...topic }, backend) })).filter((part) => part.request !== null);
    const unknown = (request.ids ?? []).filter((id) => ownerOf(id) === undefined);
    if (unknown.length > 0) throw new NotFoundException(`no such dead letter: ${unknown.join(', ')}`);
    const answers = await Promise.all(
      asked.map(async ({ backend, request: part }) => (await this.services.post<{ ids: string[] }>(backend, '/internal/dead-letters/replay', principal, part ?? {})).body ?? away(backend)),
    );
    return { ids: answers.flatMap(({ ids }) => ids), dryRun: request.dryRun ?? false };
  }

  private async page(backend: Backend, parameters: URLSearchParams, principal: Principal): Promise<List<DeadLetterView>> {
    const { body } = await this.services.get<List<DeadLetterView>>(backend, `/internal/dead-letters?${parameters.toString()}`, principal);
    return body ?? away(backend);
  }
}

/** The service whose id this is: a dead letter's id begins with its service's name. */
function ownerOf(id: string): Backend | undefined {
  return backends.find((backend) => id.startsWith(`${backend}.`));
}

function partOf({ ids, topic, dryRun }: ReplayRequest, backend: Backend): ReplayRequest | null {
  const own = ids?.filter((id) => ownerOf(id) === backend);
  if (own?.length === 0) return null;
  return { ...(own ? { ids: own } : {}), ...(topic === undefined ? {} : { topic }), ...(dryRun === undefined ? {} : { dryRun }) };
}

function fullName(topic: string, pointer: string): string {
  const found = topicNamed(topic);
  if (!found) throw new ProblemException(400, unknownTopic(topic), { code: 'unknown_topic', errors: [{ pointer, detail: 'must be the name of a topic' }] });
  return found.name;
}

function away(backend: Backend): never {
  throw new ProblemException(503, `${backend} does not answer`, { code: 'unavailable', retryAfterSeconds: 1 });
}
