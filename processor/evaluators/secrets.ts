import type { Evaluator } from './evaluator.js';
import { type Finder, type Found, findAll } from './finder.js';
import { judgeAnswers } from './judge-answers.js';
import { type PlainText, plainText } from './plain-text.js';
import type { TextFacts } from './scan.js';
import { findAssigned, findHeaders, findUrlPasswords } from './secrets-assigned.js';
import { findPrivateKeys } from './secrets-pem.js';
import { findTokens } from './secrets-tokens.js';

/** The kinds of credentials, the worst to leak first: all reasons that `secrets` may give. */
export const SECRET_KINDS = [
  'private_key',
  'aws_secret',
  'aws_key',
  'azure_key',
  'google_key',
  'database_url',
  'github_token',
  'gitlab_token',
  'stripe_key',
  'openai_key',
  'anthropic_key',
  'slack_token',
  'twilio_key',
  'sendgrid_key',
  'npm_token',
  'pypi_token',
  'huggingface_token',
  'api_key',
  'jwt',
  'bearer_token',
  'basic_auth',
  'url_password',
  'password',
] as const;

/**
 * Credentials in a whole text: tokens with an issuer's prefix, private keys, passwords in URLs, headers and assignments. Not
 * hashes, public keys, placeholders, nor the examples of manuals. Spans as in `findPii`.
 */
export function findSecrets(text: string): Found[] {
  return findIn(plainText(text));
}

/** The shortest token of an issuer, and the shortest value of a header. */
const LEAST = { token: 20, header: 12 };

/** @param facts of this text, where it was scanned: it tells what need not be searched for */
function findIn(plain: PlainText, facts?: TextFacts): Found[] {
  const { text } = plain;
  const longest = facts?.longestStretch ?? text.length;
  const finders: Finder[] = [];
  if (longest >= LEAST.token) finders.push(findTokens);
  // A password has a digit or capitals in a mess, and a key is long.
  if (facts?.mixedStretch !== false) finders.push(findAssigned);
  if (longest >= LEAST.header) finders.push(findHeaders);
  if (text.includes('-----BEGIN')) finders.push(findPrivateKeys);
  if (text.includes('://')) finders.push(findUrlPasswords);
  return finders.length === 0 ? [] : findAll(plain, finders);
}

/** Whether an answer shows a credential: see `findSecrets`. Skips an answer without a visible character. */
export const secrets: Evaluator = {
  name: 'secrets',
  bad: 'high',
  evaluate: input => judgeAnswers(input, findIn, SECRET_KINDS),
};
