import { Injectable } from '@nestjs/common';
import type { Sql } from '@perennial/persistence/transaction';
import { KeyFeatureStore } from '../application/key-features.js';
import { isoDay, parseDay, type EpochDay } from '../domain/time/day.js';

@Injectable()
export class PostgresKeyFeatureStore extends KeyFeatureStore {
  async keep(sql: Sql, names: readonly string[], today: EpochDay): Promise<void> {
    // The row without a name says that the list was kept before; until then nobody knows since when the features are counted.
    await sql.query({
      name: 'keep-key-features',
      text: `INSERT INTO key_feature (name, counted_since)
             SELECT name, CASE WHEN EXISTS (SELECT FROM key_feature) AND EXISTS (SELECT FROM account_health) THEN $2::date END FROM unnest($1::text[]) AS name
             ON CONFLICT DO NOTHING`,
      values: [['', ...names], isoDay(today)],
    });
    // What is counted no more begins anew when it comes back.
    await sql.query({ name: 'drop-key-features', text: `DELETE FROM key_feature WHERE name <> ALL ($1::text[])`, values: [['', ...names]] });
  }

  async countedLater(sql: Sql): Promise<ReadonlyMap<string, EpochDay>> {
    const rows = await sql.query<{ name: string; since: string }>({ name: 'key-features', text: 'SELECT name, counted_since::text AS since FROM key_feature WHERE counted_since IS NOT NULL' });
    return new Map(rows.map(({ name, since }) => [name, parseDay(since)]));
  }
}
