export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads settings from an environment and collects every fault by the variable's name, so that one start
 * tells all of them. A fault never repeats the value: it may be a secret.
 */
export class EnvironmentReader {
  readonly faults: string[] = [];
  constructor(private readonly env: Environment) {}

  /** The text of `name`; without a default it is required. */
  text(name: string, fallback?: string): string {
    const value = this.optional(name) ?? fallback;
    if (value === undefined) return this.fault(name, 'is required', '');
    return value;
  }

  optional(name: string): string | null {
    const value = this.env[name];
    return value === undefined || value === '' ? null : value;
  }

  /** A whole number from `min` to `max`. */
  integer(name: string, options: { fallback?: number; min?: number; max?: number } = {}): number {
    const { fallback, min = 0, max = Number.MAX_SAFE_INTEGER } = options;
    const value = this.optional(name);
    if (value === null) return fallback ?? this.fault(name, 'is required', 0);
    const number = Number(value);
    if (!Number.isSafeInteger(number) || number < min || number > max) return this.fault(name, `must be a whole number from ${min} to ${max}`, 0);
    return number;
  }

  /** `true` or `false`. */
  flag(name: string, fallback: boolean): boolean {
    const value = this.optional(name);
    if (value === null) return fallback;
    if (value !== 'true' && value !== 'false') return this.fault(name, 'must be true or false', fallback);
    return value === 'true';
  }

  /** An absolute address with one of `protocols`, e.g. `['http:', 'https:']`. */
  url(name: string, protocols: readonly string[], fallback?: string): string {
    const value = this.text(name, fallback);
    if (value === '') return value;
    if (!URL.canParse(value) || !protocols.includes(new URL(value).protocol)) return this.fault(name, `must be an address that starts with ${protocols.map((p) => `${p}//`).join(' or ')}`, '');
    return value;
  }

  oneOf<T extends string>(name: string, allowed: readonly T[], fallback: T): T {
    const value = this.optional(name);
    if (value === null) return fallback;
    if (!(allowed as readonly string[]).includes(value)) return this.fault(name, `must be one of ${allowed.join(', ')}`, fallback);
    return value as T;
  }

  private fault<T>(name: string, what: string, instead: T): T {
    this.faults.push(`${name} ${what}`);
    return instead;
  }
}

/** Everything wrong with a service's settings, by variable name; never a value. */
export class ConfigFaults extends Error {
  override readonly name = 'ConfigFaults';
  constructor(
    readonly service: string,
    readonly faults: readonly string[],
  ) {
    super(`${service}: ${faults.length} fault${faults.length === 1 ? '' : 's'} in the settings: ${faults.join('; ')}`);
  }
}
