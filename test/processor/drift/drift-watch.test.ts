import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MonitorError } from '../../../core/errors.js';
import type { Json } from '../../../core/json.js';
import { DriftWatch } from '../../../processor/drift/drift-watch.js';
import type { DriftSignal } from '../../../processor/drift/signals.js';
import { type CallPlan, MINUTE, Service } from './service.js';

const ofLarge = (plan: CallPlan) => ({ ...plan, feature: 'draft' });

const INCIDENTS: readonly (readonly [name: string, signal: DriftSignal, direction: string, plan: CallPlan])[] = [
  ['a provider that takes three times as long', 'latency', 'up', { slower: 3 }],
  ['one call in five fails', 'errors', 'up', { error: 0.2 }],
  ['one call in five runs out of time', 'timeouts', 'up', { timeout: 0.2 }],
  ['one call in four is refused', 'refusals', 'up', { refusal: 0.25 }],
  ['one answer in five goes in circles', 'repetition', 'up', { repetition: 0.2 }],
  ['one answer in six gives personal data away', 'pii', 'up', { pii: 0.16 }],
  ['a dearer price', 'cost', 'up', { price: 4 }],
  ['answers of a third of the length', 'output_tokens', 'down', { answer: 0.33 }],
  ['another model under the same name', 'behaviour', 'up', { slower: 0.6, variety: -0.09, answer: 1.4 }],
  ['half of the answers are wrong', 'accuracy', 'down', { wrong: 0.5 }],
];

for (const [name, signal, direction, plan] of INCIDENTS) {
  test(`${name}: one page that says ${signal}, then that it is over`, () => {
    const service = new Service(7).run(1500);
    assert.deepEqual(service.pages(), []);
    service.run(200, () => plan);
    assert.equal(service.pages().length, 1, service.pages().join());
    assert.match(service.pages()[0]!, new RegExp(`^${signal} ${direction} `));
    service.run(600);
    assert.equal(service.pages().length, 1, service.pages().join());
    const last = service.events.filter(event => event.signal === signal).at(-1);
    assert.equal(last?.state, 'recovered');
    assert.deepEqual([...service.watch.active()], []);
  });
}

test('prompts that grow page as cost or as tokens, once: one of them explains the other', () => {
  const service = new Service(7).run(1500).run(200, () => ({ prompt: 3 }));
  assert.match(service.pages().join(), /^(?:cost|input_tokens) up [^,]*$/);
  const moved = new Set(service.events.map(({ signal }) => signal));
  assert.ok(moved.has('cost') && moved.has('input_tokens'));
});

test('embeddings that take three times as long are slow too', () => {
  const service = new Service(7).run(1500, () => ({ embeds: true })).run(60, () => ({ embeds: true, slower: 3 }));
  assert.deepEqual(service.pages(), ['latency up all:all']);
});

test('what happens to one model is said of that model', () => {
  const service = new Service(3).run(1500).run(160, i => (i % 2 === 0 ? ofLarge({ slower: 3 }) : { feature: 'sort' }));
  const scopes = service.events.filter(({ state, signal }) => state === 'detected' && signal === 'latency');
  assert.ok(scopes.some(({ scope }) => scope.kind === 'model' && scope.name === 'large'));
  assert.ok(!scopes.some(({ scope }) => scope.kind === 'model' && scope.name === 'small'));
  assert.equal(service.pages().length, 1);
});

const BENIGN: readonly (readonly [name: string, plan: (i: number) => CallPlan, gap?: number])[] = [
  ['nothing', () => ({})],
  ['a new template with longer prompts', () => ({ feature: 'search', template: 'search@2', prompt: 1.8 })],
  [
    'a new model that is slower, dearer and wordier',
    () => ({ model: 'huge', provider: 'gamma', slower: 3, price: 4, answer: 1.5 }),
  ],
  [
    'a new tenant with prompts of its own size',
    i => (i % 5 === 0 ? { prompt: 4, context: { feature: 'search', tenant: 'new' } } : {}),
  ],
  ['five times the traffic', () => ({}), MINUTE / 5],
  [
    'a batch of one tenant with long prompts',
    i => (i % 10 < 6 ? { feature: 'search', prompt: 3, context: { feature: 'search', tenant: 't0' } } : {}),
  ],
];

