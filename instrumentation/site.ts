import { SpanKind, type SpanOptions } from '@opentelemetry/api';
import { fieldsOf, textOf } from '../core/fields.js';
import type { Operation } from '../core/labels.js';
import type { UpDownHandle } from '../core/sink.js';
import type { MetricStore } from '../core/store.js';
import { type LabelSets, labelSets } from './instruments.js';
import type { Endpoint, Provider } from './readers/provider.js';
import { startAttributes } from './span-attributes.js';

/** Names of models one client keeps things for; further ones are made anew on each call. */
const MAX_TARGETS = 200;

/** One client: whose API it calls, and where. */
export class Site {
  readonly row: Provider;
  readonly baseURL: string | undefined;
  readonly provider: string;
  readonly address: string | undefined;
  readonly port: number | undefined;
  /** The model of a client that is bound to one (an Azure deployment). */
  readonly model: string | undefined;
  /** False where the SDK may build a request without sending it (a token exchange that fails): then attempts are unknown. */
  readonly countsAttempts: boolean;
  readonly #targets = new Map<Endpoint, Map<string, Target>>();

  constructor(row: Provider, client: unknown, baseURL: string | undefined) {
    const given = fieldsOf(client);
    const className = textOf(given.constructor?.name) ?? '';
    const url = baseURL === undefined ? null : parseUrl(baseURL);
    this.row = row;
    this.baseURL = baseURL;
    this.address = url?.hostname.replace(/^\[|\]$/g, '') || undefined;
    this.provider =
      row.providersByClient[className] ??
      row.providersByHost.find(([ending]) => this.address?.endsWith(ending) === true)?.[1] ??
      row.provider;
    const port = url === null ? undefined : Number(url.port) || (url.protocol === 'http:' ? 80 : 443);
    // The conventions want Azure's port only where it is not the usual one.
    this.port = this.address === undefined || (port === 443 && this.provider.startsWith('azure.')) ? undefined : port;
    this.model = textOf(given['deploymentName']);
    this.countsAttempts = given['_workloadIdentityAuth'] === undefined;
  }

  target(endpoint: Endpoint, model: string | undefined): Target {
    let byModel = this.#targets.get(endpoint);
    if (byModel === undefined) {
      byModel = new Map();
      this.#targets.set(endpoint, byModel);
    }
    let target = byModel.get(model ?? '');
    if (target === undefined) {
      target = new Target(this, endpoint, model);
      if (byModel.size < MAX_TARGETS) byModel.set(model ?? '', target);
    }
    return target;
  }
}

function parseUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

/** One model at one endpoint of one client: what its spans and series have in common, made once. */
export class Target {
  readonly endpoint: Endpoint;
  readonly operation: Operation;
  readonly provider: string;
  /** As the app named it. */
  readonly model: string | undefined;
  readonly spanName: string;
  readonly spanOptions: SpanOptions;
  readonly #site: Site;
  readonly #labels = new Map<string, LabelSets>();
  /** The last answer of `labels` and of `inFlight`: nearly every call asks for the same again. */
  #lastLabels: { readonly model: string; readonly answered: string | undefined; readonly sets: LabelSets } | undefined;
  #lastInFlight: { readonly store: MetricStore; readonly model: string; readonly handle: UpDownHandle } | undefined;

  constructor(site: Site, endpoint: Endpoint, model: string | undefined) {
    this.#site = site;
    this.endpoint = endpoint;
    this.operation = endpoint.operation;
    this.provider = site.provider;
    this.model = model;
    this.spanName = model === undefined ? endpoint.operation : `${endpoint.operation} ${model}`;
    this.spanOptions = {
      kind: SpanKind.CLIENT,
      attributes: startAttributes({
        operation: endpoint.operation,
        provider: site.provider,
        model,
        address: site.address,
        port: site.port,
        apiType: endpoint.apiType,
      }),
    };
  }

  /** The label sets under bounded names of the model that was asked for and of the one that answered. */
  labels(model: string, answered: string | undefined): LabelSets {
    const last = this.#lastLabels;
    if (last !== undefined && last.model === model && last.answered === answered) return last.sets;
    const key = `${model}\0${answered ?? ''}`;
    let sets = this.#labels.get(key);
    if (sets === undefined) {
      sets = labelSets({
        operation: this.operation,
        provider: this.provider,
        model,
        answered_model: answered,
        server_address: this.#site.address,
        server_port: this.#site.port,
      });
      this.#labels.set(key, sets);
    }
    this.#lastLabels = { model, answered, sets };
    return sets;
  }

  /** The series of open calls under a bounded name of the model. */
  inFlight(store: MetricStore, model: string): UpDownHandle {
    const last = this.#lastInFlight;
    if (last !== undefined && last.store === store && last.model === model) return last.handle;
    const handle = store.upDown('callsInFlight', { provider: this.provider, model, operation: this.operation });
    this.#lastInFlight = { store, model, handle };
    return handle;
  }
}
