import type { Checks, HookSource } from '../src/domain/hooks/hook-source.js';
import { hookSources } from '../src/domain/hooks/hook-sources.js';
import { signings } from './hook-calls.js';

const begin = '<!-- business systems: made by tools/hooks-doc.js -->';
const end = '<!-- end of business systems -->';

/** The page with its part about business systems made anew; the markers must be there. */
export function withHooksPart(page: string): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/sources.md must hold "${begin}" and "${end}"`);
  return `${page.slice(0, from + begin.length)}\n\n${hooksPart()}\n${page.slice(to)}`;
}

function hooksPart(): string {
  const row = (source: HookSource) => `| [${source.title}](#${anchor(source)}) | \`${source.name}\` | ${proofs(source.checks({})).join('; or ')} | ${vectors(source)} | ${source.page.checkedAgainst} |`;
  return [
    '| System | Type of source | A call proves itself by | Test vectors signed by | Mapping and check held against |',
    '| --- | --- | --- | --- | --- |',
    ...hookSources.map(row),
    '',
    ...hookSources.map(section),
  ].join('\n');
}

const anchor = ({ title }: HookSource): string => title.toLowerCase().replaceAll(' ', '-');
const vectors = ({ name }: HookSource): string => [...new Set(Object.entries(signings).flatMap(([label, { by }]) => (label.split(',')[0] === name ? [by] : [])))].map((by) => (/^@|^\w+$/.test(by) ? `\`${by}\`` : by)).join(', ');

function proofs({ secret, publicKey }: Checks): string[] {
  const token = publicKey ? [`RS256 token (${publicKey.shows})`] : [];
  if (secret?.kind !== 'hmac') return secret ? [`the secret itself: ${secret.shows}`, ...token] : token;
  const time = secret.toleranceSeconds === null ? 'no time' : `time, ${secret.toleranceSeconds} s`;
  return [`HMAC-${secret.hash.toUpperCase()}, ${secret.encoding}, in ${secret.shows} (${time})`, ...token];
}

function section(source: HookSource): string {
  const { title, name, secretFrom, page } = source;
  const url = `https://perennial.example/v1/hooks/${name}/<id>`;
  return [
    `### ${title}`,
    '',
    '| It tells | It becomes |',
    '| --- | --- |',
    ...page.events.map(([event, signal]) => `| ${event} | ${signal} |`),
    '',
    `**Account**: ${page.account}.`,
    ...(page.thin === undefined ? [] : ['', `**What to know**: ${page.thin}`]),
    '',
    `1. Make a source of type \`${name}\`${secretFrom === 'us' ? '; the secret that was made for it is in the answer, this once (or give your own as `secret`)' : ''}.`,
    ...page.setUp.map((step, at) => `${at + 2}. ${step.replaceAll('{url}', url)}`),
    '',
  ].join('\n');
}