/** What chance alone may do now and then, as the budget allows, and such changes do nothing to. */
const RATES = /^(?:errors|timeouts|refusals|repetition|pii|accuracy) /;

for (const [name, plan, gap] of BENIGN) {
  test(`${name} is no incident`, () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const service = new Service(seed).run(1500);
      service.gap = gap ?? MINUTE;
      service.run(150, plan).run(600);
      assert.deepEqual(
        service.pages().filter(page => !RATES.test(page)),
        [],
        `seed ${seed}`,
      );
    }
  });
}

test('what comes and goes is one page', () => {
  const service = new Service(5).run(1500).run(600, i => (Math.floor(i / 60) % 2 === 0 ? { error: 0.4 } : {}));
  assert.ok(service.events.filter(({ state }) => state === 'recovered').length > 1);
  assert.deepEqual(service.pages(), ['errors up all:all']);
});

test('under much traffic what comes back after a quarter of an hour is one page still', () => {
  const service = new Service(5);
  service.gap = 1000;
  service.run(3000).run(3600, i => (i % 900 < 120 ? { error: 0.5 } : {}));
  assert.equal(service.pages().length, 1);
});

test('the first calls of a service teach and page nobody, whatever they are like', () => {
  const service = new Service(2).run(300, i => ({ error: i < 100 ? 0 : 0.9, slower: i < 100 ? 1 : 9 }));
  assert.deepEqual(service.events, []);
  assert.deepEqual([...service.watch.active()], []);
});

test('ten quiet weeks page less than the budget allows', () => {
  let pages = 0;
  let days = 0;
  for (const seed of [11, 12, 13, 14, 15]) {
    const service = new Service(seed).run(14 * 1440);
    pages += service.pages().length;
    days += 14;
  }
  assert.ok(pages / days < 0.3, `${pages} pages in ${days} days`);
});

test('a larger budget speaks sooner, and a smaller one later', () => {
  const delay = (falsePagesPerDay: number): number => {
    const watch = new DriftWatch({ falsePagesPerDay });
    const service = new Service(8, watch).run(1500).run(300, () => ({ error: 0.1 }));
    return service.events.findIndex(({ pages }) => pages) < 0
      ? Infinity
      : service.events.find(({ pages }) => pages)!.at;
  };
  assert.ok(delay(100) < delay(0.3));
  assert.ok(delay(0.3) < delay(0.00001));
});

for (const falsePagesPerDay of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
  test(`a budget of ${falsePagesPerDay} is refused`, () => {
    assert.throws(
      () => new DriftWatch({ falsePagesPerDay }),
      (error: unknown) => MonitorError.is(error) && error.code === 'INVALID_ARGUMENT',
    );
  });
}

test('a handful of calls a day is enough to see that half of them fail, and too few for a slight change', () => {
  const service = new Service(4);
  service.gap = 2 * 60 * MINUTE;
  service.run(400).run(12, () => ({ error: 0.6 }));
  assert.deepEqual(service.pages(), ['errors up all:all']);
});

test('times that make no sense, and values that say nothing, stop nothing', () => {
  const service = new Service(6).run(1500);
  const odd = service.next();
  const { call } = odd.facts;
  for (const now of [Number.NaN, Number.POSITIVE_INFINITY, 0, service.now + 1e12, service.now]) {
    service.watch.observe({ ...odd.facts, call: { ...call, duration: Number.NaN, timeToFirstChunk: Number.NaN } }, now);
    service.watch.observe({ ...odd.facts, extras: { cost: Number.NaN, characters: Number.POSITIVE_INFINITY } }, now);
    service.watch.observeLabel(service.watch.placeOf(call), Number.NaN, now);
  }
  service.run(600);
  assert.deepEqual(service.pages(), []);
  service.run(100, () => ({ error: 0.3 }));
  assert.deepEqual(service.pages(), ['errors up all:all']);
});

