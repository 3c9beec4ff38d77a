import { cleanCall, type Outcome } from '../../../core/call.js';
import { createRandom } from '../../../core/random.js';
import { type DriftEvent, DriftWatch } from '../../../processor/drift/drift-watch.js';
import type { DriftFacts } from '../../../processor/drift/signals.js';
import type { Evaluation } from '../../../processor/evaluators/evaluator.js';

/** How one call of the made-up service is to be; what is absent is as usual. */
export interface CallPlan {
  readonly model?: string;
  readonly provider?: string;
  readonly template?: string;
  readonly feature?: string;
  readonly context?: Readonly<Record<string, string>>;
  /** Factors on what is usual. */
  readonly slower?: number;
  readonly firstChunk?: number;
  readonly prompt?: number;
  readonly answer?: number;
  readonly price?: number;
  readonly charactersPerToken?: number;
  /** Added to the share of distinct words. */
  readonly variety?: number;
  /** Chances in 0..1. */
  readonly error?: number;
  readonly timeout?: number;
  readonly refusal?: number;
  readonly repetition?: number;
  readonly pii?: number;
  readonly wrong?: number;
  /** An embedding: no first chunk, no answer. */
  readonly embeds?: boolean;
}

export const START = 1_790_000_000_000;
export const MINUTE = 60_000;

const FEATURES = [
  { name: 'search', template: 'search@1', model: 'large', input: 900, output: 220 },
  { name: 'draft', template: 'draft@3', model: 'large', input: 400, output: 300 },
  { name: 'sort', template: 'sort@2', model: 'small', input: 300, output: 60 },
] as const;

/** A service of two models, three features and four tenants, with a minute between two calls: the same calls for a seed. */
export class Service {
  readonly watch: DriftWatch;
  readonly events: DriftEvent[] = [];
  readonly #random: ReturnType<typeof createRandom>;
  /** Milliseconds between two calls. */
  gap = MINUTE;
  now = START;
  calls = 0;

  constructor(seed = 1, watch = new DriftWatch()) {
    this.watch = watch;
    this.#random = createRandom(seed);
  }

  /** Makes calls and hears what the watch says of them. */
  run(calls: number, plan: (i: number) => CallPlan = () => ({})): this {
    for (let i = 0; i < calls; i++) {
      const { facts, wrong } = this.next(plan(i));
      this.events.push(...this.watch.observe(facts, this.now));
      if (facts.call.outcome.kind === 'ok' && this.#random() < 0.5)
        this.events.push(
          ...this.watch.observeLabel(this.watch.placeOf(facts.call), this.#random() < wrong ? 0 : 1, this.now),
        );
    }
    return this;
  }

  /** What was told to somebody: `signal direction scope`. */
  pages(): string[] {
    return this.events
      .filter(({ state, pages }) => state === 'detected' && pages)
      .map(({ signal, direction, scope }) => `${signal} ${direction} ${scope.kind}:${scope.name}`);
  }

  next(plan: CallPlan = {}): { facts: DriftFacts; wrong: number } {
    this.now += this.gap;
    const random = this.#random;
    const normal = (): number => Array.from({ length: 12 }, random).reduce((sum, x) => sum + x, -6);
    const spread = (median: number, sigma: number): number => median * Math.exp(sigma * normal());
    const chance = (p: number): number => +(random() < p);
    const feature = FEATURES.find(({ name }) => name === plan.feature) ?? FEATURES[Math.floor(random() * 3)]!;
    const model = plan.model ?? feature.model;
    const large = model !== 'small';
    const input = Math.round(spread(feature.input, 0.4) * (plan.prompt ?? 1));
    const refused = chance(plan.refusal ?? 0.01) === 1;
    const output = refused ? 30 : Math.max(4, Math.round(spread(feature.output, 0.5) * (plan.answer ?? 1)));
    const firstChunk = spread(large ? 0.5 : 0.2, 0.3) * (plan.slower ?? 1) * (plan.firstChunk ?? 1);
    const pace = spread(large ? 0.02 : 0.008, 0.2) * (plan.slower ?? 1);
    const cost = (input * 3e-6 + output * 15e-6) * (plan.price ?? 1);
    const outcome: Outcome =
      chance(plan.timeout ?? 0.002) === 1
        ? { kind: 'error', errorType: 'timeout' }
        : chance(plan.error ?? 0.005) === 1
          ? { kind: 'error', errorType: 'server' }
          : { kind: 'ok', finishReasons: ['stop'] };
    const whole = outcome.kind === 'ok';
    const { call } = cleanCall(
      {
        id: String(++this.calls),
        provider: plan.provider ?? (large ? 'alpha' : 'beta'),
        operation: plan.embeds ? 'embeddings' : 'chat',
        model: { requested: model },
        startedAt: this.now - 1000,
        duration: plan.embeds ? firstChunk : firstChunk + output * pace,
        ...(plan.embeds ? {} : { timeToFirstChunk: firstChunk }),
        template: plan.template ?? feature.template,
        context: plan.context ?? { feature: feature.name, tenant: `t${Math.floor(random() * 4)}` },
        ...(whole ? { usage: { input_uncached: input, ...(plan.embeds ? {} : { output }), source: 'reported' } } : {}),
        outcome,
      },
      this.now,
    );
    const loop = chance(plan.repetition ?? 0.002) === 1;
    const found = chance(plan.pii ?? 0.002) === 1;
    const variety = Math.min(1, 0.6 + (plan.variety ?? 0) + 0.05 * normal());
    const evaluations = new Map<string, Evaluation>([
      ['refusal', { score: +refused, flagged: refused }],
      ['repetition', { score: loop ? 0.9 : 0.1, flagged: loop }],
      ['pii', { score: +found, flagged: found }],
      ['type_token_ratio', { score: loop ? 0.1 : variety, flagged: false }],
    ]);
    const characters = output * (4.2 + 0.3 * normal()) * (plan.charactersPerToken ?? 1);
    return {
      facts: {
        call,
        evaluations: whole && !plan.embeds ? evaluations : new Map(),
        extras: whole ? { cost, ...(plan.embeds ? {} : { characters }) } : {},
      },
      wrong: plan.wrong ?? 0.08,
    };
  }
}
