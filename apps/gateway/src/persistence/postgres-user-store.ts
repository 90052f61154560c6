import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { UserStore, type Page } from '../application/user-store.js';
import type { Role } from '../domain/roles.js';
import type { User } from '../domain/user.js';

/** A user's columns, as every store of this service reads them. */
export interface UserRow {
  id: string;
  email: string;
  name: string | null;
  role: Role;
  active: boolean;
  created_at: Date;
}

export const userColumns = 'u.id, u.email, u.name, u.role, u.active, u.created_at';

export function userOf({ id, email, name, role, active, created_at: createdAt }: UserRow): User {
  return { id, email, name, role, active, createdAt };
}

@Injectable()
export class PostgresUserStore extends UserStore {
  constructor(private readonly database: Database) {
    super();
  }

  async insert(tx: Transaction, user: User, passwordHash: string | null): Promise<boolean> {
    const rows = await tx.query({
      text: `INSERT INTO users (id, email, name, role, active, password_hash, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (email) DO NOTHING RETURNING id`,
      values: [user.id, user.email, user.name, user.role, user.active, passwordHash, user.createdAt],
    });
    return rows.length === 1;
  }

  async load(tx: Transaction, id: string): Promise<User | null> {
    const [row] = await tx.query<UserRow>({ text: `SELECT ${userColumns} FROM users u WHERE id = $1 FOR NO KEY UPDATE`, values: [id] });
    return row ? userOf(row) : null;
  }

  async save(tx: Transaction, user: User, passwordHash?: string | null): Promise<void> {
    await tx.query({
      text: 'UPDATE users SET name = $2, role = $3, active = $4, password_hash = CASE WHEN $5 THEN $6 ELSE password_hash END WHERE id = $1',
      values: [user.id, user.name, user.role, user.active, passwordHash !== undefined, passwordHash ?? null],
    });
  }

  async otherActiveAdmins(tx: Transaction, id: string): Promise<number> {
    const rows = await tx.query<{ id: string }>(`SELECT id FROM users WHERE role = 'admin' AND active ORDER BY id FOR NO KEY UPDATE`);
    return rows.filter((row) => row.id !== id).length;
  }

  async byId(id: string): Promise<User | null> {
    const [row] = await this.database.query<UserRow>({ text: `SELECT ${userColumns} FROM users u WHERE id = $1`, values: [id] });
    return row ? userOf(row) : null;
  }

  async credentialsOf(email: string): Promise<{ user: User; passwordHash: string | null } | null> {
    const [row] = await this.database.query<UserRow & { password_hash: string | null }>({ text: `SELECT ${userColumns}, u.password_hash FROM users u WHERE email = $1`, values: [email] });
    return row ? { user: userOf(row), passwordHash: row.password_hash } : null;
  }

  async page({ limit, startingAfter }: Page): Promise<User[]> {
    const rows = await this.database.query<UserRow>({
      text: `SELECT ${userColumns} FROM users u
             WHERE $1::text IS NULL OR (created_at, id) > (SELECT a.created_at, a.id FROM users a WHERE a.id = $1)
             ORDER BY created_at, id LIMIT $2`,
      values: [startingAfter ?? null, limit + 1],
    });
    return rows.map(userOf);
  }
}
