import { ApiProperty, ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { IsPlainText } from '@perennial/service-kit/http/text-rules';
import { ListQuery } from '@perennial/service-kit/list';
import { IsIn, IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';
import type { Sentiment } from '../domain/notes/read-sentiment.js';

const sentiments = ['positive', 'negative', 'unclear'] as const;
const roles = ['executive_sponsor', 'budget_holder', 'champion', 'power_user', 'influencer', 'user'] as const;

export class NotesQuery extends OmitType(ListQuery, ['startingAfter']) {
  @ApiPropertyOptional({ description: 'Only notes about this person.' })
  @IsOptional()
  @IsPlainText()
  personId?: string;

  @ApiPropertyOptional({ description: 'Id of the last note already seen.' })
  @IsOptional()
  @IsPlainText()
  startingAfter?: string;
}

export class SentimentWordAnswer {
  @ApiProperty({ description: 'A word of the list, or a phrase.' }) word!: string;
  @ApiProperty({ description: 'What it counts for, negation and emphasis included; negative: it speaks against.' }) weight!: number;
  @ApiProperty() negated!: boolean;
}

export class NoteReadingAnswer {
  @ApiProperty({ enum: sentiments }) sentiment!: string;
  @ApiProperty({ minimum: -1, maximum: 1 }) score!: number;
  @ApiProperty({ type: [SentimentWordAnswer], description: 'What it rests on, in the order of the text.' }) words!: readonly SentimentWordAnswer[];
  @ApiProperty({ enum: ['no_words', 'weak', 'mixed', 'supposed', 'other_language'], nullable: true, description: 'Why it is unclear.' }) because!: string | null;
}

export class NoteCorrectionAnswer {
  @ApiProperty({ enum: sentiments }) sentiment!: string;
  @ApiProperty() reason!: string;
  @ApiProperty({ description: 'Who said so.' }) by!: string;
  @ApiProperty({ format: 'date-time' }) at!: string;
}

export class JudgedNoteAnswer {
  @ApiProperty({ description: 'Id of the signal; its text is in the timeline.' }) id!: string;
  @ApiProperty({ type: String, nullable: true, description: 'Whom it is about.' }) personId!: string | null;
  @ApiProperty({ format: 'date-time' }) occurredAt!: string;
  @ApiProperty({ enum: sentiments, description: 'What counts: the correction, else the reading.' }) sentiment!: string;
  @ApiProperty({ type: NoteReadingAnswer }) reading!: NoteReadingAnswer;
  @ApiProperty({ type: NoteCorrectionAnswer, nullable: true }) correction!: NoteCorrectionAnswer | null;
}

export class JudgedNoteList {
  @ApiProperty({ enum: ['list'] }) object!: 'list';
  @ApiProperty({ type: [JudgedNoteAnswer] }) data!: JudgedNoteAnswer[];
  @ApiProperty() hasMore!: boolean;
}

export class CorrectNote {
  @ApiProperty({ enum: sentiments })
  @IsIn(sentiments)
  sentiment!: Sentiment;

  @ApiProperty({ description: 'Why it was read wrongly.' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(2000)
  reason!: string;
}

export class NoteCountsAnswer {
  @ApiProperty({ type: 'integer' }) positive!: number;
  @ApiProperty({ type: 'integer' }) negative!: number;
  @ApiProperty({ type: 'integer' }) unclear!: number;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) lastAt!: string | null;
}

export class GivenAnswerAnswer {
  @ApiProperty() score!: number;
  @ApiProperty({ format: 'date-time' }) at!: string;
}

export class GivenAnswersAnswer {
  @ApiProperty({ type: GivenAnswerAnswer, nullable: true }) nps!: GivenAnswerAnswer | null;
  @ApiProperty({ type: GivenAnswerAnswer, nullable: true }) csat!: GivenAnswerAnswer | null;
  @ApiProperty({ type: GivenAnswerAnswer, nullable: true }) renewalIntent!: GivenAnswerAnswer | null;
}

export class StakeholderSentimentAnswer {
  @ApiProperty({ type: String, nullable: true, description: 'Null: notes about nobody in particular.' }) personId!: string | null;
  @ApiProperty({ type: String, nullable: true }) name!: string | null;
  @ApiProperty({ enum: roles, isArray: true }) roles!: readonly string[];
  @ApiProperty({ enum: ['positive', 'negative', 'mixed', 'unclear'], description: 'By the clear notes of 180 days; mixed: neither leads by a third of them.' }) sentiment!: string;
  @ApiProperty({ type: NoteCountsAnswer }) notes!: NoteCountsAnswer;
  @ApiProperty({ type: GivenAnswersAnswer, description: 'Last answers to surveys.' }) answers!: GivenAnswersAnswer;
}

export class StakeholderSentimentList {
  @ApiProperty({ enum: ['list'] }) object!: 'list';
  @ApiProperty({ type: [StakeholderSentimentAnswer] }) data!: StakeholderSentimentAnswer[];
  @ApiProperty() hasMore!: boolean;
}
