import { ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsPlainText } from '@perennial/service-kit/http/text-rules';
import { ListQuery } from '@perennial/service-kit/list';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import type { RevisionHistory } from '../application/scorecard-queries.js';
import type { Publication, ScorecardEntry } from '../application/scorecard-store.js';
import type { PublicationView, RevisionRow, RevisionView, ScorecardView } from './scorecard.dto.js';

export class ScorecardListQuery extends OmitType(ListQuery, ['startingAfter']) {
  @ApiPropertyOptional({ description: 'Id of the last scorecard already seen.' })
  @IsOptional()
  @IsPlainText()
  startingAfter?: string;
}

export class ComparisonQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, description: 'The revision to compare with.' })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(999_999_999)
  against?: number;
}

/** The number of a revision in an address; null for what is none. */
export const revisionOf = (text: string): number | null => (/^[1-9]\d{0,8}$/.test(text) ? Number(text) : null);

export const publicationViewOf = ({ at, ...publication }: Publication): PublicationView => ({ ...publication, at: at.toISOString() });

export function scorecardViewOf({ document, newestRevision, publication }: ScorecardEntry): ScorecardView {
  const { id, description, role, order, criteria } = document;
  return { id, description, role, order, criteria, revision: publication?.revision ?? null, newestRevision, publication: publication && publicationViewOf(publication) };
}

export function revisionRowOf({ scorecardId, revision, state, edition, note, createdAt, createdBy, publications }: RevisionHistory): RevisionRow {
  return { id: String(revision), scorecardId, revision, state, edition, note, createdAt: createdAt.toISOString(), createdBy, publications: publications.map(publicationViewOf) };
}

export const revisionViewOf = (history: RevisionHistory): RevisionView => ({ ...revisionRowOf(history), document: history.document, rollout: history.rollout });
