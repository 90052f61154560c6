import { Injectable } from '@nestjs/common';
import { Clock } from '@perennial/service-kit/clock';
import { adoptionOf, monthDays, useOf, type Adoption, type ContactUse } from '../domain/adoption/adoption.js';
import { useByDay } from '../domain/facts/fold-usage.js';
import { dayOf, type EpochDay } from '../domain/time/day.js';
import { ContactQueries } from './contact-queries.js';
import { StateQueries } from './state-queries.js';

/** Contacts read and unpacked in one go: between two of these others get their turn. */
const atOnce = 1_000;

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
    const uses: ContactUse[] = [];
    for (let after: string | null = null; ; ) {
      const page: ContactUse[] = ((await this.contacts.page(accountId, atOnce, after)) ?? []).map((contact) => useOf(contact, day));
      uses.push(...page);
      if (page.length < atOnce) break;
      after = page.at(-1)!.contact.personId;
    }
    const usage = (await this.states.read(accountId))?.facts.usage;
    return { day, events: usage === undefined ? 0 : useByDay(usage, day - monthDays + 1, day) / 1000, ...adoptionOf(uses, day) };
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
