import { type AlertFactory, message } from '../alert.js';
import { OVERVIEW } from '../boards/places.js';
import { always } from '../promql.js';

/** Fires always, so that its silence says that alerting itself is broken. */
export const watchdog: AlertFactory = () => {
  const rule = {
    expr: always,
    summary: 'Alerting works',
    description: message`This alert always fires. Whoever receives it must raise an alarm when it stops coming.`,
  };
  const exempt = { exempt: 'the Watchdog fires always, by design' };
  return {
    name: 'LLMMonitorWatchdog',
    severity: 'none',
    category: 'monitoring',
    shown: { uid: OVERVIEW.uid, panel: OVERVIEW.panels.monitorHealth },
    rules: [rule],
    runbook: {
      meaning:
        'Nothing is wrong. This alert fires all the time, from Prometheus through Alertmanager to a heartbeat receiver, and proves that this way is open.',
      impact:
        'None while it fires. If the heartbeat receiver reports that it stopped, no alert of any kind reaches anybody: treat that as an outage of alerting.',
      diagnosis: [
        {
          text: 'See whether Prometheus evaluates rules: its page Status, Rules lists each with the time of its last run.',
        },
        {
          text: 'See whether Prometheus reaches Alertmanager: its page Status, Runtime & Build Information names the ones it found.',
        },
        { text: 'See whether Alertmanager holds the alert: `amtool alert query alertname=LLMMonitorWatchdog`.' },
        { text: 'See whether notifications fail: the log of Alertmanager names the receiver and the reason.' },
      ],
      mitigation: [
        'Start what is down: Prometheus, Alertmanager, or the network between them.',
        'If the receiver changed its address or token, put the new one into the Alertmanager configuration and reload it.',
      ],
    },
    cases: {
      fires: [{ title: 'with nothing scraped at all', series: [], at: 1, firing: [{ rule, labels: {}, value: 1 }] }],
      below: exempt,
      resolves: exempt,
      idle: exempt,
      vanishes: exempt,
    },
  };
};
