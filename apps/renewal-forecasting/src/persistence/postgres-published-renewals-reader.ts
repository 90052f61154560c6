import { Injectable } from '@nestjs/common';
import type { Forecast } from '@perennial/contracts/renewal';
import { Database } from '@perennial/persistence/transaction';
import { PublishedRenewalsReader, type PublishedRenewal, type RenewalCursor, type RenewalFilter } from '../application/published-renewals-reader.js';

interface RenewalRow {
  readonly account_id: string;
  readonly id: string;
  readonly contract_id: string;
  readonly renewal_on: string;
  readonly notice_on: string;
  readonly arr_minor: string;
  readonly currency: string;
  readonly state: PublishedRenewal['state'];
  readonly outcome: PublishedRenewal['outcome'];
  readonly forecast: Forecast | null;
  readonly version: string;
}

const columns = 'account_id, id, contract_id, renewal_on::text, notice_on::text, arr_minor, currency, state, outcome, forecast, version';

@Injectable()
export class PostgresPublishedRenewalsReader extends PublishedRenewalsReader {
  constructor(private readonly database: Database) {
    super();
  }

  async list(filter: RenewalFilter, after: RenewalCursor | null, limit: number): Promise<PublishedRenewal[]> {
    const rows = await this.database.query<RenewalRow>({
      text: `SELECT ${columns} FROM renewal r
             WHERE ($1::text IS NULL OR account_id = $1) AND ($2::date IS NULL OR r.renewal_on >= $2) AND ($3::date IS NULL OR r.renewal_on <= $3) AND ($4::text IS NULL OR state = $4)
               AND ($5::date IS NULL OR (r.renewal_on, id) > ($5, $6::text))
             ORDER BY r.renewal_on, id LIMIT $7`,
      values: [filter.accountId, filter.renewalFrom, filter.renewalTo, filter.state, after?.renewalOn ?? null, after?.id ?? null, limit],
    });
    return rows.map(renewalFrom);
  }

  async get(id: string): Promise<PublishedRenewal | null> {
    const [row] = await this.database.query<RenewalRow>({ text: `SELECT ${columns} FROM renewal WHERE id = $1 ORDER BY version DESC LIMIT 1`, values: [id] });
    return row ? renewalFrom(row) : null;
  }
}

function renewalFrom(row: RenewalRow): PublishedRenewal {
  return {
    id: row.id,
    accountId: row.account_id,
    contractId: row.contract_id,
    renewalOn: row.renewal_on,
    noticeOn: row.notice_on,
    arrMinor: Number(row.arr_minor),
    currency: row.currency,
    state: row.state,
    outcome: row.outcome,
    forecast: row.forecast,
    version: Number(row.version),
  };
}
