import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { SignInGuard, type CountedSubject } from '../application/sign-in-guard.js';
import { sha256 } from '../application/secrets.js';
import { auditStart, auditText, type AuditEntry } from '../domain/audit-chain.js';
import { blockedSeconds, forgetAfterSeconds } from '../domain/sign-in-backoff.js';

/** Serialises writers of the audit chain: each entry needs the hash before it. */
const auditLock = 5_210_774;

@Injectable()
export class PostgresSignInGuard extends SignInGuard {
  constructor(private readonly database: Database) {
    super();
  }

  async blockedFor(subjects: readonly CountedSubject[]): Promise<number> {
    const [row] = await this.database.query<{ seconds: string | null }>({
      text: 'SELECT ceil(extract(epoch FROM max(blocked_until) - now())) AS seconds FROM sign_in_failures WHERE subject = ANY($1)',
      values: [subjects.map(({ subject }) => subject)],
    });
    return Math.max(0, Number(row?.seconds ?? 0));
  }

  async failed(tx: Transaction, subjects: readonly CountedSubject[]): Promise<void> {
    await tx.query({ text: 'DELETE FROM sign_in_failures WHERE last_failed_at < now() - make_interval(secs => $1)', values: [forgetAfterSeconds] });
    // In one order, so that two failures of the same address do not wait for each other.
    for (const { counted, subject } of subjects.toSorted((a, b) => a.subject.compare(b.subject))) {
      const [row] = await tx.query<{ failures: number }>({
        text: `INSERT INTO sign_in_failures AS f (subject, failures, last_failed_at) VALUES ($1, 1, now())
               ON CONFLICT (subject) DO UPDATE SET failures = f.failures + 1, last_failed_at = now() RETURNING failures`,
        values: [subject],
      });
      const seconds = blockedSeconds(counted, row?.failures ?? 1);
      if (seconds > 0) await tx.query({ text: 'UPDATE sign_in_failures SET blocked_until = now() + make_interval(secs => $2) WHERE subject = $1', values: [subject, seconds] });
    }
  }

  async succeeded(tx: Transaction, subjects: readonly CountedSubject[]): Promise<void> {
    // The address alone stays counted: one account of one's own must not clear the way to guess others.
    const cleared = subjects.filter(({ counted }) => counted !== 'address').map(({ subject }) => subject);
    await tx.query({ text: 'DELETE FROM sign_in_failures WHERE subject = ANY($1)', values: [cleared] });
  }

  async audit(tx: Transaction, entry: AuditEntry): Promise<void> {
    await tx.query({ text: 'SELECT pg_advisory_xact_lock($1)', values: [auditLock] });
    const [last] = await tx.query<{ hash: string }>('SELECT hash FROM sign_in_audit ORDER BY id DESC LIMIT 1');
    const previous = last?.hash ?? auditStart;
    await tx.query({
      text: 'INSERT INTO sign_in_audit (at, event, user_id, email_hash, address, previous_hash, hash) VALUES ($1, $2, $3, $4, $5, $6, $7)',
      values: [entry.at, entry.event, entry.userId, entry.emailHash, entry.address, previous, sha256(auditText(previous, entry)).toString('hex')],
    });
  }
}
