import { Body, Controller, HttpCode, Inject, NotFoundException, Param, Post, Put } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '@perennial/service-kit/access';
import { Clock } from '@perennial/service-kit/clock';
import { ProblemException } from '@perennial/service-kit/http/problem';
import { uuidOf } from '@perennial/service-kit/http/uuid-param';
import { Idempotent, type IdempotentCall } from '@perennial/service-kit/idempotency';
import { CONFIG } from '@perennial/service-kit/service';
import { HookStore, type StoredHook } from '../application/hook-store.js';
import { SourceStore } from '../application/source-store.js';
import { newSecretFor, WebhookSources } from '../application/webhook-sources.js';
import type { SignalIngestionConfig } from '../config.js';
import type { HookSource } from '../domain/hooks/hook-source.js';
import { hookSourceNamed } from '../domain/hooks/hook-sources.js';
import type { ItemFault } from '../domain/item-fault.js';
import { signalFault } from '../domain/signal-rules.js';
import { structureFault } from '../domain/structure.js';
import { HookEndpoints } from '../edge/hooks/hook-endpoints.js';
import { HookMapper } from '../application/hooks/hook-mapper.js';
import { givenSecret, givenSettings, settingsToKeep } from './hook-given.js';
import { HookSettingsBody, RotateSecret, TriedHook, TryHook, type TriedFault } from './hook-source.dto.js';
import { CreatedSource, SourceView } from './source.dto.js';
import { sourceViewOf } from './source-view.js';

const hourMs = 3_600_000;

@ApiTags('sources')
@Controller('api/v1/sources/:id')
export class HookSourcesController {
  constructor(
    private readonly webhookSources: WebhookSources,
    private readonly store: SourceStore,
    private readonly hooks: HookStore,
    private readonly endpoints: HookEndpoints,
    private readonly mapper: HookMapper,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: SignalIngestionConfig,
  ) {}

  @Post('secrets')
  @RequireScope('operate')
  @ApiOperation({ summary: 'Give the source a new secret', description: 'Those before it still hold for `overlapHours` at most, so that calls under way, and a sender that changes over later, are not refused; 0 ends them at once. The newest five are kept. A secret that is made here is shown this once.' })
  @ApiCreatedResponse({ type: CreatedSource })
  async rotate(@Param('id', uuidOf('source')) id: string, @Body() body: RotateSecret, @Idempotent() call: IdempotentCall | null): Promise<CreatedSource> {
    const { source } = await this.hookAt(id);
    const secretOf = (_type: string, settings: StoredHook['settings']) => givenSecret(source, settings, body) ?? newSecretFor(source, settings) ?? missingSecret(source);
    const shown = await this.webhookSources.rotate(id, secretOf, (body.overlapHours ?? 24) * hourMs, body.secret !== undefined || body.publicKey !== undefined, call);
    if (!shown) throw notThere(id);
    await this.endpoints.refresh();
    return { ...(await this.view(id)), secret: shown.secret };
  }

  @Put('settings')
  @RequireScope('operate')
  @ApiOperation({ summary: 'Set the settings of a webhook source', description: 'All of them: what is not given is unset. They hold for calls from now on.' })
  @ApiOkResponse({ type: SourceView })
  async saveSettings(@Param('id', uuidOf('source')) id: string, @Body() body: HookSettingsBody): Promise<SourceView> {
    const { source } = await this.hookAt(id);
    if (!(await this.webhookSources.saveSettings(id, settingsToKeep(source, body)))) throw notThere(id);
    await this.endpoints.refresh();
    return this.view(id);
  }

  @Post('try')
  @HttpCode(200)
  @RequireScope('operate')
  @ApiOperation({ summary: 'Show what a sample payload would become', description: 'Nothing is taken and nothing is listed. Signatures are not looked at.' })
  @ApiOkResponse({ type: TriedHook })
  async try(@Param('id', uuidOf('source')) id: string, @Body() body: TryHook): Promise<TriedHook> {
    const { source, hook } = await this.hookAt(id);
    const settings = body.settings ? givenSettings(source, body.settings) : hook.settings;
    const payload = Buffer.from(typeof body.payload === 'string' ? body.payload : JSON.stringify(body.payload));
    const events = await this.mapper.map({ id: `try/${id}`, source, settings }, { method: 'POST', body: payload, headers: {}, query: {}, urls: [] });
    if ('code' in events) return { events: [], fault: shownFault(events) };
    const receivedAt = this.clock.now().getTime();
    return {
      events: events.map(({ id: eventId, type, signals, fault }) => ({ id: eventId, type, signals: signals.map((signal) => ({ signal, fault: shownFault(structureFault(signal) ?? signalFault(signal, receivedAt, this.config.rules)) })), fault: shownFault(fault) })),
      fault: null,
    };
  }

  private async hookAt(id: string): Promise<{ source: HookSource; hook: StoredHook }> {
    const [hook] = await this.hooks.find([id]);
    const source = hook && hookSourceNamed(hook.type);
    if (!hook || !source) throw notThere(id);
    return { source, hook };
  }

  private async view(id: string): Promise<SourceView> {
    const [source, [hook]] = await Promise.all([this.store.find(id), this.hooks.find([id])]);
    if (!source) throw notThere(id);
    return sourceViewOf(source, hook, this.clock.now());
  }
}

const notThere = (id: string) => new NotFoundException(`there is no source ${id} with a webhook address`);

function missingSecret(source: HookSource): never {
  const name = source.checks({}).secret ? 'secret' : 'publicKey';
  throw new ProblemException(400, 'the source does not fit: see errors', { code: 'invalid', errors: [{ pointer: `/${name}`, detail: `is missing: ${source.title} makes it, copy it from there` }] });
}

function shownFault(fault: ItemFault | null): TriedFault | null {
  return fault && { code: fault.code, pointer: fault.pointer === '' ? null : fault.pointer, detail: fault.detail };
}
