import { systemClock } from '../core/clock.js';
import { describeError, MonitorError } from '../core/errors.js';
import { PRESET_TABLE } from '../core/presets.js';
import { type App, startApp } from './app.js';
import { Journal } from './journal.js';
import { createLifetime, type Lifetime } from './lifetime.js';
import { freePort, isFree } from './processes/ports.js';
import { readQuestions } from './questions.js';
import { alertLine, createReport, type Report } from './report.js';
import { rulesOptions } from './rules-options.js';
import { INCIDENT_TABLE, type Incident } from './server/incidents.js';
import { type Alerting, startAlerting } from './stack/alerting.js';
import type { Binaries } from './stack/binaries.js';
import { planTraffic } from './traffic/plan.js';
import { startTraffic } from './traffic/traffic.js';
import type { Figures } from './view/figures.js';
import type { Presenter } from './view/presenter.js';
import type { Scene } from './view/render.js';
import { startWatch } from './view/watch.js';

export interface DemoOptions {
  readonly incident?: Incident;
  /** Seconds until the incident begins. */
  readonly incidentAfter: number;
  /** Seconds until the demo ends by itself. */
  readonly duration?: number;
  /** The port of the monitor's endpoint; without it 9464, or a free one where that is taken. */
  readonly port?: number;
  /** Prometheus and Alertmanager, where the stack is asked for. */
  readonly stack?: Binaries;
  /** Questions a second. */
  readonly rate: number;
  readonly seed: number;
}

export interface DemoContext {
  readonly presenter: Presenter;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted when a person, or the system, wants the demo to end. */
  readonly stop: AbortSignal;
}

const DEFAULT_PORT = 9464;

/**
 * Runs the whole loop until its time is over, somebody stops it, or one of its processes ends.
 * @returns how it went, undefined where it was stopped before it had begun; every process has ended by then
 * @throws MonitorError UNAVAILABLE where a process does not come up or ends on its own
 */
export async function runDemo(options: DemoOptions, context: DemoContext): Promise<Report | undefined> {
  const { presenter, env, stop } = context;
  const lifetime = createLifetime(stop);
  const { signal } = lifetime;
  const closing: (() => Promise<void>)[] = [];
  try {
    const port = await monitorPort(options.port);
    presenter.note('starting the model server and the help desk (Ctrl-C ends the demo)');
    const app = await startApp({ port, seed: options.seed, env, signal });
    closing.push(app.stop);
    lifetime.dependOn(app.model);
    lifetime.dependOn(app.helpdesk);
    const journal = new Journal(systemClock.now);
    const rules = rulesOptions(`127.0.0.1:${port}`);
    let alerting: Alerting | undefined;
    if (options.stack !== undefined) {
      presenter.note(`rules as generated for everybody, with ${JSON.stringify(rules)}`);
      const receive = (notification: Parameters<Journal['receive']>[0]): void => {
        const alert = journal.receive(notification);
        if (alert !== undefined) presenter.note(alertLine(alert));
      };
      alerting = await startAlerting({ binaries: options.stack, rules, env, signal, receive });
      closing.push(alerting.stop);
      lifetime.dependOn(alerting.keeper);
    }
    return await conduct({ options, presenter, lifetime, app, alerting, journal });
  } catch (error) {
    if (stop.aborted) return undefined;
    throw MonitorError.is(error) ? error : new MonitorError('UNAVAILABLE', describeError(error), { cause: error });
  } finally {
    lifetime.end();
    presenter.end();
    await Promise.all(closing.map(close => close()));
  }
}

async function monitorPort(wanted: number | undefined): Promise<number> {
  if (wanted === undefined || wanted === 0) return freePort(wanted ?? DEFAULT_PORT);
  if (await isFree(wanted)) return wanted;
  throw new MonitorError('UNAVAILABLE', `--port is ${wanted}, which is taken; leave it out to get a free one`);
}

interface Cast {
  readonly options: DemoOptions;
  readonly presenter: Presenter;
  readonly lifetime: Lifetime;
  readonly app: App;
  readonly alerting: Alerting | undefined;
  readonly journal: Journal;
}

/** Traffic, incident and view, from the moment everything runs. */
async function conduct({ options, presenter, lifetime, app, alerting, journal }: Cast): Promise<Report> {
  const urls = addresses(app, alerting);
  for (const [name, url] of urls) presenter.note(`${name}: ${url}`);
  const { preset } = rulesOptions('');
  const scene = (): Scene => ({
    elapsed: journal.elapsed,
    ...(journal.incident === undefined ? {} : { incident: journal.incident }),
    urls,
    accuracyHistory: watch.accuracyHistory(),
    thresholds: PRESET_TABLE[preset].thresholds,
  });
  const watch = startWatch(app.metrics, systemClock, () => {
    const figures = watch.figures();
    if (figures === undefined) return;
    if (stand(figures)) journal.figuresStand();
    presenter.update(figures, scene());
  });
  const traffic = startTraffic({
    plan: planTraffic(readQuestions(), options),
    clock: systemClock,
    ask: app.ask,
    label: app.label,
  });
  const { incident, duration } = options;
  if (incident !== undefined)
    systemClock.setTimeout(() => {
      journal.begin(incident);
      app.setIncident(incident);
      presenter.note(`INCIDENT ${incident}: ${INCIDENT_TABLE[incident]}`);
    }, 1000 * options.incidentAfter);
  if (duration !== undefined) systemClock.setTimeout(lifetime.end, 1000 * duration);
  try {
    await lifetime.over();
  } finally {
    traffic.stop();
    watch.stop();
  }
  return createReport({
    seconds: journal.elapsed,
    endpoint: app.monitorUrl,
    figuresAfter: journal.figuresAfter,
    figures: watch.figures(),
    questions: traffic.counts(),
    incident: journal.incident,
    alerts: journal.alerts,
  });
}

/** True once everything the view is for has a figure. */
const stand = (figures: Figures): boolean =>
  figures.calls > 0 && figures.latency.p95 !== undefined && figures.accuracy?.high !== undefined;

function addresses(app: App, alerting: Alerting | undefined): readonly (readonly [string, string])[] {
  return [
    ['metrics', `curl ${app.monitorUrl}/metrics`],
    ['health', `curl ${app.monitorUrl}/readyz`],
    ...(alerting === undefined
      ? []
      : ([
          ['prometheus', `${alerting.prometheusUrl}/alerts`],
          ['alerts', alerting.alertmanagerUrl],
        ] as const)),
  ];
}
