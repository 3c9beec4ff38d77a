const MONTHS =
  'jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?';

/** A day in a year, in digits or with the month's English name. */
export const DATE = new RegExp(
  String.raw`(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/. ]\d{1,2}[-/. ](?:\d{4}|\d{2})|` +
    String.raw`\d{1,2}(?:st|nd|rd|th)?[ -](?:of )?(?:${MONTHS})[.,]?[ -]\d{4}|` +
    String.raw`(?:${MONTHS})\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4})(?![\w-])`,
  'iy',
);

/** Somebody's own, not a famous person's: people of whom a birth date is a secret are spoken of by their part. */
const SOMEBODY =
  /\b(?:patient|client|customer|member|insured|applicant|claimant|beneficiary|resident|tenant|borrower|account ?holder|policy ?holder|user|employee)\b|\b(?:I|you)(?: was| were|['’]m)?\s{0,2}$/i;

/** Whether a date lies on a calendar and within a life. */
export function isBirthDate(written: string): boolean {
  const year = /\d{4}/.exec(written)?.[0];
  if (year !== undefined && !/^(?:19\d\d|20[0-3]\d)$/.test(year)) return false;
  if (/[a-z]/i.test(written)) {
    const day = Number(/(?<!\d)\d{1,2}(?!\d)/.exec(written)?.[0]);
    return day >= 1 && day <= 31;
  }
  const parts = written.split(/\D/).map(Number);
  const [a = 0, b = 0] = written.search(/\d{4}/) === 0 ? parts.slice(1) : parts;
  return a >= 1 && b >= 1 && Math.min(a, b) <= 12 && Math.max(a, b) <= 31;
}

/** Whether `born` is said of somebody whose birth date is private. */
export function isOfSomebody(text: string, at: number): boolean {
  return SOMEBODY.test(text.slice(Math.max(0, at - 60), at));
}
