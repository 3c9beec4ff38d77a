import { type ReportedAlert, reportAlert, type StartedIncident } from './report.js';
import type { Incident } from './server/incidents.js';
import type { Notification } from './stack/webhook.js';

/** What happened and when, in seconds since the demo's start. */
export class Journal {
  readonly startedAt: number;
  readonly #now: () => number;
  readonly #alerts: ReportedAlert[] = [];
  #incident: StartedIncident | undefined;
  #figuresAfter: number | undefined;

  constructor(now: () => number) {
    this.#now = now;
    this.startedAt = now();
  }

  get elapsed(): number {
    return (this.#now() - this.startedAt) / 1000;
  }

  get incident(): StartedIncident | undefined {
    return this.#incident;
  }

  get alerts(): readonly ReportedAlert[] {
    return this.#alerts;
  }

  get figuresAfter(): number | undefined {
    return this.#figuresAfter;
  }

  begin(name: Incident): void {
    this.#incident = { name, at: this.elapsed };
  }

  /** Notes that every figure stands; only the first time counts. */
  figuresStand(): void {
    this.#figuresAfter ??= this.elapsed;
  }

  /** Writes a notification down. @returns it as the report has it; undefined for the Watchdog, which only says that all is well */
  receive(notification: Notification): ReportedAlert | undefined {
    const alert = reportAlert(notification, this.startedAt, this.#incident);
    if (alert.severity === 'none') return undefined;
    this.#alerts.push(alert);
    return alert;
  }
}
