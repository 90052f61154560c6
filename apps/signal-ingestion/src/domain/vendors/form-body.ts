import type { ItemFault } from '../item-fault.js';
import type { ReadJson, VendorRequest } from './vendor.js';

/** A field of a body that is a form (`name=..&..`), wherever it says it is one; null: the body is none. */
export function formField({ bytes }: VendorRequest, name: string): string | null {
  const start = `${name}=`;
  if (bytes.length <= start.length || Buffer.from(bytes.buffer, bytes.byteOffset, start.length).toString('latin1') !== start) return null;
  return new URLSearchParams(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')).get(name);
}

/** JSON as it stands or in base64, as old clients write it into addresses and forms. */
export function jsonOrBase64(request: VendorRequest, data: string): ReadJson | ItemFault {
  const start = data.trimStart()[0];
  return request.json(start === '{' || start === '[' ? data : Buffer.from(data, 'base64').toString('utf8'));
}
