import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '@perennial/service-kit/access';
import { ProblemException } from '@perennial/service-kit/http/problem';
import { listOf } from '@perennial/service-kit/list';
import { AccountAdoption } from '../application/account-adoption.js';
import { HealthQueries } from '../application/health-queries.js';
import { activeDaysOf, featuresOf, type ContactUse } from '../domain/adoption/adoption.js';
import { nameOf, rolesOf } from '../domain/contacts/contact-facts.js';
import { rolesIn } from '../domain/contacts/roles.js';
import { never } from '../domain/facts/ring.js';
import { isoDay } from '../domain/time/day.js';
import { AdoptionAnswer, AdoptionContactsQuery, ContactAdoptionAnswer, ContactAdoptionList } from './adoption.dto.js';
import { knownAccount } from './known-account.js';

@ApiTags('adoption')
@Controller('api/v1/accounts/:accountId/adoption')
export class AdoptionController {
  constructor(
    private readonly health: HealthQueries,
    private readonly adoption: AccountAdoption,
  ) {}

  @Get()
  @RequireScope('health:read')
  @ApiOperation({ summary: 'Who uses what: active contacts, breadth and depth', description: 'In all, by role and by product, of use that names a person. A month is 28 days.' })
  @ApiOkResponse({ type: AdoptionAnswer })
  async ofAccount(@Param('accountId') accountId: string): Promise<AdoptionAnswer> {
    await this.mustKnow(accountId);
    const { day, events, total, byRole, byProduct, features, days } = await this.adoption.of(accountId);
    return {
      accountId, day: isoDay(day), events, ...total, byRole: [...byRole], byProduct: [...byProduct],
      features: features.map(({ lastDay, ...use }) => ({ ...use, lastOn: isoDay(lastDay) })),
      days: days.map(({ day: one, ...rest }) => ({ day: isoDay(one), ...rest })),
    };
  }

  @Get('contacts')
  @RequireScope('health:read')
  @ApiOperation({ summary: 'Contacts with what they use, by id' })
  @ApiOkResponse({ type: ContactAdoptionList })
  async ofContacts(@Param('accountId') accountId: string, @Query() query: AdoptionContactsQuery): Promise<ContactAdoptionList> {
    await this.mustKnow(accountId);
    const found = await this.adoption.contactsOf(accountId, query.limit + 1, query.startingAfter ?? null);
    if (found === null) throw new ProblemException(400, 'there is no such person to go on from', { code: 'invalid', errors: [{ pointer: '?startingAfter', detail: 'must be the id of a contact of the account' }] });
    return listOf(found.uses.map(contactAnswer), query.limit);
  }

  private async mustKnow(accountId: string): Promise<void> {
    knownAccount(await this.health.health(accountId), accountId);
  }
}

function contactAnswer(use: ContactUse): ContactAdoptionAnswer {
  const { contact, any, products } = use;
  return {
    id: contact.personId, name: nameOf(contact), roles: rolesIn(rolesOf(contact)), lastActiveOn: contact.lastActiveDay === never ? null : isoDay(contact.lastActiveDay), activeDays: activeDaysOf(any),
    products: [...products].flatMap(([product, bits]) => (product !== null && activeDaysOf(bits) > 0 ? [product] : [])).sort(), features: [...new Set(featuresOf(use).map(({ feature }) => feature))].sort(),
  };
}
