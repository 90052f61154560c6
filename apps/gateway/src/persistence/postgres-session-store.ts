import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { SessionStore } from '../application/session-store.js';
import type { User } from '../domain/user.js';
import { userColumns, userOf, type UserRow } from './postgres-user-store.js';

@Injectable()
export class PostgresSessionStore extends SessionStore {
  constructor(private readonly database: Database) {
    super();
  }

  async open(tx: Transaction, userId: string, tokenHash: Buffer, seconds: number): Promise<Date> {
    await tx.query('DELETE FROM sessions WHERE expires_at < now()');
    const [row] = await tx.query<{ expires_at: Date }>({
      text: 'INSERT INTO sessions (token_hash, user_id, expires_at) VALUES ($1, $2, now() + make_interval(secs => $3)) RETURNING expires_at',
      values: [tokenHash, userId, seconds],
    });
    if (!row) throw new Error('the session was not stored');
    return row.expires_at;
  }

  async find(tokenHash: Buffer): Promise<{ user: User; expiresAt: Date } | null> {
    const [row] = await this.database.query<UserRow & { expires_at: Date }>({
      name: 'session_find',
      text: `SELECT ${userColumns}, s.expires_at FROM sessions s JOIN users u ON u.id = s.user_id
             WHERE s.token_hash = $1 AND s.expires_at > now() AND u.active`,
      values: [tokenHash],
    });
    return row ? { user: userOf(row), expiresAt: row.expires_at } : null;
  }

  async close(tx: Transaction, tokenHash: Buffer): Promise<void> {
    await tx.query({ text: 'DELETE FROM sessions WHERE token_hash = $1', values: [tokenHash] });
  }

  async closeAll(tx: Transaction, userId: string): Promise<void> {
    await tx.query({ text: 'DELETE FROM sessions WHERE user_id = $1', values: [userId] });
  }
}
