import { Injectable } from '@nestjs/common';
import { Database } from '@perennial/persistence/transaction';
import { LeadingStore, type BookFilter } from '../application/leading-indicators.js';
import { usingRoles, type Figure, type LeadingFigures } from '../domain/leading/leading-figures.js';
import { isoDay, type EpochDay } from '../domain/time/day.js';

const ofBook = `merged_into IS NULL AND verdict IS NOT NULL AND ($2::text IS NULL OR owner_id = $2) AND ($3::text IS NULL OR segment = $3)`;

/** Means of what accounts have; what they had before is told by the change of those of which both are known. */
const mean = (name: string): string => `avg(${name}) AS ${name}, avg(${name}) - avg(${name} - ${name}_before) AS ${name}_before`;
const sums = (name: string): string => `ARRAY[${[0, ...usingRoles.map((_, i) => i + 1)].map((i) => `coalesce(sum(${name}[${i + 1}]), 0)::int`).join(', ')}] AS ${name}`;

interface BookRow {
  readonly accounts: number;
  readonly active: number[];
  readonly active_before: number[];
  readonly [name: string]: unknown;
}

@Injectable()
export class PostgresLeadingStore extends LeadingStore {
  constructor(private readonly database: Database) {
    super();
  }

  async uncounted({ ownerId = undefined, segment = undefined }: BookFilter, day: EpochDay, limit: number): Promise<string[]> {
    const rows = await this.database.query<{ account_id: string }>({
      name: 'uncounted-leading', text: `SELECT account_id FROM portfolio p WHERE ${ofBook} AND NOT EXISTS (SELECT FROM leading_indicator l WHERE l.account_id = p.account_id AND l.day = $1::date) LIMIT $4`,
      values: [isoDay(day), ownerId ?? null, segment ?? null, limit],
    });
    return rows.map((row) => row.account_id);
  }

  async save(day: EpochDay, figures: ReadonlyMap<string, LeadingFigures>): Promise<void> {
    const all = [...figures.values()];
    const pair = (of: (one: LeadingFigures) => Figure) => [all.map((one) => of(one).now), all.map((one) => of(one).before)];
    // An array of arrays would have to be rectangular in every driver's eyes: as text it is what it is.
    const active = (at: keyof Figure) => all.map((one) => `{${[one.active, ...one.byRole].map((figure) => figure[at] ?? 0).join()}}`);
    await this.database.query({
      name: 'save-leading',
      text: `INSERT INTO leading_indicator (account_id, day, plan, plan_before, active, active_before, tickets, tickets_before, executive, executive_before, sentiment, sentiment_before)
             SELECT id, $1::date, p, pb, a::integer[], ab::integer[], t, tb, e, eb, s, sb
             FROM unnest($2::text[], $3::float8[], $4::float8[], $5::text[], $6::text[], $7::integer[], $8::integer[], $9::smallint[], $10::smallint[], $11::float8[], $12::float8[]) AS f (id, p, pb, a, ab, t, tb, e, eb, s, sb)
             ON CONFLICT (account_id) DO UPDATE SET day = excluded.day, plan = excluded.plan, plan_before = excluded.plan_before, active = excluded.active, active_before = excluded.active_before,
               tickets = excluded.tickets, tickets_before = excluded.tickets_before, executive = excluded.executive, executive_before = excluded.executive_before, sentiment = excluded.sentiment, sentiment_before = excluded.sentiment_before`,
      values: [isoDay(day), [...figures.keys()], ...pair(({ plan }) => plan), active('now'), active('before'), ...pair(({ tickets }) => tickets), ...pair(({ executive }) => executive), ...pair(({ sentiment }) => sentiment)],
    });
  }

  async ofBook({ ownerId = undefined, segment = undefined }: BookFilter, day: EpochDay): Promise<{ accounts: number; figures: LeadingFigures }> {
    const [row] = await this.database.query<BookRow>({
      name: 'leading-of-book',
      text: `SELECT count(*)::int AS accounts, ${['plan', 'executive', 'sentiment'].map(mean).join(', ')}, ${sums('active')}, ${sums('active_before')},
               coalesce(sum(tickets), 0)::int AS tickets, coalesce(sum(tickets_before), 0)::int AS tickets_before
             FROM leading_indicator JOIN portfolio USING (account_id) WHERE day = $1::date AND ${ofBook}`,
      values: [isoDay(day), ownerId ?? null, segment ?? null],
    });
    const number = (value: unknown): number | null => (value === null || value === undefined ? null : Number(value));
    const figure = (name: string): Figure => ({ now: number(row?.[name]), before: number(row?.[`${name}_before`]) });
    const active = (place: number): Figure => ({ now: row?.active[place] ?? 0, before: row?.active_before[place] ?? 0 });
    return {
      accounts: row?.accounts ?? 0,
      figures: { plan: figure('plan'), active: active(0), byRole: usingRoles.map((role, i) => ({ role, ...active(i + 1) })), tickets: figure('tickets'), executive: figure('executive'), sentiment: figure('sentiment') },
    };
  }
}
