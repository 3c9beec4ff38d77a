import { lastUserText } from '../../core/content.js';
import type { Evaluation, Evaluator, EvaluatorInput } from './evaluator.js';
import { evaluationOf, type Finder, type Found, findAll } from './finder.js';
import { judgeAnswers } from './judge-answers.js';
import { findCards } from './pii-card.js';
import { findEmails } from './pii-email.js';
import { findIbans } from './pii-iban.js';
import { findAddresses } from './pii-ip.js';
import { findLabelled } from './pii-labelled.js';
import { findMedicare, findSocialSecurity } from './pii-numbers.js';
import { findPhones } from './pii-phone.js';
import { type PlainText, plainText } from './plain-text.js';
import { readParts } from './scan.js';

/** The kinds of personal data, the worst to leak first: all reasons that `pii` and `pii_input` may give. */
export const PII_KINDS = [
  'us_ssn',
  'card',
  'iban',
  'nhs',
  'mbi',
  'mrn',
  'npi',
  'dea',
  'aba',
  'dob',
  'phone',
  'email',
  'ip',
] as const;

/**
 * Personal data with a form that can be checked, in a whole text: e-mail addresses, telephone numbers, payment cards, IBANs, US
 * social security, Medicare, NHS, provider, prescriber, routing and record numbers, birth dates, internet addresses. Names and
 * places are not looked for. Spans are in UTF-16 units of the text, in order, without overlaps.
 */
export function findPii(text: string): Found[] {
  return findIn(plainText(text));
}

const NUMBER = /\d(?:[ .\-()/]{0,2}\d){4}/;
const BIRTH = /born|birth|d\.?o\.?b/i;

/** Each search runs only where a cheap sign of it is: most texts have neither a long number nor an `@`. */
function findIn(plain: PlainText): Found[] {
  const { text } = plain;
  const finders: Finder[] = text.includes('@') ? [findEmails] : [];
  if (!/\d/.test(text)) return finders.length === 0 ? [] : findAll(plain, finders);
  if (NUMBER.test(text)) finders.push(findCards, findIbans, findPhones, findLabelled, findSocialSecurity);
  else if (BIRTH.test(text)) finders.push(findLabelled);
  finders.push(findMedicare, findAddresses);
  return findAll(plain, finders);
}

/** Whether an answer shows personal data: see `findPii`. Skips an answer without a visible character. */
export const pii: Evaluator = {
  name: 'pii',
  bad: 'high',
  evaluate: input => judgeAnswers(input, findIn, PII_KINDS),
};

/** Whether the last thing the user said holds personal data; spans are in that message. Skips where the user said nothing. */
export const piiInput: Evaluator = {
  name: 'pii_input',
  bad: 'high',
  evaluate({ text }: EvaluatorInput): Evaluation {
    const said = lastUserText(text);
    if (said.trim() === '') return { skipped: 'no_text' };
    return evaluationOf(findIn(plainText(said, readParts(said))), PII_KINDS);
  },
};
