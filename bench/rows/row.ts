import type { Figure } from '../harness/figure.js';
import { Surroundings } from '../harness/surroundings.js';
import type { BenchOptions, LogKind } from '../options.js';

/** Rows that share what they are measured on. */
export interface Row {
  readonly ids: readonly string[];
  /** Tells each figure as soon as there is one. */
  measure(run: Run): Promise<void>;
}

/** One pass over the rows on one log. */
export class Run {
  readonly figures: Figure[] = [];
  /** Told of each figure. */
  constructor(
    readonly kind: LogKind,
    readonly options: BenchOptions,
    private readonly told: (figure: Figure) => void,
  ) {}

  wants(id: string): boolean {
    return this.options.only === null || this.options.only.has(id);
  }

  /** `long`, or a part of it with --quick. */
  ms(long: number): number {
    return this.options.quick ? Math.round(long / 2.5) : long;
  }

  count(long: number): number {
    return this.options.quick ? Math.round(long / 3) : long;
  }

  /** Rounds of a comparison whose single round is long. */
  get fewRounds(): number {
    return Math.max(1, Math.ceil(this.options.rounds / 2));
  }

  surroundings(withKafka = false): Promise<Surroundings> {
    return Surroundings.start(this.kind, this.options, withKafka);
  }

  tell(figure: Figure): void {
    this.figures.push(figure);
    this.told(figure);
  }
}
