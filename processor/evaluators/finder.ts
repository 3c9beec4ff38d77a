import type { Evaluation, TextSpan } from './evaluator.js';
import type { PlainText } from './plain-text.js';

/** A part of a text that looks like something of a kind, and how sure that is. */
export interface Found extends TextSpan {
  /** 0..1: about the share of such findings that are right. */
  readonly confidence: number;
}

/** Finds in a text without disguise; offsets are those of that text. Pure, linear, never throws. */
export type Finder = (text: string) => readonly Found[];

type Scored = Exclude<Evaluation, { readonly skipped: unknown }>;

const MAX_SPANS = 64;

/**
 * All places where an expression matches and `read` says that it is what it looks like. Where it is not, the search goes on one
 * character later, so that a rejected match hides nothing behind it.
 * @param expression with the flag `g`; every quantifier bounded
 */
export function search(text: string, expression: RegExp, read: (match: RegExpExecArray) => Found | undefined): Found[] {
  const found: Found[] = [];
  expression.lastIndex = 0;
  for (let match = expression.exec(text); match !== null; match = expression.exec(text)) {
    const finding = read(match);
    if (finding !== undefined) found.push(finding);
    expression.lastIndex = Math.max(match.index + 1, finding?.end ?? 0);
  }
  return found;
}

/** Whether no letter or digit touches [start, end): it is no part of a longer word or number. */
export function standsAlone(text: string, start: number, end: number): boolean {
  return !isWordUnit(text.charCodeAt(start - 1)) && !isWordUnit(text.charCodeAt(end));
}

/** ASCII letters, digits and the underscore. */
export function isWordUnit(unit: number): boolean {
  return (
    (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x30 && unit <= 0x39) || (unit >= 0x41 && unit <= 0x5a) || unit === 0x5f
  );
}

/** Of findings that overlap the longest, of equally long ones the first; in the order of the text. */
export function withoutOverlaps<T extends TextSpan>(findings: readonly T[]): T[] {
  const kept: T[] = [];
  for (const finding of [...findings].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = kept.at(-1);
    if (last === undefined || last.end <= finding.start) kept.push(finding);
    else if (last.end - last.start < finding.end - finding.start) kept[kept.length - 1] = finding;
  }
  return kept;
}

/** All findings of some finders in a text, as spans of the original. */
export function findAll(plain: PlainText, finders: readonly Finder[]): Found[] {
  const found = finders.flatMap(finder => finder(plain.text));
  return withoutOverlaps(found).map(finding => ({ ...finding, ...plain.original(finding.start, finding.end) }));
}

/**
 * The score of what was found: the probability that at least one is right. Its reason is the kind that stands first in `kinds`.
 * @param kinds all kinds, the worst first
 */
export function evaluationOf(findings: readonly Found[], kinds: readonly string[]): Scored {
  if (findings.length === 0) return { score: 0, flagged: false };
  let wrong = 1;
  let worst = kinds.length;
  for (const { confidence, kind } of findings) {
    wrong *= 1 - confidence;
    worst = Math.min(worst, Math.max(0, kinds.indexOf(kind)));
  }
  return {
    score: 1 - wrong,
    flagged: true,
    reason: kinds[worst] as string,
    spans: findings.slice(0, MAX_SPANS).map(({ start, end, kind }) => ({ start, end, kind })),
  };
}
