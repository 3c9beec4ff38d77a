import { readLenient } from '../evaluators/json-lenient.js';

/** Worst and best, or least and most, that a judge may say. */
export interface Scale {
  readonly min: number;
  readonly max: number;
}

export interface Verdict {
  /** 0..1: 0 the lower end of the scale, 1 the upper. */
  readonly score: number;
  /** One of the reasons that were offered, `other` for another; absent where none was given. */
  readonly reason?: string;
}

/** What a judge that was asked for a line has any use for. */
const MAX_REPLY = 20_000;
const THOUGHT = '</think>';
/** A reply that is a number and no more than its name, and maybe what it is out of. */
const NUMBER = /^[\s"'`*#]{0,8}(?:score[\s"'`*:=]{0,8})?(-?\d{1,6}(?:\.\d{1,6})?)(?: ?\/ ?(\d{1,6}))?[\s"'`*.]{0,8}$/i;
/** What may stand in front of the object or behind it where the rest of the reply is on its other side. */
const FENCE = /^[\s`.]{0,8}(?:json)?\s{0,4}$/i;

interface Said {
  readonly score: number;
  readonly reason?: unknown;
}

/**
 * What a judge's reply says: the JSON object that was asked for, else the one object with a score that its reply begins or ends
 * with. Two with different scores are none, nor is one that stands word for word in what was judged: a judge may quote it. A
 * score beyond the scale is none, nor is one out of another number than its upper end.
 * @param material what was judged, and what it was an answer to
 */
export function readVerdict(
  reply: string,
  scale: Scale,
  reasons: readonly string[],
  material: readonly string[],
): Verdict | undefined {
  if (reply.length > MAX_REPLY) return undefined;
  // Models that think aloud do so in front. Where the material holds the same mark, who quotes it has not stopped to think.
  const thought = material.some(part => part.includes(THOUGHT)) ? -1 : reply.lastIndexOf(THOUGHT);
  const text = thought < 0 ? reply : reply.slice(thought + THOUGHT.length);
  const said = whole(text, scale) ?? only(text, scale, material);
  if (said === undefined || !(said.score >= scale.min && said.score <= scale.max)) return undefined;
  const score = (said.score - scale.min) / (scale.max - scale.min);
  if (typeof said.reason !== 'string') return { score };
  const word = said.reason.trim().toLowerCase();
  return { score, reason: reasons.includes(word) ? word : 'other' };
}

function whole(text: string, scale: Scale): Said | undefined {
  if (NUMBER.test(text)) return { score: numberIn(text, scale) };
  return saidIn(text.trim(), scale);
}

/** NaN for what is no number, or one out of something else: 4/5 says nothing on a scale to 10. */
function numberIn(text: string, { max }: Scale): number {
  const [, number, outOf] = NUMBER.exec(text) ?? [];
  return outOf === undefined || Number(outOf) === max ? Number(number) : Number.NaN;
}

function saidIn(json: string, scale: Scale): Said | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
  const { score, reason } = parsed as { readonly score?: unknown; readonly reason?: unknown };
  const number = typeof score === 'string' ? numberIn(score, scale) : score;
  return typeof number === 'number' && Number.isFinite(number) ? { score: number, reason } : undefined;
}

/** The one object with a score, at an end of the reply. */
function only(text: string, scale: Scale, material: readonly string[]): Said | undefined {
  let found: Said | undefined;
  let atEnd = false;
  for (const match of text.matchAll(/\{[^{}]*\}/g)) {
    const [piece] = match;
    const said = saidIn(piece, scale) ?? saidIn(readLenient(piece, 0)?.strict ?? '', scale);
    if (said === undefined) continue;
    if (material.some(part => part.includes(piece)) || (found !== undefined && found.score !== said.score))
      return undefined;
    found = said;
    atEnd ||= FENCE.test(text.slice(0, match.index)) || FENCE.test(text.slice(match.index + piece.length));
  }
  return atEnd ? found : undefined;
}
