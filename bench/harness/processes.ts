import { readdirSync, readFileSync } from 'node:fs';
import { ask } from './ask.js';

/** What /proc says of processes; Linux only, elsewhere every figure is NaN, which makes its row void. */
const ticksPerSecond = 100;

interface Stat {
  readonly parent: number;
  /** CPU seconds of the process and of its children that ended. */
  readonly cpu: number;
}

/** A process and everything below it. */
export function treeOf(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const pid of allPids()) {
    const parent = statOf(pid)?.parent;
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const below = (pid: number): number[] => [pid, ...(children.get(pid) ?? []).flatMap(below)];
  return below(root);
}

/** CPU seconds used so far by a process and everything below it. */
export function cpuOf(root: number): number {
  if (statOf(root) === null) return NaN;
  return treeOf(root).reduce((sum, pid) => sum + (statOf(pid)?.cpu ?? 0), 0);
}

/** Proportional memory (shared pages by share) of a process and everything below it, MB. */
export function memoryOf(root: number): number {
  if (pss(root) === 0) return NaN;
  return treeOf(root).reduce((sum, pid) => sum + pss(pid), 0);
}

/** The server process behind a superuser's Postgres URL. */
export async function postmasterOf(url: string): Promise<number> {
  const [row] = await ask<{ pid: string }>(url, `SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1) AS pid`);
  return Number(row?.pid);
}

function allPids(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

function statOf(pid: number): Stat | null {
  try {
    // The name in parentheses may hold spaces.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
    const ticks = [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0);
    return { parent: Number(fields[1]), cpu: ticks / ticksPerSecond };
  } catch {
    return null;
  }
}

function pss(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
