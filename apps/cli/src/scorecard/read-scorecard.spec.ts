import { readFileSync } from 'node:fs';
import { placedFaults } from './read-scorecard.js';

const shipped = readFileSync(new URL('../../../health-scoring/scorecards/csm-led.yaml', import.meta.url), 'utf8');
const told = (text: string) => placedFaults(text).faults.map(({ line, pointer }) => `${line} ${pointer}`);
const lineOf = (words: string, text = shipped): number => text.slice(0, text.indexOf(words)).split('\n').length;

describe('a scorecard file', () => {
  it('that can judge has no faults, as YAML and as JSON', () => {
    expect(told(shipped)).toEqual([]);
    expect(told(JSON.stringify(placedFaults(shipped).document))).toEqual([]);
  });
  it('is told its faults by line', () => {
    const text = shipped.replace('amber: 40, green: 70', 'amber: 70, green: 40').replace('[6, 35], [8, 70]', '[6, 35], [6, 70]').replace('kind: gone_dark', 'kind: gone_darc');
    expect(told(text)).toEqual([`${lineOf('bands: {')} /bands`, `${lineOf('curve: [[0, 0], [6, 35]')} /measures/5/curve/2`, `${lineOf('kind: gone_dark')} /indicators/3/kind`]);
  });
  it('is told what is missing, or not known, where it should be, or stands', () => {
    expect(told(shipped.replace(/^defaultTier: .*$/m, ''))).toEqual([`${lineOf('id: csm-led')} /defaultTier`]);
    expect(told(`${shipped}colour: red\n`)).toEqual([`${shipped.split('\n').length} /colour`]);
  });
  it.each([
    ['a list that does not end', 'id: x\nmeasures: [', 2],
    ['a field twice', 'id: x\nrole: primary\nid: y\n', 3],
    ['an alias of nothing', 'id: *x\n', 1],
    ['aliases that multiply', ['x0: &x0 [a, b]', ...Array.from({ length: 12 }, (_, i) => `x${i + 1}: &x${i + 1} [${Array(10).fill(`*x${i}`).join(', ')}]`)].join('\n'), 1],
  ])('that is no YAML says where: %s', (_, text, line) => {
    const { document, faults } = placedFaults(text);
    expect(document).toBeNull();
    expect(faults[0]).toMatchObject({ line, pointer: '' });
  });
  it('that is empty is none', () => expect(told('')).toEqual(['1 ']));
});
