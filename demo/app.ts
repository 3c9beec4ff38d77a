import { fileURLToPath } from 'node:url';
import { assetUrl } from './assets.js';
import { type Child, startChild } from './processes/child.js';
import { waitUntilReady } from './processes/ready.js';
import type { Incident } from './server/incidents.js';
import type { IncidentMessage } from './server/main.js';
import { type Label, type LabelResult, postLabels } from './traffic/labels.js';
import type { PlannedQuestion } from './traffic/plan.js';

/** The monitored app and the provider it calls, each a process. */
export interface App {
  readonly model: Child;
  readonly helpdesk: Child;
  /** Where the app's monitor answers. */
  readonly monitorUrl: string;
  setIncident(incident: Incident | undefined): void;
  /** Asks the help desk. @throws where it has no answer */
  ask(planned: PlannedQuestion): Promise<string>;
  label(labels: readonly Label[]): Promise<LabelResult>;
  metrics(): Promise<string>;
  stop(): Promise<void>;
}

export interface AppOptions {
  /** The port of the monitor's endpoint. */
  readonly port: number;
  readonly seed: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

const MONITOR_PATIENCE = 15_000;
const ASK_PATIENCE = 30_000;
const SCRAPE_PATIENCE = 2000;
const LABEL_PATIENCE = 5000;
const LEAVE = new URL('./leave-with-parent.js', import.meta.url);

/** Settings of the person who starts the demo are for their own apps; the demo's are the same everywhere. */
export function cleanEnv(env: AppOptions['env']): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(OTEL_|LLM_MONITOR_|OPENAI_|NODE_OPTIONS$)/.test(name)),
  );
}

/**
 * Starts the model server, then the help desk with `node --import register`, as a user would start their own app.
 * @throws MonitorError UNAVAILABLE where one of them does not come up; nothing is left running then
 */
export async function startApp({ port, seed, env, signal }: AppOptions): Promise<App> {
  const base = cleanEnv(env);
  const model = await startChild({
    name: 'model server',
    entry: new URL('./server/main.js', import.meta.url),
    preload: [LEAVE],
    env: { ...base, DEMO_SEED: String(seed) },
    announces: /model server on (\S+)/,
  });
  const monitorUrl = `http://127.0.0.1:${port}`;
  let helpdesk: Child | undefined;
  try {
    helpdesk = await startChild({
      name: 'help desk',
      entry: new URL('./helpdesk.js', import.meta.url),
      preload: [new URL('../monitor/register.js', import.meta.url), LEAVE],
      env: {
        ...base,
        OPENAI_BASE_URL: model.url,
        OPENAI_API_KEY: 'demo',
        OTEL_SERVICE_NAME: 'helpdesk',
        OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1',
        OTEL_EXPORTER_PROMETHEUS_PORT: String(port),
        LLM_MONITOR_CONFIG: fileURLToPath(new URL('./llm-monitor.config.js', import.meta.url)),
        LLM_MONITOR_PRICES: fileURLToPath(assetUrl('prices.json')),
      },
      announces: /help desk on (\S+)/,
    });
    await waitUntilReady('the monitor', `${monitorUrl}/readyz`, MONITOR_PATIENCE, signal);
  } catch (error) {
    await Promise.all([helpdesk?.stop(), model.stop()]);
    throw error;
  }
  const { url: askUrl } = helpdesk;
  const app = helpdesk;
  const within = (patience: number): AbortSignal => AbortSignal.any([signal, AbortSignal.timeout(patience)]);
  return {
    model,
    helpdesk: app,
    monitorUrl,
    setIncident: incident => model.send({ incident: incident ?? null } satisfies IncidentMessage),
    ask: async ({ question, channel }) => {
      const response = await fetch(askUrl, {
        method: 'POST',
        body: JSON.stringify({ question: question.question, channel }),
        signal: within(ASK_PATIENCE),
      });
      const reply = (await response.json()) as { readonly id?: string };
      if (!response.ok || reply.id === undefined) throw new Error(`the help desk answered ${response.status}`);
      return reply.id;
    },
    label: labels => postLabels(`${monitorUrl}/v1/feedback`, labels, within(LABEL_PATIENCE)),
    metrics: async () => {
      const response = await fetch(`${monitorUrl}/metrics`, {
        headers: { accept: 'text/plain;version=0.0.4' },
        signal: within(SCRAPE_PATIENCE),
      });
      if (!response.ok) throw new Error(`the monitor answered ${response.status}`);
      return response.text();
    },
    stop: async () => {
      await Promise.all([app.stop(), model.stop()]);
    },
  };
}