test('a model that nobody calls any more is over', () => {
  const service = new Service(9).run(1500).run(60, () => ofLarge({ error: 0.6 }));
  assert.ok([...service.watch.active()].some(({ scope }) => scope.name === 'large'));
  service.run(1200, () => ({ feature: 'sort' }));
  assert.deepEqual([...service.watch.active()], []);
  assert.ok(service.events.some(({ state, scope }) => state === 'recovered' && scope.name === 'large'));
});

test('an attribute that names each call makes no scopes, and what it had open is over', () => {
  const service = new Service(9).run(1500);
  service.run(2000, i => ({ context: { request: `r${i % 20}` } }));
  service.run(80, i => ({ error: 0.3, context: { request: `r${i % 2}` } }));
  assert.ok([...service.watch.active()].some(({ scope }) => scope.name === 'request=r0'));
  service.run(30, i => ({ error: 0.3, context: { request: `q${i}` } }));
  assert.ok(![...service.watch.active()].some(({ scope }) => scope.name.startsWith('request=')));
  assert.ok([...service.watch.active()].some(({ scope }) => scope.name === 'all'));
  service.events.splice(0);
  service.run(300, i => ({ error: 0.3, context: { request: `s${i}` } }));
  assert.ok(!service.events.some(({ scope }) => scope.name.startsWith('request=')));
});

test('templates and users made anew for each call do not hide what happens to all', () => {
  const service = new Service(9);
  const plan = (more: CallPlan) => (i: number) => ({
    ...more,
    template: `made-${service.calls}-${i}`,
    context: { user: `u${service.calls}` },
  });
  service.run(2500, plan({}));
  assert.deepEqual(service.pages(), []);
  service.run(150, plan({ prompt: 4 }));
  assert.match(service.pages().join(), /^(?:cost|input_tokens) up [^,]*$/);
});

test('a state that was saved in the middle of an incident goes on as if nothing had been', () => {
  const incident = (i: number): CallPlan => (i < 200 ? { slower: 2, error: 0.1, wrong: 0.5 } : {});
  const whole = new Service(21).run(1500).run(900, incident);
  const first = new Service(21).run(1500).run(70, incident);
  const saved = JSON.parse(JSON.stringify(first.watch.save())) as Json;
  const watch = new DriftWatch();
  watch.restore(saved);
  assert.deepEqual(JSON.parse(JSON.stringify(watch.save())), saved);
  assert.deepEqual([...watch.active()], [...first.watch.active()]);
  // The second half of the same calls, into the one that was restored.
  const second = new Service(21, new DriftWatch()).run(1500).run(70, incident);
  const heard = second.events.length;
  Object.defineProperty(second, 'watch', { value: watch });
  second.run(830, i => incident(i + 70));
  assert.deepEqual(second.events.slice(heard), whole.events.slice(heard));
  assert.ok(second.events.length > heard);
  assert.equal(JSON.stringify(watch.save()), JSON.stringify(whole.watch.save()));
});

test('a state of another version, or of other tests, is refused', () => {
  const saved = new Service(1).run(50).watch.save() as { readonly [key: string]: Json };
  for (const broken of [
    { ...saved, version: 1 },
    { ...saved, tests: 'latency up' },
    null,
    'x',
    { ...saved, budget: {} },
  ])
    assert.throws(
      () => new DriftWatch().restore(broken),
      (error: unknown) => MonitorError.is(error) && error.code === 'STATE_MISMATCH',
    );
});

test('the memory of a thousand models, templates and attributes is bounded', () => {
  const service = new Service(3);
  const size = (): number => JSON.stringify(service.watch.save()).length;
  const plan = (i: number): CallPlan => ({
    model: `m${i % 1000}`,
    template: `t${i % 997}`,
    context: { feature: `f${i % 991}`, tenant: `t${i % 983}`, [`a${i % 500}`]: 'x' },
  });
  service.run(8000, plan);
  const before = size();
  service.run(8000, plan);
  assert.ok(size() < before * 1.1, `${before} -> ${size()}`);
  assert.ok(size() < 6_000_000, `${size()}`);
});
