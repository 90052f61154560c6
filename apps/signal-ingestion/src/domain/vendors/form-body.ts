import type { ItemFault } from '../item-fault.js';
import type { ReadJson, VendorRequest } from './vendor.js';

/** The first field of a body that is a form (`name=..&..`), whatever it says it is; null: the body is none. */
export function formField({ bytes }: VendorRequest, name: string): string | null {
  const start = `${name}=`;
  if (bytes.length <= start.length || Buffer.from(bytes.buffer, bytes.byteOffset, start.length).toString('latin1') !== start) return null;
  const [value = ''] = Buffer.from(bytes.buffer, bytes.byteOffset + start.length, bytes.length - start.length).toString('utf8').split('&', 1);
  try {
    return decodeURIComponent(value.replaceAll('+', ' '));
  } catch {
    return '';
  }
}

/** JSON as it stands or in base64, as old clients write it into addresses and forms; a plus sign that nobody escaped came as a space. */
export function jsonOrBase64(request: VendorRequest, data: string): ReadJson | ItemFault {
  const start = data.trimStart()[0];
  return request.json(start === '{' || start === '[' ? data : Buffer.from(data.replaceAll(' ', '+'), 'base64').toString('utf8'));
}
