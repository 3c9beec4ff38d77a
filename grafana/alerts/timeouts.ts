import { type AlertFactory, type AlertRule, label, message, value } from '../alert.js';
import { OVERVIEW } from '../boards/places.js';
import { and, compare, share } from '../promql.js';
import { fromRecord, ruleQueries } from '../recording.js';
import { shareCases } from '../share-cases.js';

const BY = ['job', 'provider', 'model'] as const;

/** Calls are not answered in time. */
export const timeouts: AlertFactory = options => {
  const q = ruleQueries(options);
  const { job, timings, thresholds } = options;
  const calls = fromRecord('calls', options);
  const late = q.growth('calls', timings.rateWindow, { where: { outcome: 'error', error_type: 'timeout' }, by: BY });
  const rule: AlertRule = {
    expr: and(compare(share(late, calls), '>', thresholds.timeoutRatio), compare(calls, '>=', timings.floorCalls), BY),
    hold: timings.hold.latency,
    keepFiring: timings.keepFiring,
    summary: 'Model calls time out',
    description: message`${value('percent')} of the calls of ${label('job')} to ${label('model')} at ${label('provider')} got no answer in time within ${timings.rateWindow}; up to ${String(thresholds.timeoutRatio * 100)}% is accepted.`,
  };
  return {
    name: 'LLMTimeouts',
    severity: 'warning',
    category: 'availability',
    shown: { uid: OVERVIEW.uid, panel: OVERVIEW.panels.errorShare, variables: ['job', 'provider', 'model'] },
    rules: [rule],
    runbook: {
      meaning:
        'A share of the calls of one model ended because the time that the SDK or the app allows was over. The latency of other calls may look right: it is the slowest that are cut off.',
      impact:
        'Users wait for the whole of the timeout and then get nothing. The provider may still bill what it has generated.',
      diagnosis: [
        {
          text: 'See whether all calls became slow, or only some hang.',
          query: q.quantile(0.95, 'operationDuration', timings.rateWindow, { by: ['model', 'operation'] }),
        },
        {
          text: 'See whether answers became longer, so that the same timeout cuts more of them off.',
          query: q.rate('tokens', timings.rateWindow, { where: { class: 'output' }, by: ['model'] }),
        },
        {
          text: 'See whether one instance has it alone: then look at its network and its event loop.',
          query: q.rate('calls', timings.rateWindow, {
            where: { outcome: 'error', error_type: 'timeout' },
            by: ['instance', 'model'],
          }),
        },
        { text: 'See how many calls are under way and hang.', query: q.gauge('callsInFlight') },
      ],
      mitigation: [
        'If answers became longer, bound their length, stream them, or raise the timeout.',
        'If the provider is slow, use another region, model or provider.',
        'If a deployment lowered the timeout, take it back.',
        'If one instance has it alone, restart it and look at what blocks it.',
      ],
    },
    cases: shareCases(options, {
      rule,
      labels: { job, provider: 'openai', model: 'm-1' },
      error: 'timeout',
      foreign: 'server',
      threshold: thresholds.timeoutRatio,
    }),
  };
};
