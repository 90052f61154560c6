import canonicalize from 'canonicalize';
import type { Arrival } from './arrival.js';
import { eventTime, parseInstant } from './event-time.js';
import { idFault } from './identifiers.js';
import type { ItemFault } from './item-fault.js';
import type { SignalRules } from './signal-rules.js';
import { structureFault } from './structure.js';
import type { Item, Vendor } from './vendors/vendor.js';

/** A message as it stands in the log. `receivedAt` in ms. */
export interface Message {
  readonly at: number;
  readonly sourceId: string;
  /** Used where the sender gave none. */
  readonly fallbackId: string;
  readonly call: string;
  readonly body: Item;
  readonly sentAt: string | null;
  readonly receivedAt: number;
}

/** Reads a message, or says why it cannot be taken. `digest` hashes canonical text. */
export function readMessage(message: Message, vendor: Vendor, rules: SignalRules, digest: (text: string) => string): Arrival | ItemFault {
  const { call, body, sentAt, receivedAt } = message;
  const fault =
    idFault(message.sourceId, '/source') ?? structureFault(body) ?? vendor.faultOf(call, body, sentAt, receivedAt, rules);
  if (fault) return fault;
  const meaning = vendor.meaningOf(call, body);
  const messageId = meaning.messageId ?? message.fallbackId;
  const unfit = idFault(messageId, '/id') ?? (meaning.product === null ? null : idFault(meaning.product, '/product'));
  if (unfit) return unfit;
  const time = eventTime({ receivedAt, original: meaning.original, sentAt: parseInstant(sentAt) });
  if ('code' in time) return time;
  return {
    at: message.at,
    sourceId: message.sourceId,
    messageId,
    hash: digest(contentOf(call, body, vendor)),
    receivedAt,
    ...time,
    meaning,
  };
}

/** Canonical JSON (RFC 8785) of what the sender meant, without what a repetition may change. */
function contentOf(call: string, body: Item, vendor: Vendor): string {
  const meant = Object.fromEntries(Object.entries(body).filter(([name]) => !vendor.transportFields.includes(name)));
  return `${call} ${canonicalize(meant) ?? ''}`;
}

/** The source of a message whose sender names a part of itself: ids are unique within it. */
export function sourceIdOf(sender: string, part: unknown): string {
  return typeof part === 'string' && part !== sender ? `${sender}/${part}` : sender;
}

/** Ids are unique within what a SIGNAL names as its source, below its sender: nobody can take another one's ids. */
export function sourceOf(vendor: Vendor, sender: string, item: unknown): string {
  const part = vendor.partOf(item);
  const sourceId = part === null ? sender : sourceIdOf(sender, part);
  return idFault(sourceId, '') === null ? sourceId : sender;
}
