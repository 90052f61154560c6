import { verdictOf, type Figure } from './figure.js';

const columns = ['id', 'measure', 'figure', 'min-max', 'gate', 'goal', 'result', 'made of'] as const;

/** Numbers as people read them: three significant digits, thousands with commas. */
export function told(value: number): string {
  if (!Number.isFinite(value)) return '-';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(3)));
}

export function tableOf(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.id,
    figure.title,
    `${told(figure.value.median)} ${figure.unit}`,
    `${told(figure.value.min)}-${told(figure.value.max)}`,
    bound(figure, figure.gate),
    bound(figure, figure.goal),
    verdictOf(figure),
    figure.void === null ? figure.detail : `VOID: ${figure.void} (${figure.detail})`,
  ]);
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
}

const bound = ({ better }: Figure, value: number | null): string => (value === null ? '' : `${better === 'higher' ? '>=' : '<='} ${told(value)}`);
const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
