import { Injectable } from '@nestjs/common';
import { Database } from '@perennial/persistence/transaction';
import { ContactQueries } from '../application/contact-queries.js';
import type { ContactFacts } from '../domain/contacts/contact-facts.js';
import { decodeContact } from '../domain/state-codec.js';

@Injectable()
export class PostgresContactQueries extends ContactQueries {
  constructor(private readonly database: Database) {
    super();
  }

  async page(accountId: string, limit: number, startingAfter: string | null): Promise<ContactFacts[] | null> {
    const rows = await this.database.query<{ person_id: string; facts: Buffer }>({
      name: 'contacts-by-id',
      text: `SELECT person_id, facts FROM contact_health WHERE account_id = $1 AND person_id <> '' AND ($2::text IS NULL OR person_id > $2) ORDER BY person_id LIMIT $3`,
      values: [accountId, startingAfter, limit],
    });
    if (rows.length === 0 && startingAfter !== null && !(await this.isKnown(accountId, startingAfter))) return null;
    return rows.map((row) => decodeContact(row.person_id, row.facts));
  }

  private async isKnown(accountId: string, personId: string): Promise<boolean> {
    return (await this.database.query({ text: 'SELECT 1 FROM contact_health WHERE account_id = $1 AND person_id = $2', values: [accountId, personId] })).length === 1;
  }

  async keptOf(accountIds: readonly string[]): Promise<Map<string, ContactFacts[]>> {
    const rows = await this.database.query<{ account_id: string; person_id: string; facts: Buffer }>({
      name: 'kept-contacts-of-accounts', text: 'SELECT account_id, person_id, facts FROM contact_health WHERE account_id = ANY($1::text[]) AND kept', values: [accountIds],
    });
    const found = new Map<string, ContactFacts[]>(accountIds.map((id) => [id, []]));
    for (const row of rows) found.get(row.account_id)?.push(decodeContact(row.person_id, row.facts));
    return found;
  }

  async keptOrNamed(accountId: string, personIds: readonly string[]): Promise<ContactFacts[]> {
    const rows = await this.database.query<{ person_id: string; facts: Buffer }>({
      name: 'contacts-of-account',
      text: 'SELECT person_id, facts FROM contact_health WHERE account_id = $1 AND (kept OR person_id = ANY($2::text[])) ORDER BY person_id',
      values: [accountId, personIds],
    });
    return rows.map((row) => decodeContact(row.person_id, row.facts));
  }
}
