import { gzipSync } from 'node:zlib';
import type { Random } from '../../core/random.js';

/** A body for `POST /v1/feedback`, and what is known of it. */
export interface FuzzBody {
  /** Which way it was made. */
  readonly kind: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
  /** How many records it holds, and which of them are fine; absent where chance decides. */
  readonly fine?: readonly boolean[];
}

/** Stands in labels and predictions: no answer may show it. */
export const PRIVATE = 'words of a person';
const JSON_TYPE = 'application/json';
const LINES_TYPE = 'application/x-ndjson';

type Rec = Record<string, unknown>;

/** Makes bodies by chance: the same for the same numbers. */
export class BodyMaker {
  readonly #random: Random;
  /** Calls there are: `c0` to `c<n-1>`, with responses `r..` and spans `s..`. */
  readonly #calls: () => number;

  constructor(random: Random, calls: () => number) {
    this.#random = random;
    this.#calls = calls;
  }

  next(): FuzzBody {
    const roll = this.#below(1000);
    if (roll < 350) return this.#structured(JSON_TYPE);
    if (roll < 550) return this.#structured(LINES_TYPE);
    if (roll < 750) return this.#damaged();
    if (roll < 850) return this.#odd();
    if (roll < 900) return this.#wronglyTyped();
    if (roll < 940) return this.#nested();
    if (roll < 985) return this.#noise();
    if (roll < 999) return this.#mixedLines();
    return this.#huge();
  }

  #below(n: number): number {
    return Math.floor(this.#random() * n);
  }

  #one<T>(of: readonly T[]): T {
    return of[this.#below(of.length)] as T;
  }

