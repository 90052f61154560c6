import type { ItemFault } from '../domain/item-fault.js';
import type { SignalRules } from '../domain/signal-rules.js';
import { structureFault, type KeyTally } from '../domain/structure.js';
import { isItem } from '../domain/vendors/fields.js';
import type { Item, ReadJson, Vendor } from '../domain/vendors/vendor.js';
import { namesGivenTwice } from './read-body.js';

/** One item of a request: taken (with its JSON text) or refused. */
export type CheckedItem = { readonly call: string; readonly item: unknown; readonly id: string | null } & (
  | { readonly fault: ItemFault; readonly json: null; readonly sentAt: null }
  | { readonly fault: null; readonly json: string; readonly sentAt: string | null }
);

export interface Request {
  readonly vendor: Vendor;
  /** Null: the body holds many items. */
  readonly call: string | null;
  readonly json: ReadJson;
  /** ms */
  readonly receivedAt: number;
  readonly rules: SignalRules;
}

/** Checks every item by itself; a fault is answered only for what spoils the whole body. */
export function checkItems({ vendor, call, json, receivedAt, rules }: Request): readonly CheckedItem[] | ItemFault {
  const { value: body } = json;
  if (!isItem(body)) return { code: 'not_an_object', pointer: '', detail: 'the body must be a JSON object' };
  const { [vendor.itemsField]: _, ...wrapper } = body;
  const tally: KeyTally = { keys: 0 };
  const wrapperFault = call === null ? structureFault(wrapper, tally) : null;
  if (wrapperFault) return wrapperFault;
  const given = call === null ? body[vendor.itemsField] : null;
  if (Array.isArray(given) && given.length > vendor.limits.batchItems) return { code: 'too_many_items', pointer: `/${vendor.itemsField}`, detail: `holds ${given.length} items: send at most ${vendor.limits.batchItems} at once` };
  const items = call === null ? vendor.itemsOf(body) : [{ call, item: body }];
  if ('code' in items) return items;

  const faults = items.map(({ item }) => structureFault(item, tally));
  const complete = faults.every((fault) => fault === null);
  if (call === null) tally.keys += Object.hasOwn(body, vendor.itemsField) ? 1 : 0;
  const doubled = doubledNames(namesGivenTwice(json, complete ? tally.keys : null), call === null ? vendor.itemsField : null);
  if (doubled.whole) return doubled.whole;

  /** Text by source and id: an id is unique within what the item names as its source. */
  const seen = new Map<string, string>();
  return items.map(({ call: itemCall, item }, at): CheckedItem => {
    const id = isItem(item) ? vendor.idOf(item) : null;
    const refuse = (fault: ItemFault): CheckedItem => ({ call: itemCall, item, id, fault, json: null, sentAt: null });
    const early = faults[at] ?? doubled.byItem.get(at) ?? (isItem(item) ? null : notAnObject);
    if (early) return refuse(early);
    const text = JSON.stringify(item);
    if (Buffer.byteLength(text) > vendor.limits.itemBytes) return refuse({ code: 'too_large', pointer: '', detail: `is larger than ${vendor.limits.itemBytes} bytes: send less with it` });
    const sentAt = vendor.sentAtOf(body, item as Item);
    const fault = vendor.faultOf(itemCall, item as Item, sentAt, receivedAt, rules);
    if (fault) return refuse(fault);
    const name = JSON.stringify([vendor.partOf(item), id]);
    const earlier = id === null ? undefined : seen.get(name);
    if (earlier !== undefined && earlier !== text) return refuse({ code: 'id_conflict', pointer: '/id', detail: 'stands twice in this request with other content: give every item an id of its own' });
    if (id !== null) seen.set(name, text);
    return { call: itemCall, item, id, fault: null, json: text, sentAt };
  });
}

const notAnObject: ItemFault = { code: 'not_an_object', pointer: '', detail: 'must be a JSON object' };

function doubledNames(pointers: readonly string[], itemsField: string | null): { whole: ItemFault | null; byItem: Map<number, ItemFault> } {
  const byItem = new Map<number, ItemFault>();
  let whole: ItemFault | null = null;
  for (const pointer of pointers) {
    const [, field, index, ...rest] = pointer.split('/');
    const inItem = itemsField !== null && field === itemsField && index !== undefined && rest.length > 0;
    const fault = { code: 'duplicate_key', pointer: inItem ? `/${rest.join('/')}` : pointer, detail: 'is given twice: keep one' };
    if (itemsField === null) byItem.set(0, fault);
    else if (inItem) byItem.set(Number(index), fault);
    else whole ??= fault;
  }
  return { whole, byItem };
}
