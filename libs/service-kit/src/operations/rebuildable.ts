import type { Transaction } from '@perennial/persistence/transaction';

/**
 * Empties every table of a service that the log can fill again. What records drafted for log topics before is not told
 * again, but what time or people bring about is: that it was told must not be forgotten.
 */
export type ClearDerived = (tx: Transaction) => Promise<void>;

/** Injection token of the service's own; null where there is nothing to rebuild. */
export const CLEAR_DERIVED = Symbol('ClearDerived');
