/**
 * Made-up personal data and credentials, new for each seed: nothing that looks live stands in a file.
 */
import { passesLuhn, passesMod97 } from '../../../processor/evaluators/pii-checksums.js';

export type Random = () => number;
export type Sample = (random: Random) => string;

const DIGITS = '0123456789';
const CAPITALS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const SMALL = CAPITALS.toLowerCase();
const ALL = DIGITS + CAPITALS + SMALL;
const HEX = `${DIGITS}abcdef`;

export function pick(random: Random, from: string, length: number): string {
  return Array.from({ length }, () => from.charAt(Math.floor(random() * from.length))).join('');
}

/** The first of digits 0..9 behind a prefix that passes a check. */
function withCheck(prefix: string, passes: (digits: string) => boolean): string {
  return [...DIGITS].map(digit => prefix + digit).find(passes) ?? '';
}

function card(prefix: string, length: number, random: Random): string {
  return withCheck(prefix + pick(random, DIGITS, length - prefix.length - 1), passesLuhn);
}

function iban(country: string, bban: string): string {
  for (let check = 2; check < 99; check++) {
    const found = `${country}${String(check).padStart(2, '0')}${bban}`;
    if (passesMod97(found)) return found;
  }
  return '';
}

const groups = (text: string, size: number, by: string) => text.match(new RegExp(`.{1,${size}}`, 'g'))?.join(by) ?? '';
const from = (random: Random, words: readonly string[]) => words[Math.floor(random() * words.length)] as string;
/** Digits whose rest modulo 11, or weighted sum, is known are found by trying. */
const until = (random: Random, length: number, passes: (digits: string) => boolean): string => {
  for (;;) {
    const digits = pick(random, DIGITS, length);
    if (passes(digits)) return digits;
  }
};
const sum = (digits: string, weights: readonly number[]) =>
  weights.reduce((total, weight, i) => total + weight * Number(digits.charAt(i)), 0);

/** What a kind looks like with, behind `|`, the words before it that it needs. */
export const PII: Readonly<Record<string, Sample>> = {
  us_ssn: r =>
    `|${1 + Math.floor(r() * 6)}${pick(r, DIGITS, 2).replace('66', '67')}-${pick(r, '123456789', 2)}-${pick(r, '123456789', 4)}`,
  card: r => `|${groups(card(from(r, ['4', '51', '55', '2221', '6011', '65']), 16, r), 4, from(r, ['', ' ', '-']))}`,
  iban: r =>
    `|${from(r, [iban('DE', pick(r, DIGITS, 18)), groups(iban('GB', pick(r, CAPITALS, 4) + pick(r, DIGITS, 14)), 4, ' ')])}`,
  nhs: r =>
    `NHS number |${until(r, 10, digits => (sum(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) + Number(digits.charAt(9))) % 11 === 0)}`,
  mbi: r =>
    `|${pick(r, '123456789', 1)}${pick(r, 'ACDEFGH', 2)}${pick(r, DIGITS, 1)}-${pick(r, 'JKMNPQ', 2)}${pick(r, DIGITS, 1)}-${pick(r, 'RTUVWXY', 2)}${pick(r, DIGITS, 2)}`,
  mrn: r => `MRN: |${pick(r, '123456789', 8)}`,
  npi: r => `NPI |${withCheck(`1${pick(r, DIGITS, 8)}`, digits => passesLuhn(`80840${digits}`))}`,
  dea: r => {
    const digits = pick(r, DIGITS, 6);
    return `DEA number |${pick(r, 'ABFM', 1)}${pick(r, CAPITALS, 1)}${digits}${sum(digits, [1, 2, 1, 2, 1, 2]) % 10}`;
  },
  aba: r =>
    `routing number |${until(r, 9, d => /^(?:0[1-9]|1[0-2]|2[1-9])/.test(d) && sum(d, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 === 0)}`,
  dob: r => `DOB: |19${pick(r, '56789', 1)}${pick(r, DIGITS, 1)}-0${pick(r, '123456789', 1)}-1${pick(r, DIGITS, 1)}`,
  phone: r => `|${from(r, ['+44 20 7', '+1 415 2', '+49 30 2'])}${pick(r, '123456789', 2)} ${pick(r, '123456789', 4)}`,
  email: r => `|${pick(r, SMALL, 5)}.${pick(r, SMALL, 6)}@${pick(r, SMALL, 6)}.example.org`,
  ip: r =>
    `|${from(r, ['93', '151', '45'])}.${pick(r, '123456789', 2)}.1${pick(r, DIGITS, 2)}.${pick(r, '123456789', 2)}`,
};

