/** What manuals write in place of a secret. */
const PLACEHOLDER_WORD =
  /example|your|placeholder|x{4}|\*{3}|\.{3}|redacted|changeme|change[_-]me|dummy|sample|foobar|insert|replace|[_-]here|lorem/i;
/** In what people choose, words that only examples hold. */
const EXAMPLE_WORD =
  /pass(?:w(?:or)?d|phrase|code)|p[a@4](?:ss|\$\$|55)|s[e3]cr[e3]t|token|test|admin|user|demo|fake|mock|todo|qwert|letmein|hunter2|null|none|undefined|true|false|string|value/i;
const SHORT_EXAMPLE_WORD = /foo|bar(?!\w)|key|my[_-]|abc|aes|rsa/i;
const SHORT = 20;
/** Code and templates: something is put in later. */
const EXPRESSION =
  /^[<[{(%$&@]|\w[([]|\$\{|\{\{|::|^(?:process|os|env|config|settings|self|this|var|data|secrets|local)\./;
const PROPERTY = /^[a-z_]+(?:[A-Z][a-z]+)*(?:\.[A-Za-z_]+)+$/;
/** Names of types, algorithms and numbered things. */
const NUMBERED =
  /^(?:(?:big)?u?int|float|double|varchar|sha|hmac|md|aes|rsa|ecdsa|base|utf|iso|oauth|ipv|http|bcrypt|s?crypt|argon|pbkdf|ed|curve|secp|gpt|version|step|level|type|field|param|arg|option|item|page|version|required|optional|min|max|length|group|part)[-_]?\d{1,5}[-_]?[a-z]{0,14}\d{0,4}$/i;
const VERSION = /^v?\d+(?:[.:-]\d+)+\w{0,8}$/i;
/** Numbers with a unit, paths and addresses. */
const MEASURED_OR_PLACE = /^(?:\d+[a-z]{1,12}|[.~]?\/.*|https?:.*)$/i;

/** Whether a random-looking value is one that manuals print: telling words, rows such as `123456` or `abcdef`, few characters. */
export function isPlaceholder(value: string): boolean {
  return PLACEHOLDER_WORD.test(value) || hasRow(value, 6, 8) || isMonotonous(value);
}

/**
 * Whether what stands in the place of a password is an example, code, or a plain word.
 * @param least characters that a password has
 */
export function isNoPassword(value: string, least = 8): boolean {
  if (value.length < least || EXPRESSION.test(value) || PROPERTY.test(value)) return true;
  if (PLACEHOLDER_WORD.test(value) || EXAMPLE_WORD.test(value)) return true;
  if (value.length < SHORT && SHORT_EXAMPLE_WORD.test(value)) return true;
  if (value.length < SHORT ? hasRow(value, 4, 4) : hasRow(value, 6, 8)) return true;
  if (isMonotonous(value)) return true;
  if (isScrambled(value)) return false;
  if (!/\d/.test(value) || !/[a-z]/i.test(value)) return true;
  return NUMBERED.test(value) || VERSION.test(value) || MEASURED_OR_PLACE.test(value);
}

const RUNS = /[a-z]+|[A-Z]+|\d+/g;

/** Letters and digits in no order: `xQtKRa` against `accessToken`, `userID`, `sha256`. */
export function isScrambled(value: string): boolean {
  let irregular = 0;
  let before = '';
  const runs = value.match(RUNS) ?? [];
  for (const [i, run] of runs.entries()) {
    const first = run.charAt(0);
    if (first >= 'a') irregular += run.length === 1 && isCapital(before) && isCapital(runs[i + 1] ?? '') ? 1 : 0;
    else if (first >= 'A') irregular += run.length > 1 && before >= 'a' ? 1 : 0;
    else irregular += before >= 'A' && (runs[i + 1] ?? '') >= 'A' ? 1 : 0;
    before = first;
  }
  return irregular >= 2;
}

function isCapital(run: string): boolean {
  return run >= 'A' && run < 'a';
}

/** Whether characters follow each other (`1234`, `abcd`) or are the same (`0000`) so many times in a row. */
function hasRow(value: string, following: number, same: number): boolean {
  let ups = 1;
  let sames = 1;
  for (let i = 1; i < value.length; i++) {
    const step = value.charCodeAt(i) - value.charCodeAt(i - 1);
    ups = step === 1 ? ups + 1 : 1;
    sames = step === 0 ? sames + 1 : 1;
    if (ups >= following || sames >= same) return true;
  }
  return false;
}

/** Fewer different characters than chance gives. */
function isMonotonous(value: string): boolean {
  return new Set(value).size < Math.min(8, value.length / 2);
}
