import type { TextSpan } from './evaluator.js';
import { findPii, PII_KINDS } from './pii.js';
import { findSecrets, SECRET_KINDS } from './secrets.js';

/** How much of a text may leave the process: nothing, what is left after masking, all of it. */
export type RedactionMode = 'none' | 'redacted' | 'full';

const KINDS: ReadonlySet<string> = new Set([...PII_KINDS, ...SECRET_KINDS]);
const OTHER = '[REDACTED]';
/** Masking may join two halves or give a number its label: so often a text is read again. Two rounds are the rule. */
const MAX_ROUNDS = 8;

/**
 * A text as it may leave the process. `redacted` masks the given spans and all personal data and credentials that are found,
 * each by a mark of its kind (`[EMAIL]`, `[CARD]`, `[AWS_KEY]`; `[REDACTED]` for a kind that is not ours), and reads the result
 * again until nothing is found. Spans that overlap become one mark, of the longest. Not names, not places: it is no
 * de-identification.
 * @param spans further spans of `text`, in UTF-16 units; what lies outside of it is ignored
 * @returns undefined with `none`, the text itself with `full`
 */
export function redactText(text: string, spans: readonly TextSpan[], mode: RedactionMode): string | undefined {
  if (mode === 'full') return text;
  if (mode !== 'redacted') return undefined;
  let masked = mask(text, [...spans, ...findings(text)]);
  for (let round = 1; round < MAX_ROUNDS; round++) {
    const left = findings(masked);
    if (left.length === 0) return masked;
    masked = mask(masked, left);
  }
  return findings(masked).length === 0 ? masked : OTHER;
}

/** A text with all personal data and credentials that are found masked: `redactText` for who has no spans of its own. */
export function maskText(text: string): string {
  return redactText(text, [], 'redacted') ?? OTHER;
}

function findings(text: string): TextSpan[] {
  return [...findPii(text), ...findSecrets(text)];
}

/** Puts marks in place of spans; those that overlap are one. */
function mask(text: string, spans: readonly TextSpan[]): string {
  const sorted = spans
    .map(span => inside(text, span))
    .filter(({ start, end }) => start < end)
    .sort((a, b) => a.start - b.start);
  let out = '';
  let at = 0;
  for (let i = 0; i < sorted.length; ) {
    let longest = sorted[i] as TextSpan;
    const { start } = longest;
    let { end } = longest;
    for (i++; i < sorted.length && (sorted[i] as TextSpan).start < end; i++) {
      const next = sorted[i] as TextSpan;
      end = Math.max(end, next.end);
      if (next.end - next.start > longest.end - longest.start) longest = next;
    }
    out += text.slice(at, start) + markOf(longest.kind);
    at = end;
  }
  return out + text.slice(at);
}

function markOf(kind: string): string {
  return KINDS.has(kind) ? `[${kind.toUpperCase()}]` : OTHER;
}

/** A span within the text that cuts no character in two; empty where it says nothing. */
function inside(text: string, { start, end, kind }: TextSpan): TextSpan {
  if (!(start < end)) return { start: 0, end: 0, kind };
  let from = Math.max(0, Math.floor(start));
  let to = Math.min(text.length, Math.ceil(end));
  if (from > 0 && isSurrogatePair(text, from - 1)) from--;
  if (to > 0 && isSurrogatePair(text, to - 1)) to++;
  return { start: from, end: to, kind };
}

function isSurrogatePair(text: string, at: number): boolean {
  const first = text.charCodeAt(at);
  const second = text.charCodeAt(at + 1);
  return first >= 0xd800 && first < 0xdc00 && second >= 0xdc00 && second < 0xe000;
}
