/**
 * What the general word list gets wrong in this trade: words and phrases with their weight, -5 to 5 as in the list; 0: it says
 * nothing. A phrase counts in place of its words; the longest that fits wins.
 */
export const ownWeights: Readonly<Record<string, number>> = {
  // praise that sounds like harm
  'killer feature': 3, 'killer features': 3, 'killer app': 3, 'killing it': 3, 'to die for': 3, 'dead simple': 2, 'dead easy': 2, 'blown away': 4, 'blew us away': 4, 'blew me away': 4,
  'no brainer': 2, 'nothing but praise': 4, 'second to none': 3, 'not bad at all': 2, 'never looked back': 2,
  'never been happier': 4, 'never been better': 3, "couldn't be happier": 4, 'could not be happier': 4, "couldn't be better": 3, 'could not be better': 3, "can't complain": 2, 'cannot complain': 2,
  "can't live without": 3, 'cannot live without': 3, "couldn't live without": 3, 'could not live without': 3, "can't get enough": 3, "couldn't ask for more": 3, 'could not ask for more': 3,
  'no problem': 2, 'no problems': 2, 'no issue': 2, 'no issues': 2, 'no complaints': 2, 'no concerns': 2, 'no worries': 1, 'problem solved': 2,
  // praise and harm that the list does not have
  'game changer': 3, 'best in class': 3, 'over the moon': 4, 'thumbs up': 2, 'easy to use': 2, 'works well': 2, 'works great': 3, 'works like a charm': 3, 'works perfectly': 3, 'would recommend': 2, 'would definitely recommend': 3,
  'would highly recommend': 3, 'will renew': 3, 'ready to renew': 3, 'going to renew': 3, 'wants to renew': 3, 'happy to renew': 3, 'saved us': 2, 'saves us': 2,
  'deal breaker': -3, dealbreaker: -3, 'show stopper': -3, showstopper: -3, 'waste of time': -3, 'waste of money': -3, 'fed up': -3, 'sick of': -3, 'tired of': -2, 'let down': -2, 'let us down': -3, 'falls short': -2, 'fell short': -2,
  'stopped working': -2, 'stopped using': -3, 'does not work': -2, "doesn't work": -2, 'not working': -2, "isn't working": -2, 'not work': -2, 'hard to use': -2, 'too hard': -2, 'hit or miss': -2, 'rip off': -3,
  'thumbs down': -2, 'running out of patience': -3, 'losing patience': -3, 'lost patience': -3, 'last straw': -3, 'last chance': -2, 'at risk': -2, 'not impressed': -2,
  'looking elsewhere': -3, 'looking at alternatives': -3, 'looking for alternatives': -3, 'evaluating alternatives': -3, 'evaluating competitors': -3, 'shopping around': -2, 'moving to a competitor': -3, 'switching to a competitor': -3,
  'not renew': -3, "won't renew": -3, 'not be renewing': -3, "won't be renewing": -3, 'not renewing': -3, 'not going to renew': -3, 'would not recommend': -3, "wouldn't recommend": -3, 'not recommend': -2, 'cannot recommend': -2, "can't recommend": -2,
  slow: -2, slower: -2, sluggish: -2, laggy: -2, clunky: -2, buggy: -3, bug: -1, bugs: -1, crashes: -2, crashed: -2, crashing: -2, issue: -1, issues: -1, downtime: -2, expensive: -2, overpriced: -3, pricey: -1, unresponsive: -2, unusable: -3, unreliable: -3,
  unacceptable: -3, churn: -2, churning: -2, blocker: -2, dissatisfied: -3, underwhelmed: -2, underwhelming: -2, cumbersome: -2, messy: -2, outdated: -1, painful: -2, frustration: -2, frustrations: -2, annoyed: -2,
  intuitive: 2, seamless: 2, seamlessly: 2, responsive: 2, reliable: 2, happier: 2, faster: 1, smooth: 2, smoothly: 2, delight: 3, stellar: 3, superb: 4, phenomenal: 4, flawless: 3, flawlessly: 3, terrific: 4, exceeded: 2, exceeds: 2,
  // says nothing of how anybody feels
  'best regards': 0, 'kind regards': 0, 'warm regards': 0, 'best wishes': 0, 'best practice': 0, 'best practices': 0, 'customer success': 0, 'success plan': 0, 'success manager': 0, 'save plan': 0, 'risk review': 0, 'risk assessment': 0,
  'pain point': 0, 'pain points': 0, 'happy path': 0, 'kill switch': 0, 'mission critical': 0, 'business critical': 0, 'stress test': 0, 'stress tests': 0, 'crash course': 0, 'crash report': 0, 'crash reports': 0, 'error log': 0, 'error logs': 0,
  'error message': 0, 'error messages': 0, 'error handling': 0, 'error codes': 0, 'dark mode': 0, 'help desk': 0, 'bug fix': 0, 'bug fixes': 0, 'bug report': 0, 'not only': 0, 'no doubt': 0, 'problem statement': 0, 'support team': 0, 'lost and found': 0,
  'would like': 0, 'like to': 0, 'looks like': 0, 'look like': 0, 'looked like': 0, 'seems like': 0, 'feels like': 0, 'felt like': 0, 'sounds like': 0, 'something like': 0, 'things like': 0, 'tools like': 0, 'features like': 0, 'just like': 0,
  'like this': 0, 'like that': 0, 'like the one': 0, 'no longer': 0, 'free trial': 0, 'trial started': 0, 'trial ended': 0, 'account deleted': 0,
  support: 0, supports: 0, supported: 0, supporting: 0, want: 0, wants: 0, share: 0, shared: 0, alert: 0, alerts: 0, demand: 0, demands: 0, help: 0, helps: 0, matter: 0, matters: 0, please: 0, thanks: 0, thank: 0, dear: 0, yes: 0, no: 0,
  hope: 0, hopes: 0, hoping: 0, hopefully: 0, ability: 0, increase: 0, increased: 0, agreed: 0, agree: 0, interest: 0, interests: 0, reach: 0, reached: 0, join: 0, joined: 0, top: 0, big: 0, certain: 0, true: 0, chance: 0, fire: 0, cut: 0, pay: 0,
  champion: 0, champions: 0, sick: 0, insane: 0, insanely: 0, sponsor: 0, cancel: -1, united: 0, active: 0, natural: 0, energy: 0, safe: 0, secure: 0, security: 0, grant: 0, granted: 0, free: 0, important: 0, significant: 0, growth: 0, growing: 0, number: 0, play: 0, debt: 0, tax: 0, war: 0, battle: 0, poll: 0,
};

