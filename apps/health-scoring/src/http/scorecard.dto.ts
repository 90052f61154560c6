import { ApiProperty, ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsObject, IsOptional, IsString, Length, Min, ValidateIf, ValidateNested } from 'class-validator';
import { Criteria, Scorecard } from '../domain/scorecard/scorecard.js';

const schemaOf = (schema: object, description: string): ApiPropertyOptions => ({ ...(JSON.parse(JSON.stringify(schema)) as object), description });
export const Document = () => ApiProperty(schemaOf(Scorecard, 'The whole scorecard. Settings are those of its measures, caps and indicators.'));

/** A document as it was sent: what the framework read is made of its own kind of objects. */
export const plain = (document: object): unknown => JSON.parse(JSON.stringify(document));

export class CheckScorecard {
  @Document()
  @IsObject()
  document!: object;
}

export class ScorecardReason {
  @ApiProperty({ minLength: 1, maxLength: 2000, description: 'Why; kept with who and when.' })
  @IsString()
  @Length(1, 2000)
  reason!: string;
}

export class PublishScorecard extends ScorecardReason {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, nullable: true, description: 'The revision that is in force as far as you know, null for none: where another one is, nothing is published and the answer is 409.' })
  @ValidateIf((body: PublishScorecard) => body.expectedRevision !== undefined && body.expectedRevision !== null)
  @IsInt()
  @Min(1)
  expectedRevision?: number | null;
}

export class DraftScorecard extends CheckScorecard {
  @ApiPropertyOptional({ minLength: 1, maxLength: 500, description: 'What changed and why.' })
  @IsOptional()
  @IsString()
  @Length(1, 500)
  note?: string;

  @ApiPropertyOptional({ type: PublishScorecard, description: 'Put it in force at once; where that is refused, nothing is kept either.' })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => PublishScorecard)
  publish?: PublishScorecard;
}

export class ScorecardFaultView {
  @ApiProperty({ description: 'JSON pointer into the document.' }) pointer!: string;
  @ApiProperty() detail!: string;
}

export class CheckedScorecard {
  @ApiProperty({ type: [ScorecardFaultView], description: 'Empty: it can judge.' }) faults!: readonly ScorecardFaultView[];
}

export class PublicationView {
  @ApiProperty({ type: 'integer', description: 'Rises by one with each publication of any scorecard.' }) generation!: number;
  @ApiProperty() scorecardId!: string;
  @ApiProperty({ type: 'integer', nullable: true, description: 'Null: the scorecard was retired.' }) revision!: number | null;
  @ApiProperty({ type: 'integer', nullable: true, description: 'The revision that was in force before.' }) replaced!: number | null;
  @ApiProperty({ enum: ['publish', 'roll_back', 'retire'] }) action!: string;
  @ApiProperty() reason!: string;
  @ApiProperty({ format: 'date-time' }) at!: string;
  @ApiProperty({ description: 'Who did it.' }) by!: string;
}

export class ScorecardView {
  @ApiProperty() id!: string;
  @ApiProperty() description!: string;
  @ApiProperty({ enum: ['primary', 'shadow'] }) role!: string;
  @ApiProperty({ type: 'integer', description: 'Of the primary ones the first by `order` whose criteria an account meets judges it.' }) order!: number;
  @ApiProperty(schemaOf(Criteria, 'Which accounts it is for; empty: all.')) criteria!: object;
  @ApiProperty({ type: 'integer', nullable: true, description: 'The revision in force; null: none is.' }) revision!: number | null;
  @ApiProperty({ type: 'integer' }) newestRevision!: number;
  @ApiProperty({ type: PublicationView, nullable: true, description: 'What was last done with it.' }) publication!: PublicationView | null;
}

export class MoveCountView {
  @ApiProperty() from!: string;
  @ApiProperty() to!: string;
  @ApiProperty({ type: 'integer' }) accounts!: number;
}

export class RolloutView {
  @ApiProperty({ type: 'integer', description: 'Accounts that are still judged by what was in force before; 0: it is through.' }) waiting!: number;
  @ApiProperty({ type: [MoveCountView], description: 'Accounts whose band it changed.' }) bands!: readonly MoveCountView[];
  @ApiProperty({ type: [MoveCountView], description: 'Accounts whose risk level it changed.' }) riskLevels!: readonly MoveCountView[];
}

export class RevisionRow {
  @ApiProperty({ description: 'The revision, as text: rows of a list have ids.' }) id!: string;
  @ApiProperty() scorecardId!: string;
  @ApiProperty({ type: 'integer' }) revision!: number;
  @ApiProperty({ enum: ['draft', 'in_force', 'replaced'] }) state!: string;
  @ApiProperty({ type: 'integer', nullable: true, description: 'Of the scorecard that comes with the software; null: somebody made it.' }) edition!: number | null;
  @ApiProperty({ type: String, nullable: true }) note!: string | null;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiProperty() createdBy!: string;
  @ApiProperty({ type: [PublicationView], description: 'Newest first.' }) publications!: readonly PublicationView[];
}

export class RevisionView extends RevisionRow {
  @Document() document!: object;
  @ApiProperty({ type: RolloutView, nullable: true, description: 'How far its last publication has come; null: it was never in force.' }) rollout!: RolloutView | null;
}

/** Whatever stands in a document. */
const anything = { anyOf: ['string', 'number', 'boolean', 'array', 'object', 'null'].map((type) => ({ type })) };

export class ChangeView {
  @ApiProperty({ example: 'measures.survey.weight' }) path!: string;
  @ApiProperty({ example: 'measure survey: weight 9 -> 12' }) text!: string;
  @ApiPropertyOptional({ ...anything, description: 'Absent where it was added.' }) before?: unknown;
  @ApiPropertyOptional({ ...anything, description: 'Absent where it was removed.' }) after?: unknown;
}

export class ComparisonView {
  @ApiProperty({ type: 'integer', nullable: true, description: 'Null: there was none before.' }) from!: number | null;
  @ApiProperty({ type: 'integer' }) to!: number;
  @ApiProperty({ type: [ChangeView] }) changes!: readonly ChangeView[];
}