  #chance(share: number): boolean {
    return this.#random() < share;
  }

  /** A record that is fine. */
  #good(): Rec {
    const number = this.#chance(0.8) ? this.#below(this.#calls() + 1) : 1_000_000 + this.#below(1000);
    const named = this.#one<readonly [string, string]>([
      ['call_id', `c${number}`],
      ['response_id', `r${number}`],
      ['span_id', `s${number}`],
      ['call_id', this.#one(['x'.repeat(256), '__proto__', 'constructor', '\u0000', '漢'.repeat(80), ' '])],
    ]);
    const record: Rec = { [named[0]]: named[1] };
    if (this.#chance(0.3))
      record['task'] = this.#one([
        'default',
        'spam',
        'stars',
        'reply',
        'toString',
        '__proto__',
        `t${this.#below(1000)}`,
      ]);
    if (this.#chance(0.2)) return { ...record, rating: this.#one([0, 1, 0.5, 1e-300]) };
    record['label'] = this.#one<unknown>([
      ...[
        'ham',
        'spam',
        'spam',
        true,
        false,
        1,
        0,
        -1e308,
        3.5,
        '',
        `class ${this.#below(500)}`,
        `${PRIVATE} in a text`,
      ],
      ['ham', 'spam'],
      [PRIVATE, true, 0],
      'é'.repeat(this.#below(300)),
    ]);
    if (this.#chance(0.4)) record['prediction'] = this.#one<unknown>(['ham', 'spam', true, 0.5, PRIVATE, '']);
    if (this.#chance(0.3)) record['score'] = this.#random();
    if (this.#chance(0.2))
      record['timestamp'] = this.#one<unknown>([0, 1e15, 1.76e12, '2026-11-24T10:00:00Z', 8.64e15]);
    if (this.#chance(0.1)) record['sampling_rate'] = this.#one([1, 0.5, 1e-6]);
    return record;
  }

  /** A value that is no record. */
  #bad(): unknown {
    const good = this.#good();
    return this.#one<() => unknown>([
      () => this.#one<unknown>([null, 7, 'text', true, [], {}, [good], [[[]]]]),
      () => ({ ...good, call_id: 'a', span_id: 'b' }),
      () => ({ ...good, [this.#one(['labels', '__proto__x', 'x'.repeat(5000), '', 'Call_id', '\ud800'])]: 1 }),
      () => JSON.parse(`{"__proto__":{"label":1},"call_id":"c1","rating":1}`) as unknown,
      () => ({ label: good['label'] ?? 1 }),
      () => ({ call_id: this.#one<unknown>(['', 'x'.repeat(257), 7, null, {}, [], true]), label: 'ham' }),
      () => ({ ...good, task: this.#one<unknown>(['', 'a b', 'x'.repeat(65), 7, {}, [], 'é', '\n']) }),
      () => ({ call_id: 'c1', rating: this.#one<unknown>([-0.1, 1.1, '1', null, {}, 1e308, true]) }),
      () => ({ call_id: 'c1', label: 'a', rating: 1 }),
      () => ({
        call_id: 'c1',
        label: this.#one<unknown>([null, {}, [], [[PRIVATE]], [null], 'x'.repeat(20_001), [{ a: PRIVATE }]]),
      }),
      () => ({ call_id: 'c1', label: Array.from({ length: 101 }, () => PRIVATE) }),
      () => ({ call_id: 'c1', label: 'a', score: this.#one<unknown>([-1e-9, 2, '0.5', null, [], true]) }),
      () => ({ call_id: 'c1', label: 'a', prediction: this.#one<unknown>([null, {}, [PRIVATE], 'x'.repeat(20_001)]) }),
      () => ({ call_id: 'c1', label: 'a', timestamp: this.#one<unknown>([-1, 'soon', null, {}, [], true, '']) }),
      () => ({ call_id: 'c1', label: 'a', sampling_rate: this.#one<unknown>([0, 1.5, 1e-7, '1', null]) }),
    ])();
  }

  #records(most: number): { records: unknown[]; fine: boolean[] } {
    const fine = Array.from({ length: 1 + this.#below(most) }, () => this.#chance(0.75));
    return { fine, records: fine.map(good => (good ? this.#good() : this.#bad())) };
  }

  #structured(type: string): FuzzBody {
    const { records, fine } = this.#records(this.#chance(0.004) ? 600 : 6);
    if (type === LINES_TYPE) {
      const ends = this.#one(['\n', '\r\n', '\n\n', ' \n\t\n']);
      const text = records.map(record => JSON.stringify(record)).join(ends) + this.#one(['', '\n']);
      return { kind: 'lines', headers: this.#typed(type), bytes: Buffer.from(this.#bom() + text), fine };
    }
    const single = records.length === 1 && this.#isObject(records[0]) && this.#chance(0.7);
    const text = JSON.stringify(single ? records[0] : records, null, this.#one([0, 0, 2]));
    return { kind: 'json', headers: this.#typed(type), bytes: Buffer.from(this.#bom() + text), fine };
  }

  #isObject(value: unknown): boolean {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  }

  #bom(): string {
    return this.#chance(0.05) ? '\ufeff' : '';
  }

  #typed(type: string): Record<string, string> {
    return { 'content-type': type + this.#one(['', '', '; charset=utf-8', ';charset="UTF-8"', '; charset=utf8; x=y']) };
  }

  /** Cut, bytes changed, put in or taken out. */
  #damaged(): FuzzBody {
    const { headers, bytes } = this.#structured(this.#one([JSON_TYPE, LINES_TYPE]));
    let out = bytes.subarray(0, 4000);
    for (let i = this.#below(4); i >= 0; i--) {
      const at = this.#below(out.length + 1);
      const rest = this.#one([at, at + 1, at + this.#below(20)]);
      const put = this.#one([
        Buffer.alloc(0),
        Buffer.from([this.#below(256)]),
        Buffer.from(
          this.#one(['"', '{', '}', '[', ']', ',', ':', '\\', '\\u', '\n', '\u0000', '-', '1e999', 'null', '\\ud800']),
        ),
      ]);
      out = this.#chance(0.2) ? out.subarray(0, at) : Buffer.concat([out.subarray(0, at), put, out.subarray(rest)]);
    }
    return { kind: 'damaged', headers, bytes: out };
  }

  /** JSON that is legal and strange. */
  #odd(): FuzzBody {
    const text = this.#one([
      '{"call_id":"c1","call_id":"c2","label":"a","label":"b"}',
      '{"call_id":"c1","label":"a","__proto__":{"score":5}}',
      '{"__proto__":null}',
      '{"constructor":{"prototype":{"x":1}},"call_id":"c1","label":1}',
      '{"call_id":"c1","label":1e400}',
      '{"call_id":"c1","rating":-0}',
      '{"call_id":"c1","label":"a","timestamp":1e400}',
      '{"call_id":"\\ud800","label":"\\udfff"}',
      '{"call_id":"c\\u0031","label":"a"}',
      '{"call_id":"c1","label":1E+2,"score":0.9999999999999999999999}',
      '[{"call_id":"c1","label":"a"},]',
      "{'call_id':'c1'}",
      '{"call_id":"c1","label":NaN}',
      '"text"',
      '42',
      'null',
      'true',
      '[]',
      '',
      ' ',
      '\ufeff',
      '\n\n\n',
    ]);
    return { kind: 'odd', headers: this.#typed(this.#one([JSON_TYPE, LINES_TYPE])), bytes: Buffer.from(text) };
  }

  /** Headers that say something else than the body is. */
  #wronglyTyped(): FuzzBody {
    const { bytes } = this.#structured(JSON_TYPE);
    const headers = this.#one<Record<string, string>>([
      {},
      { 'content-type': '' },
      { 'content-type': 'text/plain' },
      { 'content-type': 'application/x-www-form-urlencoded' },
      { 'content-type': 'application/json; charset=utf-16' },
      { 'content-type': 'application/json; charset=' },
      { 'content-type': 'application/jsonp' },
      { 'content-type': `application/json${';'.repeat(3000)}` },
      { 'content-type': `${'a/'.repeat(2000)};charset=${'='.repeat(1000)}` },
      {
        'content-type': JSON_TYPE,
        'content-encoding': this.#one(['gzip', 'br', 'deflate', 'x', 'gzip, identity']),
      },
      { 'content-type': JSON_TYPE, 'content-encoding': this.#one(['identity', 'Identity']) },
    ]);
    const packed = this.#chance(0.5) ? gzipSync(bytes).subarray(0, 1 + this.#below(2000)) : bytes;
    return { kind: 'typed', headers, bytes: packed };
  }

  #nested(): FuzzBody {
    const depth = this.#one([10, 10, 100, 1000, 1000, 20_000]);
    const [open, close] = this.#one([
      ['[', ']'],
      ['{"a":', '}'],
      ['{"label":[', ']}'],
    ] as const);
    const value =
      open.repeat(depth) + (open.endsWith(':') ? '1' : '') + close.repeat(this.#chance(0.9) ? depth : depth - 1);
    const field = this.#one(['label', 'task', 'call_id', 'score', 'timestamp', 'rating', 'prediction', 'extra']);
    const text = this.#chance(0.5) ? value : `{"call_id":"c1","label":"a","${field}":${value}}`;
    return { kind: 'nested', headers: this.#typed(this.#one([JSON_TYPE, LINES_TYPE])), bytes: Buffer.from(text) };
  }

  #noise(): FuzzBody {
    const bytes = Buffer.from(Array.from({ length: this.#below(300) }, () => this.#below(256)));
    const invalid = Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0xc0, 0x80, 0x7d]);
    return {
      kind: 'noise',
      headers: this.#typed(this.#one([JSON_TYPE, LINES_TYPE])),
      bytes: this.#one([bytes, invalid, gzipSync(bytes), Buffer.from(bytes.toString('latin1'), 'utf16le')]),
    };
  }

  /** Lines of which some are no JSON; each is one record. */
  #mixedLines(): FuzzBody {
    const { records, fine } = this.#records(40);
    const kept: boolean[] = [];
    const lines = records.map((record, i) => {
      const cut = this.#chance(0.3);
      kept.push((fine[i] as boolean) && !cut);
      return cut
        ? this.#one(['{', '}', 'x', `{"call_id":"c1","label":"${PRIVATE}`, '\u0000', '[1'])
        : JSON.stringify(record);
    });
    return { kind: 'mixed', headers: this.#typed(LINES_TYPE), bytes: Buffer.from(lines.join('\n')), fine: kept };
  }

  #huge(): FuzzBody {
    const record = JSON.stringify({ call_id: 'c1', rating: 1 });
    const [lines, fine] = this.#one<readonly [string, number | undefined]>([
      [`${record}\n`.repeat(9000), 9000],
      [`${record}\n`.repeat(10_001), undefined],
      [`{"call_id":"c1","label":"${'x'.repeat(1_100_000)}"}`, undefined],
      [' '.repeat(1_048_577), undefined],
      ['\n'.repeat(1_048_576), undefined],
      ['{}\n'.repeat(300_000), undefined],
    ]);
    const known = fine === undefined ? {} : { fine: Array.from({ length: fine }, () => true) };
    return { kind: 'huge', headers: this.#typed(LINES_TYPE), bytes: Buffer.from(lines), ...known };
  }
}
