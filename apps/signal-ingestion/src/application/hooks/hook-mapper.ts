import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { SignalInput } from '@perennial/contracts/signal';
import { isFault, type HookEvent, type HookRequest, type HookSource, type RejectedEvent } from '../../domain/hooks/hook-source.js';
import type { HookSettings } from '../../domain/hooks/hook-settings.js';
import type { ItemFault } from '../../domain/item-fault.js';
import { eventDepth, isDeeper } from '../../domain/structure.js';
import type { Item } from '../../domain/vendors/vendor.js';
import { Mappings } from './mappings.js';

/** What became of one event of a call. */
export interface MappedEvent {
  readonly id: string;
  readonly type: string;
  readonly body: unknown;
  readonly signals: readonly SignalInput[];
  readonly fault: ItemFault | null;
}

export interface MappedEndpoint {
  readonly id: string;
  readonly source: HookSource;
  readonly settings: HookSettings;
}

/** Turns the events of a checked call into SIGNALs whose ids stay the same however often the sender repeats them. */
@Injectable()
export class HookMapper {
  constructor(private readonly mappings: Mappings) {}

  /** A fault: the call holds no events that could be read. */
  async map(endpoint: MappedEndpoint, request: HookRequest): Promise<readonly MappedEvent[] | ItemFault> {
    const events = endpoint.source.eventsOf(request);
    if ('code' in events) return events;
    const digest = createHash('sha256').update(request.body).digest('hex');
    return Promise.all(events.map((event, at) => this.mapEvent(endpoint, event, idOf(event, events.length > 1 ? `${digest}/${at}` : digest))));
  }

  /** Maps an event that was refused, by the settings there are now; its signals get the ids they would have had. */
  mapAgain(endpoint: MappedEndpoint, { id, type }: RejectedEvent, body: Item): Promise<MappedEvent> {
    return this.mapEvent(endpoint, { id, type, body }, id);
  }

  private async mapEvent({ id: endpointId, source, settings }: MappedEndpoint, event: HookEvent, id: string): Promise<MappedEvent> {
    const made = isDeeper(event.body, eventDepth) ? tooDeep : await this.signalsOf(endpointId, source, event, settings);
    const shared = { id, type: event.type, body: event.body };
    if (isFault(made)) return { ...shared, signals: [], fault: made };
    return { ...shared, signals: made.map((signal, n) => ({ ...signal, id: signal.id ?? (made.length > 1 ? `${id}/${n}` : id) })), fault: null };
  }

  private async signalsOf(endpointId: string, source: HookSource, event: HookEvent, settings: HookSettings): Promise<readonly SignalInput[] | ItemFault> {
    if (settings.mapping === undefined) return source.signalsOf(event, settings);
    const made = await this.mappings.evaluate(endpointId, settings.mapping, JSON.stringify(event.body['payload']));
    if ('code' in made) return made;
    return source.signalsOf({ ...event, body: { mapped: made.json === null ? null : (JSON.parse(made.json) as unknown) } }, settings);
  }
}

const tooDeep: ItemFault = { code: 'too_deep', pointer: '', detail: `nests more than ${eventDepth} levels deep: have it sent flatter` };

/** The sender's id where it can be one; else what the event holds says whether it is the same. */
function idOf({ id }: HookEvent, digest: string): string {
  if (id === null) return digest;
  return id.length <= 150 && !/\p{Cc}/u.test(id) ? id : createHash('sha256').update(id).digest('hex');
}
