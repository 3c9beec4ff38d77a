import { type AlertFactory, type AlertRule, type Case, label, message } from '../alert.js';
import { OVERVIEW } from '../boards/places.js';
import { seconds } from '../options.js';
import { absent, seriesText } from '../promql.js';
import { ruleQueries } from '../recording.js';
import { levels, type Segment, timeline } from '../samples.js';

/** Prometheus has no target of the job at all. */
export const targetsAbsent: AlertFactory = options => {
  const q = ruleQueries(options);
  const { job, timings } = options;
  const rule: AlertRule = {
    expr: absent(q.up()),
    hold: timings.hold.absent,
    summary: 'No monitored app is scraped',
    description: message`Prometheus has had no target of the job ${label('job')} for ${timings.hold.absent}. No model call is watched, and no other alert can fire.`,
  };
  const t = timeline(options);
  const hold = t.steps(seconds(timings.hold.absent));
  const up = seriesText('up', { job, instance: 'app-1:9464' });
  const run = (title: string, at: number, fires: boolean, ...values: readonly Segment[]): Case => ({
    title,
    series: [{ series: up, values: levels(...values) }],
    at: at * t.step,
    firing: fires ? [{ rule, labels: { job }, value: 1 }] : [],
  });
  return {
    name: 'LLMMonitorAbsent',
    severity: 'critical',
    category: 'monitoring',
    shown: { uid: OVERVIEW.uid, panel: OVERVIEW.panels.monitorHealth, variables: ['job'] },
    rules: [rule],
    runbook: {
      meaning:
        'Prometheus has no target of this job: the list of targets is empty, or the job has another name than the rules were generated for. A target that is listed but does not answer is LLMMonitorDown instead.',
      impact: 'Nothing about model calls is recorded. All other alerts of this package are silent, whatever happens.',
      diagnosis: [
        {
          text: 'See which jobs Prometheus has, on its page Status, Targets; compare their names with the one in this alert.',
        },
        { text: 'See whether the target came back.', query: q.up() },
        {
          text: 'If targets are discovered (Kubernetes, Consul, files), see whether the discovery returns them: Status, Service Discovery.',
        },
      ],
      mitigation: [
        'Put the targets back into the scrape configuration, and reload Prometheus.',
        'If the job was renamed on purpose, generate the rules anew: `llm-monitor generate --out DIR --job NAME`.',
      ],
    },
    cases: {
      fires: [
        {
          title: 'with no target from the start',
          series: [],
          at: (hold + 2) * t.step,
          firing: [{ rule, labels: { job }, value: 1 }],
        },
        run('once the last target has been gone long enough', hold + 8, true, [1, 4], ['gone', hold + 8]),
      ],
      below: [run('a moment before it has been gone long enough', hold + 3, false, [1, 4], ['gone', hold + 4])],
      resolves: [run('once a target is back', hold + 10, false, [1, 4], ['gone', hold + 4], [1, 8])],
      idle: [run('for a target that is up and has no traffic', hold + 4, false, [1, hold + 8])],
      vanishes: { exempt: 'a series that vanishes is what this alert is for' },
    },
  };
};
