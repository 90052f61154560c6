const symbols = /^[\p{Sc}\s]+|[\p{Sc}\s]+$/gu;

/**
 * A number as spreadsheets write it, as plain decimal text: `1,234.50`, `1.234,50`, `1 234,5` and `1234.5` all
 * do. `problem` where it is none, or where `1,234` may mean two numbers.
 */
export function plainDecimal(text: string): string | { readonly problem: string } {
  const bare = text.replaceAll(symbols, '').replaceAll(/(?<=\d)[\s\u00a0\u202f'](?=\d{3})/g, '');
  if (!/^[-+]?\d[\d.,]*$/.test(bare)) return { problem: 'is no number' };
  const last = Math.max(bare.lastIndexOf(','), bare.lastIndexOf('.'));
  if (last < 0) return bare;
  const separator = bare.charAt(last);
  const other = separator === ',' ? '.' : ',';
  const [whole, rest] = [bare.slice(0, last), bare.slice(last + 1)];
  const several = whole.includes(separator);
  if (several && (whole.includes(other) || !grouped(bare, separator))) return { problem: 'is no number' };
  if (several) return bare.replaceAll(separator, '');
  if (whole.includes(other)) return grouped(whole, other) ? `${whole.replaceAll(other, '')}.${rest}` : { problem: 'is no number' };
  if (separator === ',' && /^[-+]?\d{1,3}$/.test(whole) && rest.length === 3) return { problem: 'may be thousands or a fraction, as 1,234 may: write it without the comma' };
  return `${whole}.${rest}`;
}

const grouped = (text: string, separator: string): boolean => new RegExp(`^[-+]?\\d{1,3}(\\${separator}\\d{3})+$`).test(text);

/** Decimal text of a currency's major units in minor units, exact to the last digit. */
export function minorUnits(decimal: string, currency: string): number | { readonly problem: string } {
  const digits = fractionDigits(currency);
  const [whole = '', fraction = ''] = decimal.split('.');
  if (fraction.slice(digits).replaceAll('0', '') !== '') return { problem: `has more than the ${digits} decimals of ${currency}` };
  const minor = Number(`${whole}${fraction.slice(0, digits).padEnd(digits, '0')}`);
  return Number.isSafeInteger(minor) ? minor : { problem: 'is too large' };
}

function fractionDigits(currency: string): number {
  return /^[A-Z]{3}$/.test(currency) ? (new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2) : 2;
}
