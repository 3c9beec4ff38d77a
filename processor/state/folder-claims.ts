import type { Json } from '../../core/json.js';
import type { SegmentContent } from './folder-content.js';
import type { Claim, Claimed } from './state-store.js';

/** Lines of a call from which on what they say is kept: to read them all for each label would take longer with each. */
const MANY_LINES = 16;

/** What the labels of one call say, as far as its lines were read. */
interface CallClaims {
  /** Lines of the call that were read. */
  lines: number;
  /** True behind the line that took the call out: no claim counts any more. */
  over: boolean;
  /** What each claim is answered, by task and token. */
  readonly answers: Map<string, Claimed>;
  /** The latest verdict of each task. */
  readonly latest: Map<string, Json>;
}

/** The labels in a segment's content, of each call in the order of their lines. */
export class SegmentClaims {
  readonly #content: SegmentContent;
  readonly #many = new Map<string, CallClaims>();

  constructor(content: SegmentContent) {
    this.#content = content;
  }

  /** What became of a claim; undefined for one that is not in, or stands after the line that took its call out. */
  answer(claim: Claim): Claimed | undefined {
    return this.#of(claim.callId).answers.get(keyOf(claim));
  }

  /** Tasks that had a label for a call. */
  tasks(callId: string): readonly string[] {
    return [...this.#of(callId).latest.keys()];
  }

  #of(callId: string): CallClaims {
    const starts = this.#content.linesOf(callId);
    const claims = this.#many.get(callId) ?? { lines: 0, over: false, answers: new Map(), latest: new Map() };
    if (starts.length > MANY_LINES) this.#many.set(callId, claims);
    for (; claims.lines < starts.length && !claims.over; claims.lines++)
      read(claims, this.#content.line(starts[claims.lines] as number));
    return claims;
  }
}

function read(claims: CallClaims, line: ReturnType<SegmentContent['line']>): void {
  if (line?.kind === 'swept') claims.over = true;
  if (line?.kind !== 'claim') return;
  const { task, verdict } = line.claim;
  const key = keyOf(line.claim);
  // One that was sent again may stand there twice.
  if (claims.answers.has(key)) return;
  const before = claims.latest.get(task);
  claims.answers.set(key, before === undefined ? { kind: 'first' } : { kind: 'replaced', verdict: before });
  claims.latest.set(task, verdict);
}

function keyOf({ task, token }: Claim): string {
  return JSON.stringify([task, token]);
}
