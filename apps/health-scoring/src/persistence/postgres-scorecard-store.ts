import { Injectable } from '@nestjs/common';
import { Database, type Sql, type Transaction } from '@perennial/persistence/transaction';
import { ScorecardStore, type Move, type MoveCount, type Publication, type Rollout, type ScorecardEntry, type ScorecardRevision } from '../application/scorecard-store.js';

const revisionColumns = 'r.scorecard_id AS "scorecardId", r.revision, r.document, r.edition, r.note, r.created_at AS "createdAt", r.created_by AS "createdBy"';
const publicationColumns = 'p.generation, p.scorecard_id AS "scorecardId", p.revision, p.replaced, p.action, p.reason, p.at, p.by';

@Injectable()
export class PostgresScorecardStore extends ScorecardStore {
  constructor(private readonly database: Database) {
    super();
  }

  async lock(tx: Transaction): Promise<void> {
    await tx.query('LOCK TABLE scorecard_publication IN SHARE ROW EXCLUSIVE MODE');
  }

  async newestGeneration(sql: Sql): Promise<number> {
    const [row] = await sql.query<{ generation: number | null }>({ name: 'newest-generation', text: 'SELECT max(generation) AS generation FROM scorecard_publication' });
    return row?.generation ?? 0;
  }

  inForceAt(sql: Sql, generation: number): Promise<ScorecardRevision[]> {
    return sql.query<ScorecardRevision>({
      text: `SELECT ${revisionColumns} FROM (SELECT DISTINCT ON (scorecard_id) scorecard_id, revision FROM scorecard_publication WHERE generation <= $1 ORDER BY scorecard_id, generation DESC) p
             JOIN scorecard_revision r USING (scorecard_id, revision) ORDER BY r.scorecard_id`,
      values: [generation],
    });
  }

  everInForce(sql: Sql): Promise<ScorecardRevision[]> {
    return sql.query<ScorecardRevision>(`SELECT ${revisionColumns} FROM scorecard_revision r WHERE EXISTS (SELECT FROM scorecard_publication p WHERE p.scorecard_id = r.scorecard_id AND p.revision = r.revision)`);
  }

  async list(limit: number, startingAfter: string | null): Promise<ScorecardEntry[]> {
    const rows = await this.database.query<{ document: ScorecardEntry['document']; newestRevision: number } & Omit<Publication, 'generation'> & { generation: number | null }>({
      text: `SELECT r.document, n.revision AS "newestRevision", p.generation, n.scorecard_id AS "scorecardId", p.revision, p.replaced, p.action, p.reason, p.at, p.by
             FROM (SELECT scorecard_id, max(revision) AS revision FROM scorecard_revision GROUP BY scorecard_id) n
             LEFT JOIN LATERAL (SELECT * FROM scorecard_publication p WHERE p.scorecard_id = n.scorecard_id ORDER BY generation DESC LIMIT 1) p ON true
             JOIN scorecard_revision r ON r.scorecard_id = n.scorecard_id AND r.revision = coalesce(p.revision, p.replaced, n.revision)
             WHERE ($2::text IS NULL OR n.scorecard_id > $2) ORDER BY n.scorecard_id LIMIT $1`,
      values: [limit, startingAfter],
    });
    return rows.map(({ document, newestRevision, generation, ...publication }) => ({ document, newestRevision, publication: generation === null ? null : { generation, ...publication } }));
  }

  async find(sql: Sql, scorecardId: string, revision: number): Promise<ScorecardRevision | null> {
    const [row] = await sql.query<ScorecardRevision>({ text: `SELECT ${revisionColumns} FROM scorecard_revision r WHERE scorecard_id = $1 AND revision = $2`, values: [scorecardId, revision] });
    return row ?? null;
  }

  revisions(sql: Sql, scorecardId: string, limit: number, before: number | null): Promise<ScorecardRevision[]> {
    return sql.query<ScorecardRevision>({
      text: `SELECT ${revisionColumns} FROM scorecard_revision r WHERE scorecard_id = $1 AND ($3::integer IS NULL OR revision < $3) ORDER BY revision DESC LIMIT $2`,
      values: [scorecardId, limit, before],
    });
  }

  publications(sql: Sql, scorecardId: string, limit: number): Promise<Publication[]> {
    return sql.query<Publication>({ text: `SELECT ${publicationColumns} FROM scorecard_publication p WHERE scorecard_id = $1 ORDER BY generation DESC LIMIT $2`, values: [scorecardId, limit] });
  }

