import type { ItemFault } from '../item-fault.js';
import type { HookSource } from './hook-source.js';

export const surveyTypes = ['nps', 'csat', 'ces', 'renewal_intent'] as const;
export type SurveyType = (typeof surveyTypes)[number];
export const genericSignatures = ['standard-webhooks', 'hmac-sha256', 'shared-secret'] as const;

/** What a deployment decides about one endpoint. */
export interface HookSettings {
  /** JSON pointers to the account's id in an event; the first that holds one counts, instead of the source's own place. */
  readonly accountAt?: readonly string[] | undefined;
  /** JSON pointers to the person's id (or address) in an event. */
  readonly personAt?: readonly string[] | undefined;
  /** Stands before ids of accounts that are not ours, so that two systems may count alike. */
  readonly accountPrefix?: string | undefined;
  /** Which question asks what, by the sender's id or reference of it. */
  readonly questions?: Readonly<Record<string, SurveyType>> | undefined;
  /** Of amounts that come without one, ISO 4217. */
  readonly currency?: string | undefined;
  /** `generic`: how the sender signs. */
  readonly signature?: (typeof genericSignatures)[number] | undefined;
  /** `generic`: where it puts the signature or the secret. */
  readonly header?: string | undefined;
  /** `generic`: JSONata that makes one SIGNAL, or an array of them, of a body. */
  readonly mapping?: string | undefined;
}

const common: readonly (keyof HookSettings)[] = ['accountAt', 'personAt', 'accountPrefix'];

/** What is wrong with the settings of a source's endpoint; null: nothing. Shapes were checked before. */
export function settingsFault(source: HookSource, settings: HookSettings): ItemFault | null {
  for (const [name, value] of Object.entries(settings)) {
    if (value === undefined || common.includes(name as keyof HookSettings) || source.settings.includes(name as keyof HookSettings)) continue;
    return { code: 'setting_unknown', pointer: `/settings/${name}`, detail: `means nothing to ${source.title}: leave it out` };
  }
  for (const name of ['accountAt', 'personAt'] as const) {
    const at = settings[name]?.findIndex((pointer) => !/^(\/([^~]|~[01])*)+$/.test(pointer)) ?? -1;
    if (at >= 0) return { code: 'setting_invalid', pointer: `/settings/${name}/${at}`, detail: 'is no JSON pointer: write it as /data/object/metadata/account_id' };
  }
  return null;
}
