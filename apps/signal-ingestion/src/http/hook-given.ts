import jsonata from 'jsonata';
import { ProblemException } from '@perennial/service-kit/http/problem';
import type { GivenSecret } from '../application/webhook-sources.js';
import { settingsFault, surveyTypes, type HookSettings } from '../domain/hooks/hook-settings.js';
import type { HookSource } from '../domain/hooks/hook-source.js';
import type { ItemFault } from '../domain/item-fault.js';
import { keyOf, publicKeyOf } from '../edge/hooks/verify-hook.js';

const invalid = (pointer: string, detail: string) => new ProblemException(400, 'the source does not fit: see errors', { code: 'invalid', errors: [{ pointer, detail }] });

/** What a caller gives to check a source's calls with, looked at before it is kept; null: nothing. Throws the 400 problem. */
export function givenSecret(source: HookSource, settings: HookSettings, { secret, publicKey }: { secret?: string | undefined; publicKey?: string | undefined }): GivenSecret | null {
  const checks = source.checks(settings);
  if (secret !== undefined && publicKey !== undefined) throw invalid('/publicKey', 'is given beside a secret: give one of them');
  if (secret !== undefined) {
    if (!checks.secret) throw invalid('/secret', `means nothing to ${source.title}: give its publicKey`);
    if (checks.secret.kind === 'hmac' && keyOf(checks.secret, secret) === null) throw invalid('/secret', 'must be a secret of Standard Webhooks: whsec_ and base64');
    return { kind: 'secret', value: secret };
  }
  if (publicKey === undefined) return null;
  if (!checks.publicKey) throw invalid('/publicKey', `means nothing to ${source.title}: give its secret`);
  if (publicKeyOf(publicKey) === null) throw invalid('/publicKey', 'is no RSA public key: paste the PEM, or its base64');
  return { kind: 'public_key', value: publicKey };
}

/** Settings to keep: a mapping that cannot run would only be found out by the calls it loses. Throws the 400 problem. */
export function settingsToKeep(source: HookSource, given: HookSettings | undefined): HookSettings {
  const settings = givenSettings(source, given);
  try {
    if (settings.mapping !== undefined) jsonata(settings.mapping);
  } catch (error) {
    const { message, position } = error as { message?: string; position?: number };
    throw invalid('/settings/mapping', `is no JSONata: ${message}${position === undefined ? '' : ` (character ${position})`}`);
  }
  return settings;
}

/** Settings with the shape of the source's. Throws the 400 problem. */
export function givenSettings(source: HookSource, given: HookSettings | undefined): HookSettings {
  const settings = JSON.parse(JSON.stringify(given ?? {})) as HookSettings;
  const fault = questionsFault(settings) ?? settingsFault(source, settings);
  if (fault) throw invalid(fault.pointer, fault.detail);
  return settings;
}

function questionsFault({ questions = {} }: HookSettings): ItemFault | null {
  const wrong = Object.entries(questions).find(([, type]) => !surveyTypes.includes(type));
  return wrong ? { code: 'setting_invalid', pointer: '/settings/questions', detail: `each must be one of ${surveyTypes.join(', ')}` } : null;
}
