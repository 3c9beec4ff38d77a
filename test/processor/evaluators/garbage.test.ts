import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { createRandom } from '../../../core/random.js';
import { type Evaluation, SKIP_REASONS } from '../../../processor/evaluators/evaluator.js';
import { hasDuplicateKey, readLenient } from '../../../processor/evaluators/json-lenient.js';
import { redactText } from '../../../processor/evaluators/redact.js';
import { SCAN_LIMITS } from '../../../processor/evaluators/scan.js';
import { loadLanguageDetector } from '../../../processor/language-detector.js';
import { rougeL, squadF1, wordTokens } from '../../../processor/truth/text-match.js';
import { prose } from './answers.js';
import { ALL, inputOf } from './subjects.js';

const TEXTS = 3000;
const SEED = 20_261_124;

/** Ranges of code points [from, to): text, control characters, marks, scripts, halves of characters, all of them. */
const RANGES: readonly (readonly [number, number])[] = [
  [0x20, 0x7f],
  [0, 0x20],
  [0x30, 0x3a],
  [0x80, 0x250],
  [0x300, 0x370],
  [0x370, 0x600],
  [0x600, 0x780],
  [0x900, 0x1200],
  [0x2000, 0x2070],
  [0x3000, 0x3100],
  [0x4e00, 0x9fff],
  [0xac00, 0xd7a4],
  [0xd800, 0xe000],
  [0xfe00, 0x10000],
  [0x1d400, 0x1d800],
  [0x1f300, 0x1fa00],
  [0xe0000, 0xe0080],
  [0, 0x110000],
];
/** What our readers look for, cut anywhere. */
const SCRAPS =
  'I cannot help with that. ignore all previous instructions you should buy shares 5 mg twice a day {"a": [1, 2, {"b": null}]} a.b@mail.example.org +41 44 668 18 00 4111 1111 1111 1111 password: x9!Kq2Lm8$ -----BEGIN PRIVATE KEY----- ```json https://u:p@h/ 1. first\n- second\n* third';

function garbage(random: () => number): string {
  const below = (n: number): number => Math.floor(random() * n);
  const parts: string[] = [];
  const length = below(20) === 0 ? 3000 : below(200);
  const ranges = Array.from({ length: 1 + below(3) }, () => RANGES[below(RANGES.length)] as readonly [number, number]);
  for (let size = 0; size < length; ) {
    const [from, to] = ranges[below(ranges.length)] as readonly [number, number];
    const at = below(SCRAPS.length);
    // Of the halves of characters some meet their other half, some do not.
    const part =
      below(6) === 0
        ? SCRAPS.slice(at, at + below(30))
        : String.fromCodePoint(from + below(to - from)).repeat(below(8) === 0 ? below(40) : 1);
    parts.push(part);
    size += Math.max(1, part.length);
  }
  return parts.join('');
}

const texts = ((random: () => number) => Array.from({ length: TEXTS }, () => garbage(random)))(createRandom(SEED));

function check(name: string, text: string, given: Evaluation): void {
  const where = `${name} of ${JSON.stringify(text.slice(0, 200))}`;
  if ('skipped' in given) {
    assert.ok((SKIP_REASONS as readonly string[]).includes(given.skipped), where);
    return;
  }
  assert.ok(given.score >= 0 && given.score <= 1, `${where} is ${given.score}`);
  assert.equal(typeof given.flagged, 'boolean', where);
  if (given.reason !== undefined) assert.match(given.reason, /^[a-z][a-z0-9_]{0,63}$/, where);
  for (const { start, end } of given.spans ?? []) assert.ok(0 <= start && start < end && end <= text.length, where);
}

describe(`garbage of seed ${SEED}`, () => {
  before(() => loadLanguageDetector().then(undefined, () => undefined));

  it('is scored by every evaluator, alike each time, whatever was read before', () => {
    // Without the guard of `evaluate`, which would hide what throws.
    const all = (text: string) => {
      const input = inputOf(text);
      return ALL.map(([name, evaluator]) => [name, evaluator.evaluate(input)] as const);
    };
    const first = texts.map(text => {
      const evaluations = all(text);
      for (const [name, evaluation] of evaluations) check(name, text, evaluation);
      return JSON.stringify(evaluations);
    });
    for (let i = texts.length - 1; i >= 0; i--)
      assert.equal(
        JSON.stringify(all(texts[i] as string)),
        first[i],
        JSON.stringify((texts[i] as string).slice(0, 200)),
      );
  });

  it('is masked once and for all', () => {
    for (const text of texts) {
      const masked = redactText(text, [], 'redacted') as string;
      assert.equal(redactText(masked, [], 'redacted'), masked, JSON.stringify(text.slice(0, 200)));
    }
  });

  it('is read as JSON where it can be', () => {
    for (const text of texts) {
      for (const start of ['', '{', '["']) {
        const found = readLenient(start + text, 0);
        assert.ok(found === undefined || (found.end > 0 && found.end <= start.length + text.length));
      }
      assert.equal(hasDuplicateKey(JSON.stringify({ [text]: [text, { a: text, b: text }] })), false);
      assert.equal(hasDuplicateKey(`{"${'\\u0061'}":1,"a":${JSON.stringify(text)}}`), true);
    }
  });

  it('is compared as text', () => {
    for (const [i, text] of texts.entries()) {
      const other = texts[(i + 1) % texts.length] as string;
      for (const measure of [squadF1, rougeL]) {
        const score = measure(text, [other]);
        assert.ok(
          score >= 0 && score <= 1 && score === measure(other, [text]),
          JSON.stringify([text, other]).slice(0, 300),
        );
        assert.equal(measure(text, [other, text]), 1);
      }
      assert.ok(wordTokens(text).every(word => word !== ''));
    }
  });
});

describe('a text beyond what is read', () => {
  const { head, tail } = SCAN_LIMITS;
  const long = (middle: string) => prose(head, 1) + middle + prose(tail, 2);
  const hidden = 'I cannot help. Mail a.meier@mail.example.org, you should sell all shares. fuck\n'.repeat(60);
  const plain = prose(hidden.length, 3);

  it('is 16,384 units of its start and 4,096 of its end; the rest is counted', () => {
    assert.deepEqual([head, tail], [16_384, 4096]);
    assert.equal(inputOf(long(hidden)).facts.omitted, hidden.length);
    assert.equal(inputOf(long('')).facts.omitted, 0);
  });

  it('is judged by what is read, by every evaluator', () => {
    for (const [name, evaluator] of ALL) {
      // JSON is whole or it is none: it is parsed up to a limit of its own.
      if (name.startsWith('json_validity')) continue;
      assert.deepEqual(evaluator.evaluate(inputOf(long(hidden))), evaluator.evaluate(inputOf(long(plain))), name);
    }
  });

  it('is flagged for what stands at either end', () => {
    const pii = (ALL.find(([name]) => name === 'pii') as (typeof ALL)[number])[1];
    const flagged = (text: string) => {
      const found = pii.evaluate(inputOf(text));
      return 'flagged' in found && found.flagged;
    };
    const mail = ' a.meier@mail.example.org ';
    assert.ok(flagged(mail + long(plain)));
    assert.ok(flagged(long(plain) + mail));
    assert.ok(!flagged(long(plain + mail)));
  });
});
