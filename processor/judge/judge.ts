import { randomBytes } from 'node:crypto';
import { systemClock } from '../../core/clock.js';
import { MonitorError, showValue } from '../../core/errors.js';
import type { CompletionTokens } from '../../core/openai-endpoint.js';
import type { AsyncEvaluator, AsyncEvaluatorInput } from '../evaluators/async-evaluator.js';
import type { Evaluation } from '../evaluators/evaluator.js';
import { estimateTokens } from '../evaluators/token-estimate.js';
import { createPricing } from '../pricing.js';
import { endpointAsker, functionAsker } from './ask.js';
import { Backoff } from './backoff.js';
import { Account, type Taken } from './budget.js';
import { type JudgeOptions, type JudgeRequest, readJudgeOptions } from './options.js';
import { buildPrompt, type PromptMessage } from './prompt.js';
import { readVerdict } from './verdict.js';

/** Whose list prices apply at an address. */
const PROVIDERS: Readonly<Record<string, string>> = { 'api.openai.com': 'openai' };

type PriceOf = (tokens: CompletionTokens) => number | undefined;

function priceOf({ price, provider, model, clock = systemClock }: JudgeOptions, host: string | undefined): PriceOf {
  if (price !== undefined) {
    const { input, output } = price;
    if (!(input >= 0 && output >= 0))
      throw new MonitorError(
        'CONFIG_INVALID',
        `price of a judge is ${showValue(price)}; expected input and output in US dollars per million tokens`,
      );
    return ({ input_uncached = 0, cache_read = 0, output: said = 0, reasoning = 0 }) =>
      ((input_uncached + cache_read) * input + (said + reasoning) * output) / 1_000_000;
  }
  const who = provider ?? (host === undefined ? undefined : PROVIDERS[host]);
  // A model of that name on somebody's own server costs something else.
  if (who === undefined) return () => undefined;
  const pricing = createPricing();
  return tokens => pricing.costOf({ provider: who, model, at: clock.now(), tokens });
}

function totalOf(tokens: CompletionTokens): number {
  return Object.values(tokens).reduce((sum, count) => sum + count, 0);
}

/**
 * An evaluator that asks a language model to score answers, for `customEvaluators`. The text of the judged calls leaves the
 * process for the given server: setting up a judge is the word that it may. Personal data and credentials of a checkable form are
 * masked first, unless `redact` is false. What the judged text says about its own score has no say: it stands between markers
 * that it cannot know. Never more than the budget; after a failure the server is left in peace for a while. The calls of the
 * judge are no calls of the app: they are in `llm_monitor.self.judge.*` alone.
 *
 * Skips with `budget`, with `not_ready` while it leaves the server in peace, and with `error` where the server failed or its
 * answer holds no score.
 * @throws MonitorError CONFIG_INVALID that names the option
 */
export function createJudge(options: JudgeOptions): AsyncEvaluator {
  const { prompt, bad, threshold, budget, body, maxOutput, endpoint, apiKey } = readJudgeOptions(options);
  const { name = 'judge', model, sample, timeout, concurrency, ask, clock = systemClock } = options;
  const now = (): number => clock.now();
  const asker =
    endpoint === undefined ? functionAsker(ask as NonNullable<typeof ask>, now) : endpointAsker(endpoint, apiKey, now);
  const price = priceOf(options, endpoint?.hostname);
  if (budget.usdPerDay !== undefined && price({ input_uncached: 1, output: 1 }) === undefined)
    throw new MonitorError(
      'CONFIG_INVALID',
      `no price of the model ${showValue(model)} of a judge is known; expected price or provider, or tokensPerDay instead of usdPerDay`,
    );
  const account = new Account(budget);
  const backoff = new Backoff();

  const worth = (tokens: CompletionTokens): Taken => ({ tokens: totalOf(tokens), usd: price(tokens) ?? 0 });
  const estimate = (messages: readonly PromptMessage[]): number =>
    messages.reduce((sum, { content }) => sum + estimateTokens(content), 8 * messages.length);

  async function evaluate({ text, spent }: AsyncEvaluatorInput, signal: AbortSignal): Promise<Evaluation> {
    const answer = text.output.find(output => output.trim() !== '');
    if (answer === undefined) return { skipped: 'no_output' };
    const at = clock.monotonic();
    if (!backoff.ready(at)) return { skipped: 'not_ready' };
    // Before the text is read for nothing.
    if (!account.fits({ tokens: maxOutput, usd: 0 }, at)) return { skipped: 'budget' };
    const messages = buildPrompt(text, answer, prompt, randomBytes(8).toString('hex'));
    const input = estimate(messages);
    const most = worth({ input_uncached: input, output: maxOutput });
    if (!account.take(most, at)) return { skipped: 'budget' };

    const settle = (tokens: CompletionTokens, source: 'reported' | 'estimated'): void => {
      account.settle(most, worth(tokens), at);
      const usd = price(tokens);
      spent?.({ tokens, source, ...(usd === undefined ? {} : { usd }) });
    };
    const request: JudgeRequest = { ...body, model, messages: [...messages] };
    const asked = await asker(request, signal);
    if (asked.completion === undefined) {
      if (asked.worked) settle({ input_uncached: input, output: maxOutput }, 'estimated');
      else account.settle(most, { tokens: 0, usd: 0 }, at);
      backoff.failed(clock.monotonic(), asked.pause, asked.lasting);
      return { skipped: 'error' };
    }
    backoff.worked();
    const { output, tokens } = asked.completion;
    if (tokens === undefined) settle({ input_uncached: input, output: estimateTokens(output) }, 'estimated');
    else settle(tokens, 'reported');
    const material = [answer, ...text.input.map(message => message.text)];
    const verdict = readVerdict(output, prompt.scale, prompt.reasons, material);
    if (verdict === undefined) return { skipped: 'error' };
    return { ...verdict, flagged: bad === 'low' ? verdict.score < threshold : verdict.score > threshold };
  }

  return {
    name,
    async: true,
    bad,
    sample,
    usesClient: ask !== undefined,
    ...(timeout === undefined ? {} : { timeout }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(budget.usdPerDay === undefined ? {} : { usdPerDay: budget.usdPerDay }),
    evaluate,
  };
}
