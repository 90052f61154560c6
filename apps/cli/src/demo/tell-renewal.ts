import type { Forecast, Renewal } from '@perennial/contracts/renewal';
import { mustBe } from './story-broke.js';
import type { StoryTeller } from './story-teller.js';

const width = 8;
const within = 1e-9;

export const percent = (probability: number): string => `${(probability * 100).toFixed(1)} %`;
export const money = (minor: number | null, currency: string | null): string => (minor === null ? '-' : `${Math.round(minor / 100).toLocaleString('en-US')}${currency === null ? '' : ` ${currency}`}`);

/** One renewal with its forecast; each driver in log-odds, checked to give the probability. */
export function tellRenewal(teller: StoryTeller, renewal: Renewal, forecast: Forecast): void {
  teller.say(`The renewal on ${renewal.renewalOn} over ${money(renewal.arrMinor, renewal.currency)} a year: ${percent(forecast.probability)} likely (${forecast.text})`);
  tellDrivers(teller, forecast);
}

export function tellRenewalChange(teller: StoryTeller, renewal: Renewal, before: Forecast, after: Forecast): void {
  teller.say(`The renewal on ${renewal.renewalOn} over ${money(renewal.arrMinor, renewal.currency)} a year: ${percent(before.probability)} -> ${percent(after.probability)} likely`);
  tellDrivers(teller, after);
}

function tellDrivers(teller: StoryTeller, forecast: Forecast): void {
  if (forecast.baseLogOdds === null) return;
  const odds = forecast.drivers.reduce((sum, { logOdds }) => sum + logOdds, forecast.baseLogOdds);
  const given = Math.log(forecast.probability / (1 - forecast.probability));
  mustBe(Math.abs(odds - given) < within, 'the drivers of the forecast', `they sum to ${odds} in log-odds, the probability has ${given}`);
  teller.pair(signed(forecast.baseLogOdds), `base: ${percent(1 / (1 + Math.exp(-forecast.baseLogOdds)))} of such terms renew`, width);
  for (const { text, logOdds } of forecast.drivers) teller.pair(signed(logOdds), text, width);
  teller.pair(signed(odds), `in log-odds, that is ${percent(forecast.probability)}`, width);
}

const signed = (value: number): string => `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(2)}`;