/** A password as a generator makes it: letters of both cases between digits. */
const password = (random: Random, length = 16) =>
  Array.from(
    { length: length / 4 },
    () => pick(random, SMALL, 1) + pick(random, CAPITALS, 2) + pick(random, '2345679', 1),
  ).join('');

export const SECRETS: Readonly<Record<string, Sample>> = {
  aws_key: r => `|AK${'IA'}${pick(r, `${CAPITALS}234567`, 16)}`,
  aws_secret: r => `aws_secret_${'access_key'} = |${pick(r, ALL, 40)}`,
  github_token: r => `|gh${from(r, ['p', 'o', 's'])}_${pick(r, ALL, 36)}`,
  gitlab_token: r => `|gl${'pat'}-${pick(r, DIGITS, 1)}${pick(r, ALL, 19)}`,
  slack_token: r => `|xox${'b'}-${pick(r, DIGITS, 12)}-${pick(r, DIGITS, 12)}-${pick(r, ALL, 24)}`,
  stripe_key: r => `|sk${'_live_'}${pick(r, DIGITS, 1)}${pick(r, ALL, 23)}`,
  openai_key: r => `|sk${'-proj-'}${pick(r, ALL, 60)}T3Blbk${'FJ'}${pick(r, ALL, 60)}`,
  anthropic_key: r => `|sk${'-ant-'}api03-${pick(r, ALL, 93)}AA`,
  google_key: r => `|AI${'za'}${pick(r, DIGITS, 1)}${pick(r, ALL, 34)}`,
  npm_token: r => `|npm${'_'}${pick(r, ALL, 36)}`,
  pypi_token: r => `|py${'pi-'}AgE${pick(r, ALL, 90)}`,
  sendgrid_key: r => `|S${'G.'}${pick(r, ALL, 22)}.${pick(r, ALL, 43)}`,
  huggingface_token: r => `|h${'f_'}${pick(r, CAPITALS + SMALL, 34)}`,
  twilio_key: r => `|S${'K'}${pick(r, HEX, 32)}`,
  jwt: r => `|ey${'J'}${pick(r, ALL, 33)}.ey${'J'}${pick(r, ALL, 60)}.${pick(r, ALL, 43)}`,
  private_key: r =>
    `|-----BEGIN RSA ${'PRIVATE KEY'}-----\n${pick(r, ALL, 64)}\n${pick(r, ALL, 40)}\n-----END RSA ${'PRIVATE KEY'}-----`,
  azure_key: r => `AccountKey=|${pick(r, ALL, 86)}==`,
  bearer_token: r => `Authorization: Bearer |${pick(r, ALL, 40)}`,
  basic_auth: r => `Authorization: Basic |${Buffer.from(`svc:${password(r)}`).toString('base64')}`,
  database_url: r => `postgres://app:|${password(r)}|@db.internal:5432/main`,
  url_password: r => `https://bot:|${password(r)}|@git.acme.io/x.git`,
  password: r => `DB_PASSWORD=|${password(r)}`,
  api_key: r => `api_key: "|${password(r, 24)}|"`,
};

/** A sample in its sentence, and where it stands. */
export function placed(sample: string, before = 'It says: ', after = ', so far.') {
  const [label = '', value = '', rest = ''] = sample.split('|');
  const start = before.length + label.length;
  return { text: before + label + value + rest + after, start, end: start + value.length };
}
