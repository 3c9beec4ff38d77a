import type { Finder, Found } from './finder.js';

const LOCAL_MAX = 64;
const DOMAIN = /(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,6}[A-Za-z]{2,24}(?![A-Za-z0-9-])/y;
/** Endings of files, not of domains: `icon@2x.png`. */
const FILES = /\.(?:png|jpe?g|gif|svg|webp|css|jsx?|tsx?|mjs|json|html?|py|txt|md|ya?ml|zip|exe|dll|jar)$/i;
/** Mailboxes of a function, and words that stand for somebody's address. */
const NOBODY =
  /^(?:git|hg|svn|(?:do[._-]?not|no)[._-]?reply|mailer-daemon|postmaster|webmaster|hostmaster|abuse|support|info|sales|help|helpdesk|contact|admin|office|hello|privacy|press|media|jobs|careers|billing|security|customer[._-]?(?:service|support|care)|service|enquiries|inquiries|your?|your[._-]?\w{1,20}|username|user[._-]?name|(?:[a-z]{2,12}[._-])?email|example|name|firstname|first[._-]?last(?:name)?|firstname[._-]lastname|someone|somebody|xxx\w{0,10})$/i;
const PLACE = /^(?:your|my|votre|ihre?)[a-z-]{0,20}\.|^(?:domain|company|email|xxx\w{0,10})\.(?:com|org|net)$/i;
const REMOTE = /(?:\b(?:ssh|scp|rsync|sftp)\s(?:-\w{1,2}\s)?|:\/\/\S{0,80})$/i;

/** E-mail addresses of people: not remotes of git or ssh, not credentials in a URL, not mailboxes of a function. */
export const findEmails: Finder = text => {
  const found: Found[] = [];
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    let start = at;
    while (start > 0 && at - start < LOCAL_MAX && isLocal(text.charCodeAt(start - 1))) start--;
    while (start < at && !isLetterOrDigit(text.charCodeAt(start))) start++;
    if (start === at) continue;
    DOMAIN.lastIndex = at + 1;
    const domain = DOMAIN.exec(text)?.[0];
    if (domain === undefined || FILES.test(domain) || PLACE.test(domain)) continue;
    if (NOBODY.test(text.slice(start, at)) || isRemote(text, start)) continue;
    found.push({ kind: 'email', start, end: at + 1 + domain.length, confidence: 0.97 });
  }
  return found;
};

function isRemote(text: string, start: number): boolean {
  return REMOTE.test(text.slice(Math.max(0, start - 100), start));
}

function isLetterOrDigit(unit: number): boolean {
  return (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x30 && unit <= 0x39) || (unit >= 0x41 && unit <= 0x5a);
}

/** Letters, digits and `._%+-'` of an unquoted local part. */
function isLocal(unit: number): boolean {
  return (
    isLetterOrDigit(unit) ||
    unit === 0x2e ||
    unit === 0x5f ||
    unit === 0x25 ||
    unit === 0x2b ||
    unit === 0x2d ||
    unit === 0x27
  );
}
