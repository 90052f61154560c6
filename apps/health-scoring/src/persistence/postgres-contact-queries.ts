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

  async keptOrNamed(accountId: string, personIds: readonly string[]): Promise<ContactFacts[]> {
    const rows = await this.database.query<{ person_id: string; facts: Buffer }>({
      name: 'contacts-of-account',
      text: 'SELECT person_id, facts FROM contact_health WHERE account_id = $1 AND (kept OR person_id = ANY($2::text[])) ORDER BY person_id',
      values: [accountId, personIds],
    });
    return rows.map((row) => decodeContact(row.person_id, row.facts));
  }
}
