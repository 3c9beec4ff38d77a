import { type Finder, type Found, search } from './finder.js';
import { isPartOfMore } from './pii-card.js';
import { isIssuableSsn } from './pii-checksums.js';

const SSN = /\d{3}-\d{2}-\d{4}/g;
/** A Medicare beneficiary: no S, L, O, I, B, Z. @see CMS, Understanding the Medicare Beneficiary Identifier format */
const MBI =
  /[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y\d]\d-?[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y\d]\d-?[AC-HJKMNP-RT-Y]{2}\d{2}/g;

/** US social security numbers with their hyphens. */
export const findSocialSecurity: Finder = text =>
  search(text, SSN, match =>
    isIssuableSsn(match[0].replaceAll('-', '')) ? whole(text, match, 'us_ssn', 0.95) : undefined,
  );

/** US Medicare beneficiaries, in capital letters. */
export const findMedicare: Finder = text => search(text, MBI, match => whole(text, match, 'mbi', 0.9));

function whole(text: string, match: RegExpExecArray, kind: string, confidence: number): Found | undefined {
  const start = match.index;
  const end = start + match[0].length;
  return isPartOfMore(text, start, end) ? undefined : { kind, start, end, confidence };
}
