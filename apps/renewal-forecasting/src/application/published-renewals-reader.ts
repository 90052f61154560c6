import type { Renewal } from '@perennial/contracts/renewal';

/** A renewal as it was last published. */
export type PublishedRenewal = Renewal & { readonly version: number };

export interface RenewalFilter {
  readonly accountId: string | null;
  /** Days, both included. */
  readonly renewalFrom: string | null;
  readonly renewalTo: string | null;
  readonly state: string | null;
}

/** Place in the list: renewals are listed by date, then id. */
export interface RenewalCursor {
  readonly renewalOn: string;
  readonly id: string;
}

/** Stored verdicts, for reading. */
export abstract class PublishedRenewalsReader {
  abstract list(filter: RenewalFilter, after: RenewalCursor | null, limit: number): Promise<PublishedRenewal[]>;
  abstract get(id: string): Promise<PublishedRenewal | null>;
}
