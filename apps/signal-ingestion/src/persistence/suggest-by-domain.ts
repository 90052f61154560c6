import type { Sql } from '@perennial/persistence/transaction';
import type { Suggestion } from '../application/suggestions.js';

/** Whose mail domain it is and whom not to suggest: the account itself. */
export interface DomainQuestion {
  readonly accountId: string | null;
  readonly domain: string;
}

/** People of one domain that are looked at: enough to see whether it is a company's or everybody's. */
const mostPeople = 5_000;

/** For each question the account where most people of the domain are; those without any are left out. */
export async function suggestByDomain(sql: Sql, questions: readonly DomainQuestion[]): Promise<(DomainQuestion & { readonly suggestion: Suggestion })[]> {
  if (questions.length === 0) return [];
  const rows = await sql.query<{ asked: string; domain: string; account_id: string; people: string; total: string }>({
    text: `SELECT q.asked, q.domain, t.account_id, t.people, t.total FROM unnest($1::text[], $2::text[]) AS q (asked, domain) CROSS JOIN LATERAL (
             SELECT account_id, count(*) AS people, sum(count(*)) OVER () AS total FROM (
               SELECT coalesce(a.root_id, a.id) AS account_id FROM (SELECT account_id FROM contact WHERE email_domain = q.domain LIMIT ${mostPeople}) c JOIN account a ON a.id = c.account_id
             ) known WHERE account_id <> q.asked GROUP BY account_id ORDER BY people DESC, account_id LIMIT 1
           ) t`,
    values: [questions.map(({ accountId }) => accountId ?? ''), questions.map(({ domain }) => domain)],
  });
  return rows.map(({ asked, domain, account_id: accountId, people, total }) => ({
    accountId: asked === '' ? null : asked, domain, suggestion: { accountId, because: 'email_domain', people: Number(people), share: shareOf(Number(people), Number(total)) },
  }));
}

export const shareOf = (part: number, whole: number): number => (whole === 0 ? 0 : Math.round((part / whole) * 100) / 100);
