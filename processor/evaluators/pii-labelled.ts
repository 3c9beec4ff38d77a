import { type Finder, type Found, search, standsAlone } from './finder.js';
import { isCardNumber } from './pii-card.js';
import { isIssuableSsn, passesAba, passesDea, passesNhs, passesNpi } from './pii-checksums.js';
import { DATE, isBirthDate, isOfSomebody } from './pii-dates.js';
import { isPhoneNumber } from './pii-phone.js';

/** What may stand behind a label. */
interface Labelled {
  readonly kind: string;
  /** Source of an expression; spaces stand for an optional space, hyphen or underscore. */
  readonly label: string;
  /** What may stand between; `GAP` if absent. */
  readonly gap?: RegExp;
  readonly value: RegExp;
  accept(value: string, text: string, label: number): boolean;
  readonly confidence: number;
}

/** Signs and small words between a label and its value: `phone number of the clinic is:`. */
const GAP =
  /(?:[\s:=#*"'`()[\]|>.,?_-]|(?:for|of)\s(?:[a-z'’.]{1,14}\s){1,3}(?:is|was)(?![a-z])|(?:number|numbers|no|nr|num|id|ids|is|was|are|of|the|this|that|code|for|on|at|to|file|form|card|account|transactions?|with|patient|member|provider|client|our|his|her|their|my|your|me|us|him|them|line)(?![a-z\d])){0,18}/iy;
/** `call the clinic at`, `call`. */
const CALL_GAP = /(?:\s{1,2}[\w'’]{1,14}){0,5}\s{1,2}(?:at|on)[\s:]{1,3}|[\s:]{1,3}/iy;
/** `reach me any time on`: only the last word says that a number follows. */
const AT_GAP = /(?:\s{1,2}[\w'’]{1,14}){0,5}\s{1,2}(?:at|on)[\s:]{1,3}/iy;
const TO_GAP = /(?:\s{1,2}[\w'’]{1,14}){0,4}\s{1,2}(?:to|at|on)[\s:]{1,3}/iy;

const digitsOf = (value: string): string => value.replace(/\D/g, '');
const PHONE =
  /\+?\(?\d(?:[ .\-()/]{0,2}\d){6,15}(?![\d%€$£]|\s(?:times|people|users|customers|calls|dollars|euros|usd|eur|million)(?![a-z]))/iy;

const ROWS: readonly Labelled[] = [
  {
    kind: 'us_ssn',
    label: 'ssn|ss#|social security',
    value: /\d{3}[ -]?\d{2}[ -]?\d{4}/y,
    accept: value => isIssuableSsn(digitsOf(value)),
    confidence: 0.95,
  },
  {
    kind: 'card',
    label: '(?:credit|debit|bank|payment|visa|master) ?card|card|cc|visa|mastercard|amex|maestro|pan',
    value: /\d(?:[ -]?\d){11,18}/y,
    accept: value => isCardNumber(digitsOf(value)),
    confidence: 0.95,
  },
  {
    kind: 'nhs',
    label: 'nhs|national health service',
    value: /\d{3}([ -]?)\d{3}\1\d{4}/y,
    accept: value => passesNhs(digitsOf(value)),
    confidence: 0.97,
  },
  {
    kind: 'npi',
    label: 'npi|national provider identifier',
    value: /\d{10}/y,
    accept: passesNpi,
    confidence: 0.97,
  },
  {
    kind: 'mrn',
    label:
      'mrn|medical record|medical rec|(?:patient|chart|hospital|health record) (?:number|no|id|identifier)|hospital mrn',
    value: /[a-z]{0,3}-?\d{5,12}/iy,
    accept: () => true,
    confidence: 0.9,
  },
  {
    kind: 'aba',
    label: 'aba|rtn|routing|routing transit',
    value: /\d{9}/y,
    accept: passesAba,
    confidence: 0.95,
  },
  {
    kind: 'dea',
    label: 'dea|prescriber',
    value: /[a-z][a-z9]\d{7}/iy,
    accept: value => passesDea(value.slice(2)),
    confidence: 0.97,
  },
  {
    kind: 'dob',
    label: 'dob|d\\.o\\.b|date of birth|birth ?date|birth ?day',
    value: DATE,
    accept: isBirthDate,
    confidence: 0.95,
  },
  {
    kind: 'dob',
    label: 'born',
    value: DATE,
    accept: (value, text, label) => isBirthDate(value) && isOfSomebody(text, label),
    confidence: 0.9,
  },
  {
    kind: 'phone',
    label:
      '(?:tele|cell|mobile|home|work) ?phone|phones|phone|tel|telefon|mobile|cell|fax|whats ?app|sms|hotline|landline|contact (?:number|no)|desk|handy',
    value: PHONE,
    accept: isPhoneNumber,
    confidence: 0.9,
  },
  {
    kind: 'phone',
    label: 'calling|called|call|dial|ring|registered',
    gap: CALL_GAP,
    value: PHONE,
    accept: isPhoneNumber,
    confidence: 0.85,
  },
  {
    kind: 'phone',
    label: 'reached|reach|texted|contact|answering|available',
    gap: AT_GAP,
    value: PHONE,
    accept: isPhoneNumber,
    confidence: 0.85,
  },
  {
    kind: 'phone',
    label: 'text(?=\\s[2-9]\\d{2}[.\\s-]\\d{3}[.\\s-]\\d{4})',
    gap: CALL_GAP,
    value: PHONE,
    accept: isPhoneNumber,
    confidence: 0.85,
  },
  {
    kind: 'phone',
    label: 'messages|message|texts|text',
    gap: TO_GAP,
    value: PHONE,
    accept: isPhoneNumber,
    confidence: 0.85,
  },
];

const LABEL = new RegExp(
  `(?<![a-z0-9])(?:${ROWS.map(({ label }) => `(${label.replaceAll(' ?', '[ _-]?').replaceAll(/ (?!\?|_)/g, '[ _-]{0,2}')})`).join('|')})`,
  'gi',
);

/** Identifiers that only a word before them tells from any other number. */
export const findLabelled: Finder = text => [
  ...search(text, LABEL, match => readLabelled(text, match)),
  ...search(text, TRAILING, match => readTrailing(text, match)),
];

function readLabelled(text: string, match: RegExpExecArray): Found | undefined {
  const row = ROWS[match.findIndex((group, i) => i > 0 && group !== undefined) - 1];
  if (row === undefined) return undefined;
  const gap = row.gap ?? GAP;
  gap.lastIndex = match.index + match[0].length;
  if (!gap.test(text)) return undefined;
  const at = gap.lastIndex;
  row.value.lastIndex = at;
  const value = row.value.exec(text)?.[0];
  if (value === undefined) return undefined;
  const end = at + value.length;
  if (!standsAlone(text, at, end) || !row.accept(value, text, match.index)) return undefined;
  // A bracket before an area code went with the gap.
  const start = text.charAt(at - 1) === '(' && /^\d{1,5}\)/.test(value) ? at - 1 : at;
  return { kind: row.kind, start, end, confidence: row.confidence };
}

/** `030 123 456 office`, `030 123456-Fax` at the end of a line or an entry. */
const TRAILING = /(?:office|fax|mobile|home|cell|desk|work|tel|phone)(?![\w'])(?=\s{0,2}(?:[\n,;|)\\]|$))/gi;
const NUMBER_BEFORE = /(?<![\w.$€£-]|\d,)\+?\(?\d(?:[ .\-()/]{0,2}\d){6,14}[ ,(-]{1,3}$/;

function readTrailing(text: string, match: RegExpExecArray): Found | undefined {
  const from = Math.max(0, match.index - 32);
  const before = NUMBER_BEFORE.exec(text.slice(from, match.index));
  const number = before?.[0].replace(/[ ,(-]{1,3}$/, '');
  if (before === null || number === undefined || !isPhoneNumber(number)) return undefined;
  const start = from + before.index;
  return { kind: 'phone', start, end: start + number.length, confidence: 0.85 };
}
