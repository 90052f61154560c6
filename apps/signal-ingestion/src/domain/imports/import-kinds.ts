import type { SignalKind } from '@perennial/contracts/signal';
import { signalFields, type FieldType, type ImportField } from './import-field.js';

/** What the rows of a file are. */
export interface ImportKind {
  readonly as: string;
  /** Null: accounts themselves, or SIGNALs that each name their own kind. */
  readonly signal: SignalKind | null;
  readonly fields: readonly ImportField[];
  /** Fields of which a row needs at least one. */
  readonly oneOf: readonly (readonly string[])[];
  /** Names that are mapped one by one, as `traits.<name>`; null: none. */
  readonly open: 'traits' | 'properties' | null;
  /** Values where neither a column nor the caller gives one. */
  readonly defaults: Readonly<Record<string, string>>;
}

const field = (name: string, type: FieldType, place: ImportField['place'], required = false): ImportField => ({ name, type, place, required, nullable: false });
const row = (name: string, is: 'text' | 'money' | 'instant'): ImportField => field(name, { is }, 'row');
const someone = ['personId', 'email'] as const;

interface Details {
  readonly happened?: boolean;
  readonly more?: readonly ImportField[];
  readonly needs?: readonly string[];
  readonly oneOf?: readonly (readonly string[])[];
  readonly defaults?: Readonly<Record<string, string>>;
}

/**
 * A kind whose rows tell of something that `happened` must say when; the others state how things are.
 * `needs`: fields that a row must hold beyond what the SIGNAL requires, or not, where another can stand in.
 */
function ofSignal(as: string, signal: SignalKind, { happened = false, more = [], needs = [], oneOf = [], defaults = {} }: Details = {}): ImportKind {
  const given = new Set(Object.keys(defaults));
  const optional = new Set(oneOf.flat());
  const own = signalFields(signal).map((one) => ({
    ...one,
    // Without one it is the currency that the deployment reports in.
    required: one.type.is !== 'currency' && (one.required || needs.includes(one.name) || (happened && one.name === 'occurredAt')) && !given.has(one.name) && !optional.has(one.name),
  }));
  const email = own.some(({ name }) => name === 'email') ? [] : [row('email', 'text')];
  return { as, signal, fields: [...own, ...email, ...more], oneOf: [['accountId', ...someone], ...oneOf], open: signal === 'usage' ? 'properties' : null, defaults };
}

const text = { is: 'text' } as const;

const accounts: ImportKind = {
  as: 'accounts',
  signal: null,
  fields: [
    field('accountId', text, 'signal', true),
    ...['name', 'segment', 'tier', 'region', 'country', 'timeZone', 'lifecycleStage', 'ownerId', 'parentId'].map((name) => field(name, text, 'data')),
    field('goLive', { is: 'day' }, 'data'),
    field('createdAt', { is: 'instant' }, 'row'),
  ],
  oneOf: [],
  open: 'traits',
  defaults: {},
};

/** Lines that are SIGNALs already; their fields are not mapped. */
const signals: ImportKind = { as: 'signals', signal: null, fields: [], oneOf: [], open: null, defaults: {} };

const kinds: readonly ImportKind[] = [
  accounts,
  ofSignal('people', 'person', { defaults: { change: 'updated' }, oneOf: [someone] }),
  ofSignal('contracts', 'contract', { defaults: { status: 'created' }, more: [row('arr', 'money')], oneOf: [['arrMinor', 'arr']] }),
  ofSignal('tickets', 'ticket', { defaults: { priority: 'normal' }, more: [row('openedAt', 'instant'), row('solvedAt', 'instant')], oneOf: [['occurredAt', 'openedAt'], ['status', 'openedAt']] }),
  ofSignal('surveys', 'survey', { happened: true }),
  ofSignal('usage', 'usage', { happened: true }),
  ofSignal('licenses', 'license'),
  ofSignal('engagements', 'engagement', { happened: true }),
  ofSignal('milestones', 'milestone'),
  ofSignal('metrics', 'metric', { happened: true }),
  ofSignal('pulses', 'pulse', { happened: true }),
  ofSignal('notes', 'note', { happened: true }),
  ofSignal('invoices', 'invoice', { more: [row('amount', 'money')], oneOf: [['amountMinor', 'amount']] }),
  ofSignal('goals', 'goal', { defaults: { status: 'set' } }),
  ofSignal('opportunities', 'opportunity', { more: [row('amount', 'money')], oneOf: [['amountMinor', 'amount']] }),
  signals,
];

/** Values of `--as`. */
export const importKindNames = kinds.map(({ as }) => as);

export const importKindNamed = (as: string): ImportKind | null => kinds.find((kind) => kind.as === as) ?? null;

/** True when a column can be mapped to `name`. */
export function takesField({ fields, open }: ImportKind, name: string): boolean {
  return fields.some((one) => one.name === name) || (open !== null && name.startsWith(`${open}.`) && name.length > open.length + 1 && name.length <= 200);
}
