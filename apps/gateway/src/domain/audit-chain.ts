/** One line of the sign-in audit, as it is hashed. */
export interface AuditEntry {
  readonly at: string;
  readonly event: 'sign_in' | 'sign_in_refused' | 'sign_in_blocked' | 'sign_out';
  readonly userId: string | null;
  /** SHA-256 of the e-mail as it was typed, lower case: failures are found again without keeping who was guessed. */
  readonly emailHash: string;
  readonly address: string;
}

/** The text whose SHA-256 is an entry's hash: the entry and the hash before it. Changing or removing one breaks all after it. */
export function auditText(previousHash: string, entry: AuditEntry): string {
  return JSON.stringify([previousHash, entry.at, entry.event, entry.userId, entry.emailHash, entry.address]);
}

/** Hash before the first entry. */
export const auditStart = '0'.repeat(64);
