import { alertmanager, type GrafanaOptions, type Receiver, rules } from '../../grafana/index.js';
import type { Child } from '../processes/child.js';
import type { Binaries } from './binaries.js';
import { startStack } from './stack.js';
import { type Notification, openWebhook } from './webhook.js';

export interface AlertingOptions {
  readonly binaries: Binaries;
  /** Of the generated rules and Alertmanager configuration; `target` is what is scraped. */
  readonly rules: GrafanaOptions & Required<Pick<GrafanaOptions, 'target' | 'job'>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly receive: (notification: Notification) => void;
}

/** The way from a figure to a person: Prometheus, Alertmanager, and the webhook that stands for the person. */
export interface Alerting {
  readonly prometheusUrl: string;
  readonly alertmanagerUrl: string;
  readonly keeper: Child;
  stop(): Promise<void>;
}

/**
 * Starts all three with the rules and the routing that everybody gets.
 * @throws MonitorError UNAVAILABLE where one does not come up; nothing is left running then
 */
export async function startAlerting(options: AlertingOptions): Promise<Alerting> {
  const { binaries, env, signal } = options;
  const webhook = await openWebhook(options.receive);
  try {
    const { target, job, timings } = options.rules;
    const stack = await startStack({
      binaries,
      target,
      job,
      interval: timings?.scrapeInterval ?? '1s',
      rules: JSON.stringify(rules(options.rules), null, 1),
      alertmanager: JSON.stringify(routing(webhook.url), null, 1),
      env,
      signal,
    });
    return {
      ...stack,
      stop: async () => {
        await stack.stop();
        await webhook.close();
      },
    };
  } catch (error) {
    await webhook.close();
    throw error;
  }
}

/** Everybody's routes and inhibition, with one webhook behind every receiver and seconds instead of minutes between messages. */
function routing(webhookUrl: string) {
  const to = (name: string): Receiver => ({ kind: 'webhook', url: `${webhookUrl}/${name}` });
  return alertmanager({
    receivers: { critical: to('critical'), warning: to('warning'), info: to('info'), heartbeat: to('heartbeat') },
    groupWait: '1s',
    groupInterval: '2s',
  });
}
