import { type Finder, type Found, search } from './finder.js';
import { isNoPassword, isPlaceholder } from './secrets-placeholder.js';

/** Names of what holds a secret, at the end of a longer name or alone. */
const NAME =
  /(?:pass(?:word|wd|phrase|code)|pwd|secret|token|(?:api|access|account|auth|private|secret|signing|encryption|shared|service|storage|master)[ _-]?key|credential)(?:\\?["'`\])]){0,3}(?=[\s:=])/gi;
const SIGN = /\s{0,3}(?::=|=>|[:=])\s{0,3}|\s{1,2}(?:is|was)(?:\s{0,2}:)?\s{1,2}/y;
const VALUE = /(?:\\?["'`]){0,3}([^\s"'`,;<>\\]{8,200})/y;
/** Tokens that open nothing. */
const HARMLESS =
  /(?:page|next|continuation|cursor|sync|csrf|xsrf|public|primary|foreign|partition|sort|num|max)[ _-]?$/i;
/** Shorter values behind `token` or `key` are names. */
const MIN_TOKEN = 16;
const AWS_SECRET = /^[A-Za-z0-9/+]{40}$/;
const STORAGE_KEY = /^[A-Za-z0-9/+]{86}==?$/;

/** Secrets told by the name they are given to: `DB_PASSWORD=…`, `"client_secret": "…"`, `the password is …`. */
export const findAssigned: Finder = text => search(text, NAME, match => readAssigned(text, match));

function readAssigned(text: string, match: RegExpExecArray): Found | undefined {
  SIGN.lastIndex = match.index + match[0].length;
  if (!SIGN.test(text)) return undefined;
  VALUE.lastIndex = SIGN.lastIndex;
  const found = VALUE.exec(text);
  const value = found?.[1]?.replace(/[.:)?\]}]{1,4}$/, '');
  if (found === null || value === undefined) return undefined;
  const start = VALUE.lastIndex - (found[1] as string).length;
  const end = start + value.length;
  const name = match[0].toLowerCase();
  const before = text.slice(Math.max(0, match.index - 16), match.index);
  if (STORAGE_KEY.test(value))
    return isPlaceholder(value) ? undefined : { kind: 'azure_key', start, end, confidence: 0.98 };
  if (/access[ _-]?key/.test(name) && AWS_SECRET.test(value)) {
    return isPlaceholder(value) ? undefined : { kind: 'aws_secret', start, end, confidence: 0.98 };
  }
  const chosen = /^(?:pass|pwd|secret(?![ _-]?key)|credential)/.test(name);
  if (HARMLESS.test(before) || isNoPassword(value, chosen ? 8 : MIN_TOKEN)) return undefined;
  return { kind: /^(?:pass|pwd|credential)/.test(name) ? 'password' : 'api_key', start, end, confidence: 0.9 };
}

const HEADER = /\b(bearer|basic)\s{1,2}([\w.~+/-]{12,2000}={0,2})/gi;

/** Credentials in an `Authorization` header. */
export const findHeaders: Finder = text =>
  search(text, HEADER, match => {
    const value = (match[2] as string).replace(/\.$/, '');
    const start = match.index + match[0].length - (match[2] as string).length;
    const basic = match[1]?.toLowerCase() === 'basic';
    if (basic ? !isBasic(value) : isNoPassword(value, 20)) return undefined;
    return { kind: basic ? 'basic_auth' : 'bearer_token', start, end: start + value.length, confidence: 0.95 };
  });

/** Whether it is the base 64 of a user and a password. */
function isBasic(value: string): boolean {
  const [user, ...rest] = Buffer.from(value, 'base64').toString('latin1').split(':');
  const password = rest.join(':');
  return (
    user !== undefined &&
    /^[\x20-\x7e]{1,100}$/.test(user) &&
    /^[\x20-\x7e]+$/.test(password) &&
    !isNoPassword(password, 6)
  );
}

const USER_INFO = /([^\s:@/"'`<>]{0,64}):([^\s@/"'`<>]{3,128})@[\w[]/y;
const DATABASE =
  /(?:postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|rediss?|amqps?|mssql|sqlserver|oracle|clickhouse|cockroachdb|snowflake|kafka|ldaps?)$/i;

/** Passwords in a URL: `postgres://app:…@db/main`. */
export const findUrlPasswords: Finder = text => {
  const found: Found[] = [];
  for (let at = text.indexOf('://'); at >= 0; at = text.indexOf('://', at + 3)) {
    USER_INFO.lastIndex = at + 3;
    const match = USER_INFO.exec(text);
    const password = match?.[2];
    if (match === null || password === undefined || password === match[1] || isNoPassword(password, 6)) continue;
    const start = at + 3 + (match[1] as string).length + 1;
    const kind = DATABASE.test(text.slice(Math.max(0, at - 16), at)) ? 'database_url' : 'url_password';
    found.push({ kind, start, end: start + password.length, confidence: 0.95 });
  }
  return found;
};
