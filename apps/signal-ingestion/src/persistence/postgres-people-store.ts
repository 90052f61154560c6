import { Injectable } from '@nestjs/common';
import { Database } from '@perennial/persistence/transaction';
import { PeopleStore, type Person } from '../application/people-store.js';
import { rolesOf, type Contact } from '../domain/contact.js';

interface UnassignedRow {
  key: string;
  email: string | null;
  waiting: string;
  suggested: string | null;
}

@Injectable()
export class PostgresPeopleStore extends PeopleStore {
  constructor(private readonly database: Database) {
    super();
  }

  async atAccount(accountId: string, limit: number, startingAfter: string | null): Promise<Person[]> {
    const rows = await this.database.query<{ doc: Contact }>({
      text: 'SELECT doc FROM contact WHERE account_id = $1 AND ($2::text IS NULL OR person_id > $2) ORDER BY person_id LIMIT $3',
      values: [accountId, startingAfter, limit],
    });
    return rows.map(({ doc }) => ({
      id: doc.personId, accountId: doc.accountId, name: doc.name, email: doc.email, title: doc.title, roles: rolesOf(doc), status: doc.status, waitingSignals: 0, suggestedAccountId: null,
    }));
  }

  async unassigned(limit: number, startingAfter: string | null): Promise<Person[]> {
    const rows = await this.database.query<UnassignedRow>({
      text: `SELECT i.key, i.email, i.waiting, s.account_id AS suggested
             FROM (SELECT key, coalesce(email, CASE WHEN starts_with(key, 'email:') THEN substr(key, 7) END) AS email, waiting FROM identity
                   WHERE account_id IS NULL AND alias_of IS NULL AND ($1::text IS NULL OR key > $1) ORDER BY key LIMIT $2) i
             LEFT JOIN LATERAL (SELECT account_id FROM contact WHERE email_domain = split_part(lower(i.email), '@', 2) GROUP BY account_id ORDER BY count(*) DESC, account_id LIMIT 1) s ON true
             ORDER BY i.key`,
      values: [startingAfter, limit],
    });
    return rows.map((row) => ({
      id: row.key, accountId: null, name: null, email: row.email, title: null, roles: [], status: 'active', waitingSignals: Number(row.waiting), suggestedAccountId: row.suggested,
    }));
  }
}
