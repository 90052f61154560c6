import type { HeaviestTrack, SeenUsers } from '../usage/heaviest-track.js';
import { integer, natural, type Codec } from './codec.js';

const weekDays = 7;
const places = ['now', 'before', 'raised'] as const;

/** The last look at the heaviest users, in about ten bytes: it stands in the account's row. References are whole or halves, as medians are. */
export const heaviestCodec: Codec<HeaviestTrack> = {
  write(out, track) {
    const { week, takenOn, rule, isChanged } = track;
    let flags = isChanged ? 1 : 0;
    places.forEach((place, i) => {
      const seen = track[place];
      if (seen !== null) flags |= (seen.reference === null ? 1 : 3) << (1 + 2 * i);
    });
    integer.write(out, week);
    integer.write(out, takenOn - week * weekDays);
    natural.write(out, rule);
    out.byte(flags);
    for (const place of places) {
      const seen = track[place];
      if (seen === null) continue;
      natural.write(out, seen.users);
      if (seen.reference !== null) natural.write(out, Math.round(seen.reference * 2));
    }
  },
  read(input) {
    const week = integer.read(input);
    const taken = { week, takenOn: week * weekDays + integer.read(input), rule: natural.read(input) };
    const flags = input.byte();
    const [now, before, raised] = places.map((_, i): SeenUsers | null => {
      const kind = (flags >> (1 + 2 * i)) & 3;
      return kind === 0 ? null : { users: natural.read(input), reference: kind === 1 ? null : natural.read(input) / 2 };
    });
    return { ...taken, isChanged: flags % 2 === 1, now: now!, before: before!, raised: raised! };
  },
};
