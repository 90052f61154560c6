import type { SignalKind } from '@perennial/contracts/signal';
import type { Role } from '../contact.js';

/** A constant, or a CEL expression over the message. */
export type MappedValue = string | number | boolean | null | readonly unknown[] | { readonly cel: string };

/** What events of a source mean, in the company's own words. The first rule that fits a message decides. */
export interface MappingRule {
  readonly name: string;
  /** Names of events it is for; without it all. */
  readonly events?: readonly string[];
  /** CEL that must be true. */
  readonly condition?: string;
  /** Kind of signal; `none`: it is taken and tells nothing; without it the kind stays. */
  readonly kind?: SignalKind | 'none';
  /** Fields of the signal's `data`. Those of `usage` without a rule of their own stay as they were. */
  readonly data?: Readonly<Record<string, MappedValue>>;
  readonly feature?: MappedValue;
  readonly quantity?: MappedValue;
  readonly product?: MappedValue;
  /** What the event says of its account: traits, of which name, segment, tier and region are fields. */
  readonly account?: Readonly<Record<string, MappedValue>>;
  /** The role its person has at the account. */
  readonly role?: Role;
}

export interface Mapping {
  readonly rules: readonly MappingRule[];
  /** Whether the rules for Segment's B2B SaaS events follow. */
  readonly builtIn: boolean;
}

export const maxRules = 200;
/** Characters of all rules as JSON. */
export const maxMappingSize = 128 * 1024;

export function isExpression(value: MappedValue): value is { readonly cel: string } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
