/** A report with four decimals: more would pretend to be known. */
export const rounded = <T>(report: T): T => JSON.parse(JSON.stringify(report, (_, value: unknown) => (typeof value === 'number' ? Math.round(value * 10_000) / 10_000 : value))) as T;
