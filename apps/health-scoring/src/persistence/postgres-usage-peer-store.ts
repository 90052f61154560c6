import { Injectable } from '@nestjs/common';
import type { Sql } from '@perennial/persistence/transaction';
import { UsagePeerStore, type PeerLevelOfDay } from '../application/usage-peer-store.js';
import { isoDay, parseDay, type EpochDay } from '../domain/time/day.js';

@Injectable()
export class PostgresUsagePeerStore extends UsagePeerStore {
  async hasAny(sql: Sql, fewest: number): Promise<boolean> {
    const [row] = await sql.query<{ found: number }>({ name: 'comparable-accounts', text: 'SELECT count(*)::int AS found FROM (SELECT FROM portfolio WHERE use_level IS NOT NULL AND merged_into IS NULL LIMIT $1) p', values: [fewest] });
    return (row?.found ?? 0) >= fewest;
  }

  async compare(sql: Sql, day: EpochDay, keptDays: number): Promise<void> {
    await sql.query({
      name: 'compare-use',
      text: `WITH used AS (SELECT size_class, use_level FROM portfolio WHERE use_level IS NOT NULL AND merged_into IS NULL AND NOT EXISTS (SELECT FROM usage_peers WHERE day = $1::date)),
                  middles AS (SELECT size_class, count(*) AS accounts, percentile_cont(0.5) WITHIN GROUP (ORDER BY use_level) AS median FROM used GROUP BY size_class)
             INSERT INTO usage_peers (day, size_class, accounts, median, distance)
             SELECT $1::date, m.size_class, m.accounts, m.median, percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(u.use_level - m.median))
             FROM used u JOIN middles m USING (size_class) GROUP BY m.size_class, m.accounts, m.median
             ON CONFLICT DO NOTHING`,
      values: [isoDay(day)],
    });
    await sql.query({ name: 'forget-use', text: 'DELETE FROM usage_peers WHERE day < $1::date', values: [isoDay(day - keptDays)] });
  }

  async since(sql: Sql, day: EpochDay): Promise<PeerLevelOfDay[]> {
    const rows = await sql.query<{ day: string; size_class: number; accounts: number; median: number; distance: number }>({
      name: 'usage-peers', text: 'SELECT day::text, size_class, accounts, median, distance FROM usage_peers WHERE day >= $1::date', values: [isoDay(day)],
    });
    return rows.map(({ size_class: sizeClass, ...row }) => ({ ...row, day: parseDay(row.day), sizeClass }));
  }
}
