import { compileScorecard } from '../scorecard/compile-scorecard.js';
import { shippedDocument } from '../../../test/scenario.js';
import { judgedTierOf } from './judged-tier.js';

describe('the tier that an account is judged by', () => {
  const card = compileScorecard(shippedDocument('csm-led'), 1);

  it('is its own where the scorecard names it', () => expect(judgedTierOf('high', card)).toMatchObject({ told: 'high', judgedAs: 'high' }));

  it('is the default one where none was told', () => expect(judgedTierOf(null, card)).toMatchObject({ told: null, judgedAs: card.defaultTier }));

  it.each(['gold', 'constructor', 'High', ''])('is the default one in place of %p, which is said with the names there are', (told) => {
    const tier = judgedTierOf(told, card);
    expect(tier).toMatchObject({ told, judgedAs: card.defaultTier });
    expect(tier.text).toContain(`'${told}'`);
    for (const name of Object.keys(card.tiers)) expect(tier.text).toContain(name);
  });
});
