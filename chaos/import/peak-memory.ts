import { readFileSync } from 'node:fs';

/** The most memory that processes had at one time each, by name; ask often, a killed one tells nothing more. Linux only. */
export class PeakMemory {
  private readonly peaks = new Map<string, number>();

  note(name: string, pid: number): void {
    const found = /VmHWM:\s+(\d+) kB/.exec(status(pid));
    if (found) this.peaks.set(name, Math.max(this.peaks.get(name) ?? 0, Number(found[1]) / 1024));
  }

  /** MiB, rounded up. */
  of(name: string): number {
    return Math.ceil(this.peaks.get(name) ?? 0);
  }
}

function status(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}
