import { addresses, vendors } from '../../src/domain/vendors/vendors.js';
import type { Vendor } from '../../src/domain/vendors/vendor.js';
import { clientOf } from './compatibility-table.js';
import { filled, shownCode, type SetUp } from './set-up.js';
import { setUps } from './set-ups.js';

const begin = '<!-- telemetry clients: made by tools/sources-doc.js -->';
const end = '<!-- end of telemetry clients -->';

/** docs/sources.md with the part about telemetry clients written anew; the rest stays. Throws where its marks are missing. */
export function withTelemetryPart(page: string): string {
  const [before, rest] = page.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`docs/sources.md must hold the lines ${begin} and ${end}`);
  return `${before}${begin}\n\n${telemetryPart()}\n\n${end}${after}`;
}

function telemetryPart(): string {
  return [
    row(['Client', 'Version tried', 'Type of source', 'Every event once through']),
    row(['---', '---', '---', '---']),
    ...setUps.map((setUp) => row([`[${setUp.name}](#${anchor(setUp.name)})`, clientOf(setUp), `\`${setUp.vendor}\``, survives(setUp)])),
    '',
    '### Addresses and limits',
    '',
    row(['Type of source', 'Addresses', 'One event', 'One request', 'Too much', 'Too often']),
    row(['---', '---', '---', '---', '---', '---']),
    ...vendors.filter(({ paths }) => paths.length > 0).map((vendor) => row([`\`${vendor.name}\``, addressesOf(vendor), size(vendor.limits.itemBytes), `${size(vendor.limits.batchBytes)}, ${vendor.limits.batchItems.toLocaleString('en')} events`, String(vendor.tooLargeStatus), busyOf(vendor)])),
    ...setUps.flatMap((setUp) => ['', `### ${setUp.name}`, '', ...(setUp.notes === '' ? [] : [setUp.notes, '']), `\`\`\`${setUp.runsIn === 'shell' ? 'sh' : 'js'}`, ...environment(setUp), filled(shownCode(setUp), 'https://perennial.example', 'WRITE_KEY'), '```']),
  ].join('\n');
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const size = (bytes: number): string => (bytes < 1024 * 1024 ? `${bytes / 1024} KiB` : `${bytes / 1024 / 1024} MiB`);
/** As GitHub makes it of a heading. */
const anchor = (heading: string): string => heading.toLowerCase().replaceAll(/[^\w\- ]/g, '').replaceAll(' ', '-');

function survives({ faults }: SetUp): string {
  const names = { lose: 'lost replies', cut: 'cut connections', 429: '429', 503: '503' } as const;
  return faults.flatMap((fault) => (fault === 'pass' ? [] : [names[fault]])).join(', ');
}

function addressesOf(vendor: Vendor): string {
  const own = addresses.filter(({ served }) => served.some((one) => one.vendor === vendor)).map(({ method, path }) => `\`${method === 'GET' ? 'GET ' : ''}${path}\``);
  return [...own, ...(vendor.settings ?? []).map(({ path }) => `\`GET ${path}\``)].join(' ');
}

function busyOf({ paths }: Vendor): string {
  const with503 = paths.filter(({ busyStatus }) => busyStatus === 503).map(({ path }) => `\`${path}\``);
  return with503.length === 0 ? '429' : with503.length === paths.length ? '503' : `429; at ${with503.join(' ')} 503`;
}

function environment({ env = {} }: SetUp): string[] {
  return Object.entries(env).map(([name, value]) => `// with ${name}=${value} in the environment`);
}
