import type { Renewal } from '@perennial/contracts/renewal';

/** Fields of the answers looked at here. */
export interface Rows {
  readonly hasMore: boolean;
  readonly data: (Renewal & { readonly version: number })[];
}
export interface Contract {
  readonly id: string;
  readonly entries: { readonly status: string; readonly effectiveOn: string; readonly occurredAt: string }[];
}
