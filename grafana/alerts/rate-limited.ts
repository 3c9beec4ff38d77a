import { type AlertFactory, type AlertRule, label, message, value } from '../alert.js';
import { OVERVIEW } from '../boards/places.js';
import { and, compare, share } from '../promql.js';
import { fromRecord, ruleQueries } from '../recording.js';
import { shareCases } from '../share-cases.js';

const BY = ['job', 'provider', 'model'] as const;

/** The provider turns calls away because there are too many. */
export const rateLimited: AlertFactory = options => {
  const q = ruleQueries(options);
  const { job, timings, thresholds } = options;
  const calls = fromRecord('calls', options);
  const limited = q.growth('calls', timings.rateWindow, {
    where: { outcome: 'error', error_type: 'rate_limit' },
    by: BY,
  });
  const rule: AlertRule = {
    expr: and(
      compare(share(limited, calls), '>', thresholds.rateLimitRatio),
      compare(calls, '>=', timings.floorCalls),
      BY,
    ),
    hold: timings.hold.errors,
    keepFiring: timings.keepFiring,
    summary: 'Model calls meet a rate limit',
    description: message`${label('provider')} turned away ${value('percent')} of the calls of ${label('job')} to ${label('model')} within ${timings.rateWindow} because of a rate limit; up to ${String(thresholds.rateLimitRatio * 100)}% is accepted.`,
  };
  return {
    name: 'LLMRateLimited',
    severity: 'warning',
    category: 'availability',
    shown: { uid: OVERVIEW.uid, panel: OVERVIEW.panels.errorShare, variables: ['job', 'provider', 'model'] },
    rules: [rule],
    runbook: {
      meaning:
        'The provider refuses a share of the calls of one model because the account uses up a limit on requests, tokens or spend. Only calls are counted that still failed after the retries of the SDK.',
      impact: 'These users get an error. Others wait for retries, so that latency grows before errors do.',
      diagnosis: [
        {
          text: 'See who calls so much.',
          query: q.rate('calls', timings.rateWindow, { by: ['instance', 'provider', 'model'] }),
        },
        {
          text: 'See whether it is tokens rather than calls that grew: most limits count both.',
          query: q.rate('tokens', timings.rateWindow, { by: ['provider', 'model', 'class'] }),
        },
        {
          text: 'See how many attempts the SDK adds.',
          query: q.rate('callsRetries', timings.rateWindow, { by: ['provider', 'model'] }),
        },
        { text: 'Compare with the limits of the account, on the page of the provider.' },
      ],
      mitigation: [
        'Slow down or put off what is not urgent, such as batch work, on the same account.',
        'Spread the load over models, regions or accounts, or ask for a higher limit.',
        'Shorten prompts and bound the length of answers, if the limit is on tokens.',
        'If one caller is out of control, limit that one in the app.',
      ],
    },
    cases: shareCases(options, {
      rule,
      labels: { job, provider: 'openai', model: 'm-1' },
      error: 'rate_limit',
      foreign: 'server',
      threshold: thresholds.rateLimitRatio,
    }),
  };
};
