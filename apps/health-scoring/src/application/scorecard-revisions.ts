import { Injectable } from '@nestjs/common';
import { Database, type Sql } from '@perennial/persistence/transaction';
import { compileScorecard, type CompiledScorecard, type ScorecardRef } from '../domain/scorecard/compile-scorecard.js';
import { mixed, type DayPassage } from '../domain/scorecard/passage.js';
import { ScorecardStore } from './scorecard-store.js';

/** By what an account was judged on a day. */
export interface JudgedBy {
  readonly judgedBy: ScorecardRef;
  readonly passage: DayPassage | null;
}

const mostKept = 200;

/** Revisions that judge or did judge, compiled once: none of them ever changes. */
@Injectable()
export class ScorecardRevisions {
  private readonly compiled = new Map<string, CompiledScorecard>();

  constructor(
    private readonly database: Database,
    private readonly store: ScorecardStore,
  ) {}

  /** What judged, mixed where the account was on its way. Throws UnfitScorecard where this version of the software cannot judge by it. */
  async judging({ judgedBy, passage }: JudgedBy, sql: Sql = this.database): Promise<CompiledScorecard> {
    const card = await this.revision(judgedBy, sql);
    return passage === null ? card : mixed(await this.revision(passage.from, sql), card, passage);
  }

  /** Throws UnfitScorecard where this version of the software cannot judge by it. */
  async revision({ id, revision }: ScorecardRef, sql: Sql = this.database): Promise<CompiledScorecard> {
    const key = `${id}@${revision}`;
    const known = this.compiled.get(key);
    if (known) return known;
    const found = await this.store.find(sql, id, revision);
    if (found === null) throw new RangeError(`there is no revision ${revision} of the scorecard ${id}, by which an account was judged`);
    const card = compileScorecard(found.document, revision);
    if (this.compiled.size >= mostKept) this.compiled.clear();
    this.compiled.set(key, card);
    return card;
  }
}
