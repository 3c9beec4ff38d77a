import { type Finder, type Found, isWordUnit, search } from './finder.js';
import { isPlaceholder, isScrambled } from './secrets-placeholder.js';

interface TokenFormat {
  readonly kind: string;
  /** Source of an expression: what the token begins with, by which it is found. */
  readonly prefix: string;
  /** The rest of it. */
  readonly rest: RegExp;
}

/** Tokens that their issuers gave a prefix, so that they can be found. Forms as published by the issuers. */
const FORMATS: readonly TokenFormat[] = [
  { kind: 'aws_key', prefix: 'A(?:KIA|SIA|BIA|CCA)', rest: /[A-Z2-7]{16}|[A-Z0-9]{16}/y },
  { kind: 'github_token', prefix: 'gh[opsur]_', rest: /[A-Za-z0-9]{36,251}/y },
  { kind: 'github_token', prefix: 'github_pat_', rest: /[A-Za-z0-9]{22}_[A-Za-z0-9]{59}/y },
  { kind: 'gitlab_token', prefix: 'gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent)-', rest: /[\w-]{20,64}(?:\.[\w.]{1,40})?/y },
  {
    kind: 'slack_token',
    prefix: 'xox[abeoprs]-',
    rest: /(?:\d-)?(?:[A-Za-z0-9]{8,64}-){1,4}[A-Za-z0-9]{16,64}|[A-Za-z0-9-]{24,200}/y,
  },
  { kind: 'slack_token', prefix: 'xapp-', rest: /\d-[A-Z0-9]{8,16}-\d{8,16}-[a-f0-9]{40,80}/y },
  {
    kind: 'slack_token',
    prefix: 'hooks\\.slack\\.com\\/(?:services|workflows)\\/',
    rest: /T[A-Z0-9]{7,12}\/[A-Z0-9]{8,14}\/[A-Za-z0-9]{20,32}/y,
  },
  { kind: 'stripe_key', prefix: '[sr]k_(?:live|test)_', rest: /[A-Za-z0-9]{20,120}/y },
  { kind: 'stripe_key', prefix: 'whsec_', rest: /[A-Za-z0-9+/]{32,64}/y },
  { kind: 'anthropic_key', prefix: 'sk-ant-(?:api|admin|sid|oat)\\d{2}-', rest: /[\w-]{60,200}/y },
  { kind: 'openai_key', prefix: 'sk-(?:proj|svcacct|admin|None)-', rest: /[\w-]{40,220}/y },
  { kind: 'api_key', prefix: 'sk-or-v1-', rest: /[a-f0-9]{64}/y },
  { kind: 'openai_key', prefix: 'sk-', rest: /[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}|[A-Za-z0-9]{32,64}/y },
  { kind: 'google_key', prefix: 'AIza', rest: /[\w-]{35}/y },
  { kind: 'google_key', prefix: 'GOCSPX-', rest: /[\w-]{28}/y },
  { kind: 'google_key', prefix: 'ya29\\.', rest: /[\w-]{40,250}/y },
  { kind: 'npm_token', prefix: 'npm_', rest: /[A-Za-z0-9]{36}/y },
  { kind: 'pypi_token', prefix: 'pypi-AgE', rest: /[\w-]{50,250}/y },
  { kind: 'sendgrid_key', prefix: 'SG\\.', rest: /[\w-]{20,24}\.[\w-]{39,50}/y },
  { kind: 'huggingface_token', prefix: 'hf_', rest: /[A-Za-z]{34}|[A-Za-z0-9]{34,40}/y },
  { kind: 'twilio_key', prefix: 'SK', rest: /[a-f0-9]{32}/y },
  { kind: 'api_key', prefix: 'gsk_', rest: /[A-Za-z0-9]{48,56}/y },
  { kind: 'api_key', prefix: 'xai-', rest: /[A-Za-z0-9]{70,90}/y },
  { kind: 'api_key', prefix: 'pplx-', rest: /[A-Za-z0-9]{40,60}/y },
  { kind: 'api_key', prefix: 'lin_api_', rest: /[A-Za-z0-9]{40}/y },
  { kind: 'api_key', prefix: 'dapi', rest: /[a-f0-9]{32}(?:-\d)?/y },
  { kind: 'api_key', prefix: 'do[opr]_v1_', rest: /[a-f0-9]{64}/y },
  { kind: 'api_key', prefix: 'shp(?:at|ca|pa|ss)_', rest: /[a-fA-F0-9]{32}/y },
  { kind: 'api_key', prefix: 'dckr_pat_', rest: /[\w-]{27,40}/y },
  { kind: 'api_key', prefix: 'sq0(?:atp|csp)-', rest: /[\w-]{22,43}/y },
  { kind: 'api_key', prefix: 'hv[sb]\\.', rest: /[\w-]{24,250}/y },
  { kind: 'api_key', prefix: 'AGE-SECRET-KEY-1', rest: /[A-Z0-9]{58}/y },
  { kind: 'api_key', prefix: 'PMAK-', rest: /[a-f0-9]{24}-[a-f0-9]{34}/y },
  { kind: 'api_key', prefix: 'EAA', rest: /[A-Za-z0-9]{120,250}/y },
  { kind: 'jwt', prefix: 'eyJ', rest: /[\w-]{10,2000}\.eyJ[\w-]{10,8000}\.[\w-]{20,2000}/y },
];

const PREFIX = new RegExp(FORMATS.map(({ prefix }) => `(${prefix})`).join('|'), 'g');
/** The claims that manuals print: a person 1234567890, in base 64. */
const SAMPLE_CLAIMS = /eyJzdWIiOiIxMjM0NTY3ODkw|SflKxwRJSMeKKF2QT4f/;

/** Tokens with a prefix of their issuer; not those that only show the form. */
export const findTokens: Finder = text => search(text, PREFIX, match => readToken(text, match));

function readToken(text: string, match: RegExpExecArray): Found | undefined {
  const start = match.index;
  if (isWordUnit(text.charCodeAt(start - 1))) return undefined;
  const format = FORMATS[match.findIndex((group, i) => i > 0 && group !== undefined) - 1];
  if (format === undefined) return undefined;
  // Inside a longer token; also bounds the work for `eyJ-eyJ-…`.
  if (format.kind === 'jwt' && text.charAt(start - 1) === '-') return undefined;
  format.rest.lastIndex = start + match[0].length;
  const rest = format.rest.exec(text)?.[0];
  if (rest === undefined) return undefined;
  const end = start + match[0].length + rest.length;
  if (isWordUnit(text.charCodeAt(end))) return undefined;
  // Numbers in front are those of a workspace: rows happen in them.
  const random = rest.replace(/^(?:\d{8,14}-)+/, '');
  if (format.kind === 'jwt' ? SAMPLE_CLAIMS.test(rest) : isPlaceholder(random)) return undefined;
  // A long name has neither a digit nor its capital letters in a mess.
  if (format.kind !== 'aws_key' && !/\d/.test(rest) && !isScrambled(rest)) return undefined;
  return { kind: format.kind, start, end, confidence: 0.98 };
}
