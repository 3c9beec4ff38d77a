import { type AlertFactory, type AlertRule, type Case, label, message } from '../alert.js';
import { OVERVIEW } from '../boards/places.js';
import { seconds } from '../options.js';
import { compare, seriesText } from '../promql.js';
import { ruleQueries } from '../recording.js';
import { levels, type Segment, timeline } from '../samples.js';

/** Prometheus knows a target and cannot scrape it. */
export const down: AlertFactory = options => {
  const q = ruleQueries(options);
  const { job, timings } = options;
  const rule: AlertRule = {
    expr: compare(q.up(), '==', 0),
    hold: timings.hold.down,
    summary: 'A monitored app does not answer its scrapes',
    description: message`${label('instance')} of ${label('job')} has not answered Prometheus for ${timings.hold.down}. Nothing is known about its model calls.`,
  };
  const t = timeline(options);
  const hold = t.steps(seconds(timings.hold.down));
  const target = { job, instance: 'app-1:9464' };
  const run = (title: string, at: number, fires: boolean, ...values: readonly Segment[]): Case => ({
    title,
    series: [{ series: seriesText('up', target), values: levels(...values) }],
    at: at * t.step,
    firing: fires ? [{ rule, labels: target, value: 0 }] : [],
  });
  return {
    name: 'LLMMonitorDown',
    severity: 'critical',
    category: 'monitoring',
    shown: { uid: OVERVIEW.uid, panel: OVERVIEW.panels.monitorHealth, variables: ['job'] },
    rules: [rule],
    runbook: {
      meaning:
        'Prometheus knows this target, but its /metrics does not answer, answers too late, or answers with an error.',
      impact:
        'The app may be down for its users as well. Even if it is not, its calls are not watched: no other alert about this instance can fire, and they are muted while this one does.',
      diagnosis: [
        { text: 'See which targets are affected.', query: compare(q.up(), '==', 0) },
        { text: 'Read why: the page Status, Targets of Prometheus shows the last error of each scrape.' },
        {
          text: 'Ask the endpoint from the host of Prometheus: `curl -i http://INSTANCE/metrics`, then `/readyz`, which gives a reason when it is not ready.',
        },
        {
          text: 'A refused connection: the app is not running, or it listens on loopback only while Prometheus is elsewhere.',
        },
        { text: 'A timeout: the process is busy, or the page has too many series.' },
      ],
      mitigation: [
        'If the app is down, start it again; its own logs say why it ended.',
        'If only the endpoint fails, see the log of the app for a port that was taken, and compare host and port with the scrape configuration.',
        'If the scrape is too slow, lower the series limit or raise the scrape timeout.',
      ],
    },
    cases: {
      fires: [run('once the target has been down long enough', hold + 3, true, [1, 2], [0, hold + 4])],
      below: [run('a moment before it has been down long enough', hold + 1, false, [1, 2], [0, hold + 4])],
      resolves: [run('once the target is back', hold + 6, false, [1, 2], [0, hold + 2], [1, 6])],
      idle: [run('for a target that is up and has no traffic', hold + 3, false, [1, hold + 4])],
      vanishes: [run('for a target that is no longer listed', hold + 6, false, [1, 2], [0, 1], ['gone', hold + 6])],
    },
  };
};
