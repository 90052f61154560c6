import type { SignalInput } from '@perennial/contracts/signal';
import type { ItemFault } from '../item-fault.js';
import type { SignalRules } from '../signal-rules.js';
import { structureFault } from '../structure.js';
import type { Vendor } from '../vendors/vendor.js';

export interface FitSignals {
  readonly fit: readonly SignalInput[];
  /** Why the first that is unfit cannot be taken; null: all are fit. */
  readonly fault: ItemFault | null;
}

/** Parts the signals that were made of one event into those that can be taken and the others. `receivedAt` in ms. */
export function fitSignals(vendor: Vendor, made: readonly SignalInput[], receivedAt: number, rules: SignalRules): FitSignals {
  const texts = new Map<string | undefined, string>();
  const faults = made.map((signal): ItemFault | null => {
    const unfit = structureFault(signal);
    if (unfit) return unfit;
    const text = JSON.stringify(signal);
    if (Buffer.byteLength(text) > vendor.limits.itemBytes) return { code: 'too_large', pointer: '', detail: `is larger than ${vendor.limits.itemBytes} bytes` };
    const fault = vendor.faultOf('signal', JSON.parse(text) as Record<string, unknown>, null, receivedAt, rules);
    if (fault) return fault;
    const other = texts.get(signal.id);
    texts.set(signal.id, other ?? text);
    return other === undefined || other === text ? null : { code: 'id_conflict', pointer: '/id', detail: 'is that of another signal made of the same event' };
  });
  const at = faults.findIndex((fault) => fault !== null);
  return { fit: made.filter((_, n) => faults[n] === null), fault: at < 0 ? null : told(faults[at]!, at, made.length) };
}

/** The event is what is listed, so its reason says which part of which signal. */
function told({ code, pointer, detail }: ItemFault, at: number, count: number): ItemFault {
  return { code, pointer: '', detail: `became a signal${count > 1 ? ` (no. ${at + 1} of ${count})` : ''} that cannot be taken: ${pointer === '' ? 'it' : pointer} ${detail}` };
}
