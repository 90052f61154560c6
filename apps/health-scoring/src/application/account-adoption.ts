import { Injectable } from '@nestjs/common';
import { Clock } from '@perennial/service-kit/clock';
import { AdoptionCount, monthDays, useOf, type Adoption, type ContactUse } from '../domain/adoption/adoption.js';
import type { ContactFacts } from '../domain/contacts/contact-facts.js';
import { useByDay } from '../domain/facts/fold-usage.js';
import { dayOf, type EpochDay } from '../domain/time/day.js';
import { ContactQueries } from './contact-queries.js';
import { StateQueries } from './state-queries.js';

/** Contacts read, unpacked and added up in one go, a few milliseconds: between two of these others get their turn. */
const atOnce = 250;

export interface AdoptionOfAccount extends Adoption {
  readonly day: EpochDay;
  /** Use of the month, of all and of nobody known, as quantities. */
  readonly events: number;
}

/** Who uses what, counted from the contacts as they are kept: up to and with today. */
@Injectable()
export class AccountAdoption {
  constructor(
    private readonly contacts: ContactQueries,
    private readonly states: StateQueries,
    private readonly clock: Clock,
  ) {}

  async of(accountId: string): Promise<AdoptionOfAccount> {
    const day = this.today();
    const count = new AdoptionCount(day);
    for (let after: string | null = null; ; ) {
      const page: ContactFacts[] = (await this.contacts.page(accountId, atOnce, after)) ?? [];
      for (const contact of page) count.add(useOf(contact, day));
      if (page.length < atOnce) break;
      after = page.at(-1)!.personId;
    }
    const usage = (await this.states.read(accountId))?.facts.usage;
    return { day, events: usage === undefined ? 0 : useByDay(usage, day - monthDays + 1, day) / 1000, ...count.adoption() };
  }

  /** The contacts by id with their use; null where there is none `startingAfter`. */
  async contactsOf(accountId: string, limit: number, startingAfter: string | null): Promise<{ readonly day: EpochDay; readonly uses: ContactUse[] } | null> {
    const day = this.today();
    const page = await this.contacts.page(accountId, limit, startingAfter);
    return page && { day, uses: page.map((contact) => useOf(contact, day)) };
  }

  private today(): EpochDay {
    return dayOf(this.clock.now().getTime());
  }
}
