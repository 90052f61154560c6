import { Body, Controller, Delete, Get, HttpCode, NotFoundException, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '@perennial/service-kit/access';
import { ApiListResponse } from '@perennial/service-kit/api-list-response';
import { Clock } from '@perennial/service-kit/clock';
import { ProblemException } from '@perennial/service-kit/http/problem';
import { uuidOf } from '@perennial/service-kit/http/uuid-param';
import { Idempotent, type IdempotentCall } from '@perennial/service-kit/idempotency';
import { listOf, UuidListQuery, type List } from '@perennial/service-kit/list';
import { HookStore } from '../application/hook-store.js';
import { SecretBox } from '../application/secret-box.js';
import { SourceStore } from '../application/source-store.js';
import { Sources, type SourceType } from '../application/sources.js';
import { WebhookSources } from '../application/webhook-sources.js';
import { hookSourceNamed } from '../domain/hooks/hook-sources.js';
import { HookEndpoints } from '../edge/hooks/hook-endpoints.js';
import { WriteKeys } from '../edge/write-keys.js';
import { givenSecret, settingsToKeep } from './hook-given.js';
import { CreatedSource, CreateSource, SourceView } from './source.dto.js';
import { sourceViewOf } from './source-view.js';

@ApiTags('sources')
@Controller('api/v1/sources')
export class SourcesController {
  constructor(
    private readonly sources: Sources,
    private readonly webhookSources: WebhookSources,
    private readonly store: SourceStore,
    private readonly hooks: HookStore,
    private readonly box: SecretBox,
    private readonly writeKeys: WriteKeys,
    private readonly endpoints: HookEndpoints,
    private readonly clock: Clock,
  ) {}

  @Post()
  @RequireScope('operate')
  @ApiOperation({
    summary: 'Make a source and its write key, or its webhook address',
    description: 'The key of a `generic` source is shown this once; one of a `segment` source stands in every page that its client runs in, so it can be read again. A business system gets a `hookPath` instead; a secret that was made for it is shown this once.',
  })
  @ApiCreatedResponse({ type: CreatedSource })
  async create(@Body() body: CreateSource, @Idempotent() call: IdempotentCall | null): Promise<CreatedSource> {
    const made = await this.make(body, call);
    await Promise.all([this.writeKeys.refresh(), this.endpoints.refresh()]);
    const [hook] = await this.hooks.find([made.id]);
    return { ...sourceViewOf(made, hook, this.clock.now()), secret: made.secret };
  }

  private async make(body: CreateSource, call: IdempotentCall | null) {
    const source = hookSourceNamed(body.type);
    if (!source) {
      const extra = (['secret', 'publicKey', 'settings'] as const).find((name) => body[name] !== undefined);
      if (extra) throw new ProblemException(400, 'the source does not fit: see errors', { code: 'invalid', errors: [{ pointer: `/${extra}`, detail: `means nothing to a source of type ${body.type}: leave it out` }] });
      return { ...(await this.sources.create(body.type as SourceType, body.name, call)), secret: null };
    }
    const settings = settingsToKeep(source, body.settings);
    const given = givenSecret(source, settings, body);
    if (!this.box.usable && (source.name !== 'generic' || given !== null || body.settings !== undefined)) {
      throw new ProblemException(409, 'this installation has no key to keep secrets with: start signal-ingestion with SOURCE_SECRETS_KEY (32 random bytes in base64)', { code: 'secrets_key_missing' });
    }
    return this.webhookSources.create(source, body.name, settings, given, call);
  }

  @Get()
  @RequireScope('operate')
  @ApiOperation({ summary: 'Sources, newest first' })
  @ApiListResponse(SourceView)
  async list(@Query() query: UuidListQuery): Promise<List<SourceView>> {
    const rows = await this.sources.list(query.limit + 1, query.startingAfter ?? null);
    const hooks = new Map((await this.hooks.find(rows.map(({ id }) => id))).map((hook) => [hook.id, hook]));
    const now = this.clock.now();
    return listOf(rows.map((row) => sourceViewOf(row, hooks.get(row.id), now)), query.limit);
  }

  @Get(':id')
  @RequireScope('operate')
  @ApiOperation({ summary: 'One source' })
  @ApiOkResponse({ type: SourceView })
  async get(@Param('id', uuidOf('source')) id: string): Promise<SourceView> {
    const [source, [hook]] = await Promise.all([this.store.find(id), this.hooks.find([id])]);
    if (!source) throw new NotFoundException(`there is no source ${id}`);
    return sourceViewOf(source, hook, this.clock.now());
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireScope('operate')
  @ApiOperation({ summary: 'Revoke a source, its write key and its webhook address', description: 'Holds everywhere within two seconds.' })
  @ApiNoContentResponse()
  async revoke(@Param('id', uuidOf('source')) id: string): Promise<void> {
    if (!(await this.sources.revoke(id))) throw new NotFoundException(`there is no source ${id}`);
    await Promise.all([this.writeKeys.refresh(), this.endpoints.refresh()]);
  }
}
