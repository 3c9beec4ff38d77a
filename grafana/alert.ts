import type { Severity } from '../core/presets.js';
import type { Duration, ResolvedOptions } from './options.js';
import type { Query } from './promql.js';

export type Category =
  | 'availability'
  | 'latency'
  | 'cost'
  | 'quality'
  | 'safety'
  | 'accuracy'
  | 'drift'
  | 'anomaly'
  | 'monitoring';

/** How a figure is printed in a description. */
export type Format = 'percent' | 'number' | 'seconds';

type Part = string | { readonly label: string; readonly inUrl: boolean } | { readonly value: Format };

/** A text with places for the labels and the value of an alert. */
export type Message = readonly Part[];

/** The value of a label, in a message. */
export const label = (name: string): Part => ({ label: name, inUrl: false });
/** The same, escaped for an address. */
export const urlLabel = (name: string): Part => ({ label: name, inUrl: true });
/** The value of the expression that fires, in a message. */
export const value = (format: Format): Part => ({ value: format });

/** Builds a message: ``message`p95 of ${label('model')} is ${value('seconds')}` ``. */
export function message(texts: TemplateStringsArray, ...parts: readonly Part[]): Message {
  return texts
    .flatMap((text, i) => [text, ...(i < parts.length ? [parts[i] as Part] : [])])
    .filter(part => part !== '');
}

const GO: Readonly<Record<Format, string>> = {
  percent: '{{ $value | humanizePercentage }}',
  number: '{{ $value | printf "%.0f" }}',
  seconds: '{{ $value | printf "%.1f" }} s',
};

/** A message as Prometheus fills it in. */
export function toTemplate(parts: Message): string {
  return parts
    .map(part => {
      if (typeof part === 'string') return part;
      if ('value' in part) return GO[part.value];
      return part.inUrl ? `{{ $labels.${part.label} | urlquery }}` : `{{ $labels.${part.label} }}`;
    })
    .join('');
}

/** A message as it must read once Prometheus has filled it in: what tests of rules expect. */
export function fillIn(parts: Message, labels: Readonly<Record<string, string>>, figure: number): string {
  return parts
    .map(part => {
      if (typeof part === 'string') return part;
      if ('value' in part) return printed(figure, part.value);
      const text = labels[part.label] ?? '';
      return part.inUrl ? urlQuery(text) : text;
    })
    .join('');
}

/** A text as the template function `urlquery` escapes it: a blank is `+`, and only letters, digits and `-_.~` stay. */
export function urlQuery(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, c => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}

/** A figure as the template functions of Prometheus print it: four significant digits of a percentage, no trailing zeros. */
export function printed(figure: number, format: Format): string {
  if (format === 'percent') return `${Number((figure * 100).toPrecision(4))}%`;
  return format === 'seconds' ? `${figure.toFixed(1)} s` : figure.toFixed(0);
}

/** One alerting rule. An alert may have several: then `labels` tell them apart. */
export interface AlertRule {
  readonly expr: Query;
  readonly hold?: Duration;
  readonly keepFiring?: Duration;
  readonly labels?: Readonly<Record<string, Message>>;
  readonly summary: string;
  readonly description: Message;
}

/** A step of a diagnosis: what to look at, with a query to run where there is one. */
export interface Step {
  readonly text: string;
  readonly query?: Query;
}

/** What an on-call person reads. Whole sentences; hand-written but for the queries. */
export interface Runbook {
  readonly meaning: string;
  readonly impact: string;
  readonly diagnosis: readonly Step[];
  readonly mitigation: readonly string[];
}

/** The place in a dashboard that shows what the alert is about. */
export interface PanelRef {
  readonly uid: string;
  readonly panel: number;
  /** Variables of the dashboard that take the value of a label of the alert. */
  readonly variables?: readonly string[];
}

/** One input series of a test: its full name, and its values in promtool's notation. */
export interface InputSeries {
  readonly series: string;
  readonly values: string;
}

/** An alert that must fire at the end of a case: the labels that its expression gives, and its value. */
export interface Firing {
  readonly rule: AlertRule;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** One test of an alert. `at` is counted from the first sample. */
export interface Case {
  readonly title: string;
  readonly series: readonly InputSeries[];
  readonly at: number;
  readonly firing: readonly Firing[];
}

/** What every alert is tested for. */
export const CASE_KINDS = ['fires', 'below', 'resolves', 'idle', 'vanishes'] as const;
export type CaseKind = (typeof CASE_KINDS)[number];

/** Cases of a kind, or why an alert has none. */
export type Cases = { readonly [K in CaseKind]: readonly Case[] | { readonly exempt: string } };

/** An alert with everything that belongs to it: rules, runbook, tests. */
export interface Alert {
  readonly name: `LLM${string}`;
  readonly severity: Severity;
  readonly category: Category;
  readonly shown: PanelRef;
  readonly rules: readonly AlertRule[];
  readonly runbook: Runbook;
  readonly cases: Cases;
}

/** Makes an alert for given options. */
export type AlertFactory = (options: ResolvedOptions) => Alert;
