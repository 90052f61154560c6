import type { SignalInput } from '@perennial/contracts/signal';
import { parseInstant } from '../event-time.js';
import { personKey } from '../identifiers.js';
import { normalised, signalFault } from '../signal-rules.js';
import { id } from './fields.js';
import type { Item, Meaning, Vendor } from './vendor.js';

const maxItemBytes = 32 * 1024;
const maxBodyBytes = 4 * 1024 * 1024;

/** Our own SIGNAL (`signalInputSchema`), sent to `POST /api/v1/signals` or put on the telemetry topic. */
export const perennial: Vendor = {
  name: 'perennial',
  // Its route answers per item, so the edge has one of its own for it.
  paths: [],
  limits: { itemBytes: maxItemBytes, batchBytes: maxBodyBytes, batchItems: 1000 },
  tooLargeStatus: 413,
  success: null,
  transportFields: [],
  itemsField: 'signals',
  keysIn: () => [],
  topicKeyOf: (item) => (typeof item['personId'] === 'string' ? personKey(item['personId']) : (id(item['accountId']) ?? '')),
  partOf: (item) => (typeof item === 'object' && item !== null && 'source' in item && typeof item.source === 'string' ? item.source : null),
  idOf: (item) => (typeof item['id'] === 'string' ? item['id'] : null),
  sentAtOf: () => null,
  itemsOf(body) {
    const { signals } = body;
    if (!Array.isArray(signals)) return { code: 'invalid_field', pointer: '/signals', detail: 'must be an array of signals' };
    return signals.map((item: unknown) => ({ call: 'signal', item }));
  },
  faultOf(_call, item, _sentAt, receivedAt, rules) {
    const fault = signalFault(item, receivedAt, rules);
    if (fault) return fault;
    // Room for the sender's own id before it.
    const { source } = item;
    return typeof source === 'string' && source.length > 150 ? { code: 'id_invalid', pointer: '/source', detail: `has ${source.length} characters: at most 150` } : null;
  },
  meaningOf: (_call, item: Item): Meaning => meaningOfSignal(normalised(item as unknown as SignalInput)),
};

/** Reads a SIGNAL that has no fault. */
export function meaningOfSignal(signal: SignalInput): Meaning {
  const { kind, data } = signal;
  return {
    messageId: signal.id ?? null,
    original: signal.occurredAt === undefined ? null : parseInstant(signal.occurredAt),
    person: signal.personId ?? null,
    anonymous: null,
    accountId: signal.accountId ?? null,
    formerly: [],
    accountTraits: null,
    mayCreate: false,
    product: signal.product ?? null,
    signal: { kind, data } as Meaning['signal'],
  };
}
