import { type AlertFactory, type AlertRule, label, message, value } from '../alert.js';
import { OVERVIEW } from '../boards/places.js';
import { aggregate, and, compare, oneOf, share } from '../promql.js';
import { fromRecord, ruleQueries } from '../recording.js';
import { shareCases } from '../share-cases.js';

const BY = ['job', 'provider'] as const;
/** Failures of the provider or of the way to it; a wrong key or a wrong request is the caller's. */
const THEIRS = oneOf('server', 'overloaded', 'timeout', 'connection', 'malformed_response');

/** A provider fails most calls, whichever model is asked. */
export const providerOutage: AlertFactory = options => {
  const q = ruleQueries(options);
  const { job, timings, thresholds } = options;
  const calls = aggregate('sum', fromRecord('calls', options), BY);
  const failed = q.growth('calls', timings.rateWindow, { where: { outcome: 'error', error_type: THEIRS }, by: BY });
  const rule: AlertRule = {
    expr: and(compare(share(failed, calls), '>', thresholds.outageRatio), compare(calls, '>=', timings.floorCalls), BY),
    hold: timings.hold.outage,
    keepFiring: timings.keepFiring,
    summary: 'A provider fails most calls',
    description: message`${label('provider')} failed ${value('percent')} of the calls of ${label('job')} within ${timings.rateWindow}, over all models, by errors on its side or on the way to it.`,
  };
  return {
    name: 'LLMProviderOutage',
    severity: 'critical',
    category: 'availability',
    shown: { uid: OVERVIEW.uid, panel: OVERVIEW.panels.errorShare, variables: ['job', 'provider'] },
    rules: [rule],
    runbook: {
      meaning:
        'Most calls to one provider, over all its models, end in a server error, an overload, a timeout, a broken connection or an answer that cannot be read. Refused keys, limits and wrong requests are not counted: they have alerts of their own.',
      impact:
        'What depends on this provider does not work. Retries make users wait before they see the failure, and may cost money.',
      diagnosis: [
        {
          text: 'See how calls fail, and whether every model is concerned.',
          query: q.rate('calls', timings.rateWindow, {
            where: { outcome: 'error' },
            by: ['provider', 'model', 'error_type'],
          }),
        },
        {
          text: 'See whether other providers answer. If none does, look at your own network, proxy and DNS first.',
          query: q.rate('calls', timings.rateWindow, { where: { outcome: 'ok' }, by: ['provider'] }),
        },
        {
          text: 'See whether one instance fails or all of them: one alone points to its host.',
          query: q.rate('calls', timings.rateWindow, {
            where: { outcome: 'error', error_type: THEIRS },
            by: ['instance', 'provider'],
          }),
        },
        { text: 'Compare with the status page of the provider.' },
      ],
      mitigation: [
        'Send calls to another provider, region or gateway, if there is one.',
        'Show users a plain message, and switch off what can do without the model.',
        'Lower the number of retries, so that your own calls do not keep the provider down.',
        'If only your network fails, bring its proxy, firewall or DNS back.',
      ],
    },
    cases: shareCases(options, {
      rule,
      labels: { job, provider: 'openai' },
      error: 'server',
      foreign: 'bad_request',
      threshold: thresholds.outageRatio,
    }),
  };
};
