import { ApiProperty, ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { IsPlainText } from '@perennial/service-kit/http/text-rules';
import { ListQuery } from '@perennial/service-kit/list';
import { IsIn, IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';
import { importAnswers, type ImportAnswer } from '../domain/import-question.js';

export class ImportQuestionsQuery extends OmitType(ListQuery, ['startingAfter']) {
  @ApiPropertyOptional({ enum: ['open', 'answered'], description: 'All of them by default.' })
  @IsOptional()
  @IsIn(['open', 'answered'])
  state?: 'open' | 'answered';

  @ApiPropertyOptional({ description: 'The import of the last question already seen.' })
  @IsOptional()
  @IsPlainText()
  startingAfter?: string;
}

export class AnswerImportQuestion {
  @ApiProperty({ enum: importAnswers, description: 'real: the contacts did change, and what the import says of them counts. clean_up: it never counts as a sign that somebody has gone.' })
  @IsIn(importAnswers)
  answer!: ImportAnswer;

  @ApiProperty({ description: 'How that is known.' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(2000)
  reason!: string;
}

export class ImportQuestionAnswered {
  @ApiProperty({ enum: importAnswers }) answer!: string;
  @ApiProperty() reason!: string;
  @ApiProperty({ description: 'Who said so.' }) by!: string;
  @ApiProperty({ format: 'date-time' }) at!: string;
}

export class ImportQuestionView {
  @ApiProperty({ description: 'See /api/v1/imports/{id}.' }) importId!: string;
  @ApiProperty({ type: 'integer', description: 'Contacts that it told something of that may mean that they have gone.' }) changedContacts!: number;
  @ApiProperty({ type: 'integer', description: 'Contacts that were known before it.' }) knownContacts!: number;
  @ApiProperty({ description: 'The question in words.' }) text!: string;
  @ApiProperty({ format: 'date-time' }) askedAt!: string;
  @ApiProperty({ type: 'integer', description: 'Accounts that are looked at once it is answered.' }) waitingAccounts!: number;
  @ApiProperty({ type: ImportQuestionAnswered, nullable: true, description: 'Null: nobody has answered yet.' }) answered!: ImportQuestionAnswered | null;
}
