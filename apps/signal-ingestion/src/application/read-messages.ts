import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@perennial/service-kit/service';
import type { SignalIngestionConfig } from '../config.js';
import type { Arrival } from '../domain/arrival.js';
import type { ItemFault } from '../domain/item-fault.js';
import type { CompiledMapping } from '../domain/mapping/compile-mapping.js';
import { readMessage, type Message } from '../domain/read-message.js';
import { vendorNamed } from '../domain/vendors/vendors.js';
import { PublishedMappings } from './published-mappings.js';

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);
const unknownVendor: ItemFault = { code: 'unknown_vendor', pointer: '/vendor', detail: 'no vendor of this name is served here' };

/** Says what a message means, whichever way it came: from the log, or because somebody replays it. */
@Injectable()
export class ReadMessages {
  constructor(
    private readonly mappings: PublishedMappings,
    @Inject(CONFIG) private readonly config: SignalIngestionConfig,
  ) {}

  /** Or why it cannot be taken. */
  read(message: Message & { readonly vendor: string }): Arrival | ItemFault {
    return this.readBy(this.mappings.of(message.sourceId), message);
  }

  /** By a mapping that need not be in force. */
  readBy(mapping: CompiledMapping, message: Message & { readonly vendor: string }): Arrival | ItemFault {
    const vendor = vendorNamed(message.vendor);
    if (!vendor) return unknownVendor;
    const { rules } = this.config;
    const arrival = readMessage(message, vendor, rules, digest);
    if ('code' in arrival) return arrival;
    const { call, body, receivedAt } = message;
    const mapped = mapping.map({ vendor: vendor.name, call, body, receivedAt, meaning: arrival.meaning }, rules);
    if (!mapped) return arrival;
    return 'code' in mapped.meaning ? mapped.meaning : { ...arrival, meaning: mapped.meaning };
  }
}
