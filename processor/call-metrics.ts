import type { LlmCall, Usage } from '../core/call.js';
import { ERROR_TYPES, type ErrorType, type FinishReason, TOKEN_CLASSES, type TokenClass } from '../core/labels.js';
import type { ModelNames } from '../core/model-names.js';
import type { CounterHandle, ExemplarRef } from '../core/sink.js';
import type { MetricStore } from '../core/store.js';
import { HandleCache } from './handle-cache.js';

/** The handles of one provider, model and operation (and call labels): looked up once, then only added to. */
interface CallHandles {
  readonly ok: CounterHandle;
  readonly aborted: CounterHandle;
  readonly errors: Map<ErrorType, CounterHandle>;
  readonly retries: CounterHandle;
  /** Born with the first known cost: a model without a price has no series, not one that says it is free. */
  cost: CounterHandle | undefined;
  readonly reported: ReadonlyMap<TokenClass, CounterHandle>;
  readonly estimated: Map<TokenClass, CounterHandle>;
  readonly finish: Map<FinishReason, CounterHandle>;
}

/** Writes what a finished call adds to the call, token, cost and finish counters. Cheap enough for the caller's path. */
export class CallMetrics {
  readonly #store: MetricStore;
  readonly #models: ModelNames;
  readonly #priced: boolean;
  readonly #handles = new HandleCache<CallHandles>();
  readonly #extra: readonly string[];

  /** @param priced that somebody asks for prices: without, a missing cost is no missing price */
  constructor(store: MetricStore, models: ModelNames, priced = true) {
    this.#store = store;
    this.#models = models;
    this.#priced = priced;
    this.#extra = Object.keys(store.callLabels);
  }

  /** The label value of a call's model: admitted by a successful answer. */
  modelLabel(call: LlmCall): string {
    return call.outcome.kind === 'ok'
      ? this.#models.admit(call.model.requested)
      : this.#models.label(call.model.requested);
  }

  record(call: LlmCall, model: string, cost: number | undefined, exemplar?: ExemplarRef): void {
    const handles = this.#of(call, model);
    switch (call.outcome.kind) {
      case 'ok':
        handles.ok.add(1, exemplar);
        for (const reason of call.outcome.finishReasons) this.#finish(handles, call, model, reason).add(1);
        break;
      case 'aborted':
        handles.aborted.add(1, exemplar);
        break;
      case 'error':
        this.#error(handles, call, model, call.outcome.errorType).add(1, exemplar);
        break;
    }
    if (call.attempts !== undefined && call.attempts > 1) handles.retries.add(call.attempts - 1);
    this.#tokens(handles, call, model);
    if (cost !== undefined) this.#cost(handles, call, model).add(cost);
    else if (this.#priced && call.usage !== undefined) this.#store.counter('selfPriceMissing', { model }).add(1);
  }

  #tokens(handles: CallHandles, call: LlmCall, model: string): void {
    const usage: Usage | undefined = call.usage;
    if (usage === undefined || usage.source === 'estimated') {
      // An error reply has no usage by nature; a missing count of an answered call is a hole in the bill.
      if (call.outcome.kind !== 'error') this.#store.counter('selfUsageMissing', { provider: call.provider }).add(1);
      if (usage === undefined) return;
    }
    for (const name of TOKEN_CLASSES) {
      const count = usage[name];
      if (count === undefined || count === 0) continue;
      let handle = usage.source === 'reported' ? handles.reported.get(name) : handles.estimated.get(name);
      if (handle === undefined) {
        handle = this.#store.counter(
          'tokens',
          { provider: call.provider, model, class: name, source: 'estimated' },
          this.#extras(call),
        );
        handles.estimated.set(name, handle);
      }
      handle.add(count);
    }
  }

  #error(handles: CallHandles, call: LlmCall, model: string, errorType: ErrorType): CounterHandle {
    let handle = handles.errors.get(errorType);
    if (handle === undefined) {
      const { provider, operation } = call;
      handle = this.#store.counter(
        'calls',
        { provider, model, operation, outcome: 'error', error_type: errorType },
        this.#extras(call),
      );
      handles.errors.set(errorType, handle);
    }
    return handle;
  }

  #cost(handles: CallHandles, call: LlmCall, model: string): CounterHandle {
    handles.cost ??= this.#store.counter('cost', { provider: call.provider, model }, this.#extras(call));
    return handles.cost;
  }

  #finish(handles: CallHandles, call: LlmCall, model: string, reason: FinishReason): CounterHandle {
    let handle = handles.finish.get(reason);
    if (handle === undefined) {
      handle = this.#store.counter('finish', { provider: call.provider, model, reason });
      handles.finish.set(reason, handle);
    }
    return handle;
  }

  #extras(call: LlmCall): Readonly<Record<string, string>> | undefined {
    return this.#extra.length === 0 ? undefined : call.context;
  }

  #of(call: LlmCall, model: string): CallHandles {
    let key: string = call.operation;
    for (const name of this.#extra) key += `\0${call.context[name] ?? ''}`;
    return (
      this.#handles.get(call.provider, model, key) ??
      this.#handles.set(call.provider, model, key, this.#create(call, model))
    );
  }

  /**
   * Every counter of the set but the cost is made at once, at 0: the first error is then an increase and not the birth of a series. Only with
   * call labels of the user the 13 kinds of error are made as they come, because each combination of values would have them all.
   */
  #create(call: LlmCall, model: string): CallHandles {
    const { provider, operation } = call;
    const store = this.#store;
    const extra = this.#extras(call);
    const calls = { provider, model, operation } as const;
    return {
      ok: store.counter('calls', { ...calls, outcome: 'ok', error_type: '' }, extra),
      aborted: store.counter('calls', { ...calls, outcome: 'aborted', error_type: '' }, extra),
      errors: new Map(
        (extra === undefined ? ERROR_TYPES : []).map(type => [
          type,
          store.counter('calls', { ...calls, outcome: 'error', error_type: type }, extra),
        ]),
      ),
      retries: store.counter('callsRetries', calls),
      cost: undefined,
      reported: new Map(
        TOKEN_CLASSES.map(name => [
          name,
          store.counter('tokens', { provider, model, class: name, source: 'reported' }, extra),
        ]),
      ),
      estimated: new Map(),
      finish: new Map(),
    };
  }
}
