import type { HmacScheme, HookRequest, SharedSecretScheme, Signed } from './hook-source.js';
import { parseInstant } from '../event-time.js';

/** The ways of signing that several senders share. */

type HmacParts = Omit<HmacScheme, 'kind' | 'key' | 'toleranceSeconds'> & Partial<Pick<HmacScheme, 'key' | 'toleranceSeconds'>>;

export function hmac(parts: HmacParts): HmacScheme {
  return { kind: 'hmac', key: 'text', toleranceSeconds: null, ...parts };
}

/** Minutes that the clock of a sender may be off, or a call may take: what Stripe, HubSpot and Standard Webhooks allow. */
export const fiveMinutes = 300;

/** A keyed hash of the body alone, behind `prefix`. */
export function bodyHmac({ header, prefix = '', ...rest }: { header: string; prefix?: string } & Pick<HmacScheme, 'hash' | 'encoding'>): HmacScheme {
  return hmac({
    ...rest,
    shows: header,
    read({ headers, body }) {
      const shown = headers[header.toLowerCase()];
      return shown === undefined ? null : { signatures: shown.startsWith(prefix) ? [shown.slice(prefix.length)] : [], signedAt: null, texts: [[body]] };
    },
  });
}

/** `t=<seconds>,v1=<hex>[,v1=<hex>]` over `<t>.<body>`: Stripe's scheme, and Calendly's. */
export function timedList(header: string): HmacScheme {
  return hmac({ hash: 'sha256', encoding: 'hex', shows: header, toleranceSeconds: fiveMinutes, read: (request) => readTimedList(request, header) });
}

function readTimedList({ headers, body }: HookRequest, header: string): Signed | null {
  const shown = headers[header.toLowerCase()];
  if (shown === undefined) return null;
  const fields = shown.split(',').map((part) => part.trim().split('=', 2));
  const time = fields.find(([name]) => name === 't')?.[1] ?? '';
  return { signatures: fields.flatMap(([name, value]) => (name === 'v1' && value ? [value] : [])), signedAt: seconds(time), texts: [[`${time}.`, body]] };
}

/** Standard Webhooks: base64 over `<id>.<timestamp>.<body>`, several behind `v1,`. */
export const standardWebhooks: HmacScheme = hmac({
  hash: 'sha256',
  encoding: 'base64',
  key: 'whsec',
  shows: 'webhook-id, webhook-timestamp and webhook-signature',
  toleranceSeconds: fiveMinutes,
  read({ headers, body }) {
    const [id, time, shown] = ['id', 'timestamp', 'signature'].map((name) => headers[`webhook-${name}`] ?? headers[`svix-${name}`]);
    if (id === undefined || time === undefined || shown === undefined) return null;
    return { signatures: shown.split(' ').flatMap((part) => (part.startsWith('v1,') ? [part.slice(3)] : [])), signedAt: seconds(time), texts: [[`${id}.${time}.`, body]] };
  },
});

/** The secret itself: Bearer, Basic (password, or user and password), a header of its own, or `?secret=` in the address. */
export function sharedSecret(header = 'x-webhook-secret'): SharedSecretScheme {
  return {
    kind: 'shared-secret',
    shows: `Authorization (Bearer or Basic), ${header}, or ?secret= in the address`,
    read({ headers, query }) {
      const [, scheme = '', value = ''] = /^(\S+) +(.+)$/.exec(headers['authorization']?.trim() ?? '') ?? [];
      const basic = scheme.toLowerCase() === 'basic' ? atobOrNothing(value) : '';
      const password = basic.slice(basic.indexOf(':') + 1);
      return [headers[header.toLowerCase()], query['secret'], scheme.toLowerCase() === 'bearer' ? value : '', basic, password].filter((shown) => shown !== undefined && shown !== '') as string[];
    },
  };
}

function atobOrNothing(value: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(value), (character) => character.charCodeAt(0)));
  } catch {
    return '';
  }
}

export const seconds = (value: string): number => (/^\d{1,12}$/.test(value) ? Number(value) * 1000 : NaN);
export const milliseconds = (value: string): number => (/^\d{1,15}$/.test(value) ? Number(value) : NaN);
export const isoTime = (value: string): number => parseInstant(value) ?? NaN;