  async newestEdition(sql: Sql, scorecardId: string): Promise<ScorecardRevision | null> {
    const [row] = await sql.query<ScorecardRevision>({ text: `SELECT ${revisionColumns} FROM scorecard_revision r WHERE scorecard_id = $1 AND edition IS NOT NULL ORDER BY edition DESC LIMIT 1`, values: [scorecardId] });
    return row ?? null;
  }

  async addRevision(tx: Transaction, { scorecardId, revision, document, edition, note, createdAt, createdBy }: ScorecardRevision): Promise<void> {
    await tx.query({
      text: 'INSERT INTO scorecard_revision (scorecard_id, revision, document, edition, note, created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7)',
      values: [scorecardId, revision, JSON.stringify(document), edition, note, createdAt, createdBy],
    });
  }

  async forgetDrafts(tx: Transaction, scorecardId: string, kept: number): Promise<void> {
    await tx.query({
      text: `DELETE FROM scorecard_revision WHERE scorecard_id = $1 AND revision IN (
               SELECT revision FROM scorecard_revision r WHERE scorecard_id = $1 AND edition IS NULL AND NOT EXISTS (SELECT FROM scorecard_publication p WHERE p.scorecard_id = r.scorecard_id AND p.revision = r.revision)
               ORDER BY revision DESC OFFSET $2
             ) AND NOT EXISTS (SELECT FROM backtest b WHERE b.scorecard_id = $1 AND b.revision = scorecard_revision.revision)`,
      values: [scorecardId, kept],
    });
  }

  async count(sql: Sql): Promise<number> {
    const [row] = await sql.query<{ n: number }>('SELECT count(DISTINCT scorecard_id)::integer AS n FROM scorecard_revision');
    return row?.n ?? 0;
  }

  async addPublication(tx: Transaction, { generation, scorecardId, revision, replaced, action, reason, at, by }: Publication, told: boolean): Promise<void> {
    await tx.query({
      text: 'INSERT INTO scorecard_publication (generation, scorecard_id, revision, replaced, action, reason, at, by, told_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)',
      values: [generation, scorecardId, revision, replaced, action, reason, at, by, told ? at : null],
    });
  }

  async addMoves(tx: Transaction, generation: number, moves: readonly Move[]): Promise<void> {
    if (moves.length === 0) return;
    await tx.query({
      name: 'add-scorecard-moves',
      text: `INSERT INTO scorecard_move (generation, account_id, from_band, to_band, from_risk, to_risk) SELECT $1, m.* FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) AS m
             ON CONFLICT DO NOTHING`,
      values: [generation, moves.map((m) => m.accountId), moves.map((m) => m.fromBand), moves.map((m) => m.toBand), moves.map((m) => m.fromRisk), moves.map((m) => m.toRisk)],
    });
  }

  async canTell(sql: Sql, generation: number): Promise<boolean> {
    const [row] = await sql.query<{ can: boolean }>({
      name: 'can-tell-scorecards',
      text: `SELECT EXISTS (SELECT FROM scorecard_publication WHERE told_at IS NULL AND generation <= $1)
                AND NOT EXISTS (SELECT FROM portfolio WHERE next_look_at IS NOT NULL AND generation < (SELECT max(generation) FROM scorecard_publication WHERE told_at IS NULL AND generation <= $1)) AS can`,
      values: [generation],
    });
    return row?.can ?? false;
  }

  async takeUntold(tx: Transaction, generation: number, at: Date): Promise<Publication[]> {
    const taken = await tx.query<Publication>({
      text: `UPDATE scorecard_publication p SET told_at = $2 WHERE told_at IS NULL AND generation <= $1 RETURNING ${publicationColumns}`,
      values: [generation, at],
    });
    return taken.sort((a, b) => a.generation - b.generation);
  }

  async rollout(sql: Sql, generation: number): Promise<Rollout> {
    const [waiting, bands, riskLevels] = [
      await sql.query<{ accounts: number }>({ text: 'SELECT count(*)::integer AS accounts FROM portfolio WHERE next_look_at IS NOT NULL AND generation < $1', values: [generation] }),
      await sql.query<MoveCount>({ text: countsOf('from_band', 'to_band'), values: [generation] }),
      await sql.query<MoveCount>({ text: countsOf('from_risk', 'to_risk'), values: [generation] }),
    ];
    return { waiting: waiting[0]?.accounts ?? 0, bands, riskLevels };
  }
}

const countsOf = (from: string, to: string): string =>
  `SELECT ${from} AS from, ${to} AS to, count(*)::integer AS accounts FROM scorecard_move WHERE generation = $1 AND ${from} <> ${to} GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2`;