/** The next words mean the opposite. */
export const negators: ReadonlySet<string> = new Set([
  'not', 'no', 'never', 'none', 'nobody', 'nothing', 'neither', 'nor', 'without', 'hardly', 'barely', 'scarcely', 'rarely', 'seldom', 'cannot', 'lacks', 'lacking', 'anymore',
  'cant', 'dont', 'doesnt', 'didnt', 'isnt', 'arent', 'wasnt', 'werent', 'wont', 'wouldnt', 'couldnt', 'shouldnt', 'havent', 'hasnt', 'hadnt', 'aint',
]);

/** Phrases that negate: read as "not". */
export const negatingPhrases: readonly string[] = ['far from', 'less than', 'anything but', 'lack of', 'no longer', 'fails to', 'failed to', 'fail to', 'too little', 'not exactly', 'not particularly', 'not much of a'];

export const stronger: ReadonlySet<string> = new Set(['very', 'really', 'extremely', 'absolutely', 'so', 'totally', 'incredibly', 'completely', 'highly', 'truly', 'super', 'deeply']);
export const weaker: ReadonlySet<string> = new Set(['slightly', 'somewhat', 'fairly', 'mildly', 'bit', 'little', 'partly', 'sort', 'kind']);
/** Harsh words that only strengthen praise that follows at once. */
export const harshPraise: ReadonlySet<string> = new Set(['awfully', 'terribly', 'insanely', 'insane', 'crazy', 'ridiculously', 'damn', 'bloody', 'wicked', 'scary', 'scarily', 'stupidly', 'freaking']);

/** What was wrong and is no more. */
export const resolvers: ReadonlySet<string> = new Set(['resolved', 'fixed', 'solved', 'gone', 'sorted', 'addressed', 'disappeared', 'overcome', 'fixing', 'solving', 'resolves', 'solves', 'fixes', 'eliminated', 'eliminates']);

/** What is said with these is supposed, wished for or asked, and not so. */
export const supposing: ReadonlySet<string> = new Set(['if', 'unless', 'would', 'could', 'wish', 'wishes', 'hope', 'hopes', 'hoping', 'hopefully', 'should', 'might', 'may', 'whether', 'until', 'must', 'needs', "they'd", "he'd", "she'd", "we'd", "i'd", 'assuming', 'expects', 'expected', 'wants', 'ought']);

/** The commonest words of English, and of languages whose words look like English ones (German "die" and "war"). */
export const english: ReadonlySet<string> = new Set('the and is are with of to for they we our this that it have has not but you he she his her their my be from had were been do does did what when there i a at by as on or me us'.split(' '));
export const foreign: ReadonlySet<string> = new Set('der die das und ist nicht ein eine mit wir sie ich den dem von auf war sind auch le la les est pas et un une des nous vous dans pour que el los las y en con por muy het een niet van zijn en ik il non che per sono och är inte jag det som nie jest o que não com para uma'.split(' '));
