import { Body, Controller, Get, HttpCode, NotFoundException, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Database } from '@perennial/persistence/transaction';
import { CurrentPrincipal, RequireScope, type Principal } from '@perennial/service-kit/access';
import { ApiListResponse } from '@perennial/service-kit/api-list-response';
import { ProblemException } from '@perennial/service-kit/http/problem';
import { Idempotent, once, type IdempotentCall } from '@perennial/service-kit/idempotency';
import { listOf, type List } from '@perennial/service-kit/list';
import { AnswerImports } from '../application/answer-imports.js';
import { ImportQuestionStore, type ImportQuestion } from '../application/import-question-store.js';
import { words } from '../domain/words.js';
import { AnswerImportQuestion, ImportQuestionsQuery, ImportQuestionView } from './import-question.dto.js';

@ApiTags('judgements')
@Controller('api/v1/judgements/imports')
export class ImportQuestionsController {
  constructor(
    private readonly database: Database,
    private readonly store: ImportQuestionStore,
    private readonly answerImports: AnswerImports,
  ) {}

  @Get()
  @RequireScope('health:read')
  @ApiOperation({ summary: 'Imports that changed many contacts at once, newest first', description: 'Until somebody says what such an import was, it raises nothing.' })
  @ApiListResponse(ImportQuestionView)
  async list(@Query() { state, limit, startingAfter }: ImportQuestionsQuery): Promise<List<ImportQuestionView>> {
    const rows = await this.store.list(state === undefined ? null : state === 'open', limit + 1, startingAfter ?? null);
    if (rows === null) throw new ProblemException(400, 'there is no such question to go on from', { code: 'invalid', errors: [{ pointer: '?startingAfter', detail: 'must be an import that was asked about' }] });
    return listOf(rows.map(viewOf), limit);
  }

  @Post(':importId')
  @HttpCode(200)
  @RequireScope('health:write')
  @ApiOperation({ summary: 'Say what an import was', description: 'Once: the same answer again changes nothing, another one is refused. The accounts are looked at within seconds.' })
  @ApiOkResponse({ type: ImportQuestionView })
  async answer(@Param('importId') importId: string, @Body() { answer, reason }: AnswerImportQuestion, @CurrentPrincipal() { sub }: Principal, @Idempotent() call: IdempotentCall | null): Promise<ImportQuestionView> {
    return this.database.transaction((tx) =>
      once(tx, call, async () => {
        const outcome = await this.answerImports.answer(tx, importId, answer, reason, sub);
        if ('answered' in outcome) return viewOf(outcome.answered);
        if (outcome.refused === 'unknown') throw new NotFoundException(`nothing is asked about an import ${importId}`);
        throw new ProblemException(409, 'it was answered otherwise, and accounts were judged by that', { code: 'answered_otherwise' });
      }),
    );
  }
}

function viewOf({ importId, changed, known, at, accounts, answered }: ImportQuestion): ImportQuestionView {
  return {
    importId, changedContacts: changed, knownContacts: known, text: words.people.importQuestion(importId, changed, known), askedAt: at.toISOString(), waitingAccounts: accounts,
    answered: answered && { ...answered, at: answered.at.toISOString() },
  };
}
