import type { SignalInput } from '@perennial/contracts/signal';
import type { ItemFault } from '../item-fault.js';
import { bodyText, invalidJson, isItem, object, parsed } from './fields.js';
import type { HookSettings } from './hook-settings.js';
import type { HookSource } from './hook-source.js';
import { bodyHmac, sharedSecret, standardWebhooks } from './schemes.js';

/** Every other system: signed in one of three usual ways, mapped by the user's own JSONata. */
export const generic: HookSource = {
  name: 'generic',
  title: 'Generic webhook',
  secretFrom: 'us',
  settings: ['signature', 'header', 'mapping'],
  checks({ signature = 'standard-webhooks', header }) {
    if (signature === 'standard-webhooks') return { secret: standardWebhooks };
    if (signature === 'shared-secret') return { secret: sharedSecret(header) };
    return { secret: { ...bodyHmac({ header: header ?? 'x-signature', hash: 'sha256', encoding: 'hex' }), read: (request) => readHexHmac(request.headers, header ?? 'x-signature', request.body) } };
  },
  eventsOf(request) {
    const json = parsed(bodyText(request));
    if (json === null) return invalidJson;
    const { headers } = request;
    return [{ id: headers['webhook-id'] ?? headers['svix-id'] ?? null, type: '', body: { payload: json.value } }];
  },
  // What a mapping makes of the payload stands under `mapped`; without one the payload is SIGNALs itself.
  signalsOf({ body }) {
    return signalsIn(Object.hasOwn(body, 'mapped') ? body['mapped'] : body['payload']);
  },
  page: {
    events: [['anything', 'what your mapping makes of it']],
    account: 'your mapping',
    setUp: [
      'Give it a mapping ([below](#a-mapping-of-your-own)): `settings.mapping` is a JSONata expression that makes one SIGNAL, or an array of them, of a payload. Without one the payload must be SIGNALs itself.',
      'Have the sender post to `{url}` and sign as Standard Webhooks say (the default), with a hex HMAC-SHA256 of the body in a header (`settings.signature` = `hmac-sha256`, `settings.header`), or send the secret itself (`shared-secret`).',
      'Try the mapping on a sample with `POST /api/v1/sources/{id}/try` before anything is sent.',
    ],
    checkedAgainst: 'the official `standardwebhooks` and `svix` libraries, which sign the test vectors',
  },
};

/** Whether an endpoint is sent SIGNALs as they are: each of them is checked, listed and mended by itself. */
export const takesSignals = (source: HookSource, { mapping }: HookSettings): boolean => source === generic && mapping === undefined;

/** `<hex>` or `sha256=<hex>`. */
function readHexHmac(headers: Readonly<Record<string, string | undefined>>, header: string, body: Uint8Array) {
  const shown = headers[header.toLowerCase()];
  return shown === undefined ? null : { signatures: [shown.replace(/^sha256=/, '')], signedAt: null, texts: [[body]] };
}

function signalsIn(value: unknown): readonly SignalInput[] | ItemFault {
  if (value === undefined || value === null) return [];
  const signals = Array.isArray(value) ? (value as unknown[]) : isItem(value) && Array.isArray(object(value)['signals']) ? (object(value)['signals'] as unknown[]) : [value];
  if (!signals.every(isItem)) return { code: 'not_signals', pointer: '', detail: 'did not become SIGNALs: the mapping must make an object with kind and data, or an array of such' };
  // Checked like any signal that is sent.
  return signals as unknown as SignalInput[];
}
