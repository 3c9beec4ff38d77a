import { type Finder, search, standsAlone } from './finder.js';
import { passesMod97 } from './pii-checksums.js';

/** Characters of an IBAN by country. @see ISO 13616 and the registry that SWIFT keeps for it */
const LENGTHS: ReadonlyMap<string, number> = new Map(
  [
    [15, 'NO'],
    [16, 'BE'],
    [18, 'DK FO FI GL NL SD'],
    [19, 'MK SI'],
    [20, 'AT BA EE KZ LT LU MN XK'],
    [21, 'CH HR LI LV'],
    [22, 'BG BH CR DE GB GE IE ME RS VA'],
    [23, 'AE GI IL IQ OM SO TL'],
    [24, 'AD CZ ES MD PK RO SA SE SK TN VG'],
    [25, 'LY PT ST'],
    [26, 'IS TR'],
    [27, 'BI DJ FR GR IT MC MR SM'],
    [28, 'AL AZ BY CY DO GT HU LB NI PL SV'],
    [29, 'BR EG PS QA UA'],
    [30, 'JO KW MU'],
    [31, 'MT SC'],
    [32, 'LC'],
    [33, 'RU'],
  ].flatMap(([length, countries]) =>
    String(countries)
      .split(' ')
      .map(country => [country, Number(length)] as const),
  ),
);

/** Letters and two digits, then what may belong to it; the country says where it ends. */
const IBAN = /[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}/gi;

/** Bank accounts: a country's length and modulo 97. Small letters count only where all are. */
export const findIbans: Finder = text =>
  search(text, IBAN, match => {
    const country = match[0].slice(0, 2).toUpperCase();
    const length = LENGTHS.get(country);
    if (length === undefined) return undefined;
    let compact = '';
    let end = 0;
    for (; end < match[0].length && compact.length < length; end++) {
      const character = match[0].charAt(end);
      if (character !== ' ' && character !== '-') compact += character;
    }
    if (compact.length < length || !standsAlone(text, match.index, match.index + end)) return undefined;
    if (compact !== compact.toUpperCase() && compact !== compact.toLowerCase()) return undefined;
    if (!passesMod97(compact)) return undefined;
    return { kind: 'iban', start: match.index, end: match.index + end, confidence: 0.99 };
  });
