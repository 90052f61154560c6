import { Injectable } from '@nestjs/common';
import { Database, type Sql, type Transaction } from '@perennial/persistence/transaction';
import type { Suggestion } from '../application/suggestions.js';
import { UnknownAccounts, type UnknownAccount } from '../application/unknown-accounts.js';
import { shareOf, suggestByDomain } from './suggest-by-domain.js';

/** As the partial index has it. */
const isUnknown = `doc -> 'stamps' = '{}'::jsonb AND confirmed_at IS NULL AND merged_into IS NULL`;
const mostSuggestions = 3;
/** Signals and people of an account that are counted: more is many. */
const mostCounted = 1_000;
/** People of an account that suggestions look at. */
const mostPeople = 200;

interface Row {
  id: string;
  first_seen: Date;
  last_seen: Date | null;
  signals: string;
  people: string;
}

@Injectable()
export class PostgresUnknownAccounts extends UnknownAccounts {
  constructor(private readonly database: Database) {
    super();
  }

  async list(limit: number, startingAfter: string | null): Promise<UnknownAccount[]> {
    const rows = await this.database.query<Row>({
      text: `SELECT a.id, a.created_at AS first_seen, s.signals, l.occurred_at AS last_seen, p.people
             FROM (SELECT id, created_at FROM account WHERE ${isUnknown} AND ($1::text IS NULL OR id > $1) ORDER BY id LIMIT $2) a
             CROSS JOIN LATERAL (SELECT count(*) AS signals FROM (SELECT FROM message WHERE account_id = a.id AND kind IS NOT NULL LIMIT ${mostCounted}) m) s
             CROSS JOIN LATERAL (SELECT count(*) AS people FROM (SELECT FROM contact WHERE account_id = a.id LIMIT ${mostCounted}) c) p
             LEFT JOIN LATERAL (SELECT occurred_at FROM message WHERE account_id = a.id AND kind IS NOT NULL ORDER BY occurred_at DESC LIMIT 1) l ON true
             ORDER BY a.id`,
      values: [startingAfter, limit],
    });
    const ids = rows.map(({ id }) => id);
    const suggestions = Map.groupBy([...(await this.byPeople(ids)), ...(await this.byDomain(ids))], ({ id }) => id);
    return rows.map((row) => ({
      id: row.id, signals: Number(row.signals), people: Number(row.people), firstSeenAt: row.first_seen, lastSeenAt: row.last_seen,
      suggestions: best((suggestions.get(row.id) ?? []).map(({ suggestion }) => suggestion)),
    }));
  }

  async has(sql: Sql, id: string): Promise<boolean> {
    return (await sql.query({ text: `SELECT FROM account WHERE id = $1 AND ${isUnknown}`, values: [id] })).length > 0;
  }

  async confirm(tx: Transaction, id: string, at: Date): Promise<void> {
    await tx.query({ text: 'UPDATE account SET confirmed_at = $2 WHERE id = $1', values: [id, at] });
  }

  /** Other accounts that know the same people. */
  private async byPeople(ids: readonly string[]): Promise<{ id: string; suggestion: Suggestion }[]> {
    const rows = await this.database.query<{ id: string; account_id: string; people: string; total: string }>({
      text: `SELECT u.id, o.account_id, o.people, o.total FROM unnest($1::text[]) AS u (id) CROSS JOIN LATERAL (
               SELECT coalesce(a.root_id, a.id) AS account_id, count(DISTINCT c.person_id) AS people, (SELECT count(*) FROM (SELECT FROM contact WHERE account_id = u.id LIMIT ${mostPeople}) k) AS total
               FROM (SELECT person_id FROM contact WHERE account_id = u.id ORDER BY person_id LIMIT ${mostPeople}) m JOIN contact c ON c.person_id = m.person_id JOIN account a ON a.id = c.account_id
               WHERE coalesce(a.root_id, a.id) <> u.id GROUP BY 1 ORDER BY people DESC, 1 LIMIT ${mostSuggestions}
             ) o`,
      values: [ids],
    });
    return rows.map(({ id, account_id: accountId, people, total }) => ({ id, suggestion: { accountId, because: 'same_people', people: Number(people), share: shareOf(Number(people), Number(total)) } }));
  }

  private async byDomain(ids: readonly string[]): Promise<{ id: string; suggestion: Suggestion }[]> {
    const domains = await this.database.query<{ id: string; domain: string }>({
      text: `SELECT DISTINCT u.id, c.email_domain AS domain FROM unnest($1::text[]) AS u (id)
             CROSS JOIN LATERAL (SELECT email_domain FROM contact WHERE account_id = u.id AND email_domain IS NOT NULL ORDER BY person_id LIMIT ${mostPeople}) c`,
      values: [ids],
    });
    const found = await suggestByDomain(this.database, domains.map(({ id, domain }) => ({ accountId: id, domain })));
    return found.map(({ accountId, suggestion }) => ({ id: accountId ?? '', suggestion }));
  }
}

/** Each account once, people before domains, the larger share first. */
function best(suggestions: readonly Suggestion[]): Suggestion[] {
  const ordered = [...suggestions].sort((a, b) => Number(a.because === 'email_domain') - Number(b.because === 'email_domain') || b.share - a.share || (a.accountId < b.accountId ? -1 : 1));
  return ordered.filter(({ accountId }, at) => ordered.findIndex((other) => other.accountId === accountId) === at).slice(0, mostSuggestions);
}
