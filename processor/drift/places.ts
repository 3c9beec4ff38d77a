import type { LlmCall } from '../../core/call.js';
import type { Json } from '../../core/json.js';
import { readHead } from '../detectors/state.js';
import { Newcomers } from './newcomers.js';

/** A part of the traffic that may drift alone. */
export interface Scope {
  readonly kind: 'all' | 'model' | 'provider' | 'operation' | 'attribute';
  /** The model's or provider's name, the operation, or `attribute=value`; `all` for all calls. */
  readonly name: string;
}

/** What of a call says where it belongs; what is not known is absent. */
export type CallPlace = Pick<LlmCall, 'model'> &
  Partial<Pick<LlmCall, 'provider' | 'operation' | 'template' | 'context'>>;

/** Where a call belongs: what it is compared with, and which parts of the traffic it is one of. */
export interface Place {
  readonly model: string;
  readonly template: string;
  /** Who asks, as the call's attributes tell; empty where they do not. */
  readonly sender: string;
  /** `all` first; each with a key of its own. */
  readonly scopes: readonly { readonly key: string; readonly scope: Scope }[];
}

/** Attributes that say who asks, not what is asked: one of them asking for more is that one's business. */
const SENDERS: ReadonlySet<string> = new Set([
  'tenant',
  'customer',
  'account',
  'organization',
  'org',
  'workspace',
  'client',
  'user',
]);
/** An attribute with more values than so many is no part of the traffic: it names calls, or people. */
const MAX_VALUES = 32;
/** Attributes looked at, those that came first. */
const MAX_ATTRIBUTES = 8;
/** Places kept ready. */
const MAX_PLACES = 2000;

const ALL = { key: '', scope: { kind: 'all', name: 'all' } } as const;

/**
 * Says where calls belong. Names that are made per user, day or call are bounded: such templates count as one an operation, such
 * senders as nobody, and an attribute of too many values makes no scopes.
 */
export class Places {
  readonly #cache = new Map<string, Place>();
  readonly #templates = new Newcomers();
  readonly #senders = new Map<string, Newcomers>();
  /** Values of each attribute; more than MAX_VALUES of them once it makes no scopes. */
  readonly #attributes = new Map<string, Set<string>>();
  readonly #onClosed: (prefix: string) => void;
  #forgotten = 0;

  /** @param onClosed hears that scopes whose keys begin so are no more */
  constructor(onClosed: (prefix: string) => void = () => {}) {
    this.#onClosed = onClosed;
  }

  /**
   * The place of a call: mostly the same object for calls that are alike.
   * @param calls of the service so far
   */
  of(call: CallPlace, calls: number): Place {
    const key = this.#key(call);
    const known = this.#cache.get(key);
    if (known !== undefined) return known;
    const { place, stays } = this.#make(call, calls);
    const forgotten = this.#generation();
    if (this.#cache.size >= MAX_PLACES || forgotten !== this.#forgotten) this.#cache.clear();
    this.#forgotten = forgotten;
    if (stays) this.#cache.set(key, place);
    return place;
  }

  /** What the place of a call depends on, joined. */
  #key({ provider, operation, model, template, context }: CallPlace): string {
    let key = `${provider}\0${operation}\0${model.requested}\0${template}`;
    for (const name in context) {
      const values = this.#attributes.get(name);
      if (values === undefined || values.size <= MAX_VALUES) key += `\0${name}\0${context[name]}`;
    }
    return key;
  }

  #make(call: CallPlace, calls: number): { readonly place: Place; readonly stays: boolean } {
    const { provider, operation, context = {} } = call;
    const model = call.model.requested;
    const scopes: { key: string; scope: Scope }[] = [ALL, { key: `m${model}`, scope: { kind: 'model', name: model } }];
    if (provider !== undefined) scopes.push({ key: `p${provider}`, scope: { kind: 'provider', name: provider } });
    if (operation !== undefined) scopes.push({ key: `o${operation}`, scope: { kind: 'operation', name: operation } });
    let stays = true;
    let sender = '';
    for (const [name, value] of Object.entries(context)) {
      if (SENDERS.has(name)) {
        if (this.#sender(name).admit(value, calls)) sender += `${name}=${value}\0`;
        else stays = false;
      } else if (this.#splits(name, value)) {
        scopes.push({ key: `a${name}\0${value}`, scope: { kind: 'attribute', name: `${name}=${value}` } });
      }
    }
    // Who names no template has one an operation.
    let template = `\0${operation}`;
    if (call.template !== undefined) {
      if (this.#templates.admit(call.template, calls)) template = call.template;
      else stays = false;
    }
    return { place: { model, template, sender, scopes }, stays };
  }

  /** True for an attribute whose values are parts of the traffic. */
  #splits(name: string, value: string): boolean {
    let values = this.#attributes.get(name);
    if (values === undefined) {
      if (this.#attributes.size >= MAX_ATTRIBUTES) return false;
      values = new Set();
      this.#attributes.set(name, values);
    }
    if (values.size > MAX_VALUES) return false;
    values.add(value);
    if (values.size <= MAX_VALUES) return true;
    this.#cache.clear();
    this.#onClosed(`a${name}\0`);
    return false;
  }

  #sender(name: string): Newcomers {
    let names = this.#senders.get(name);
    if (names === undefined) {
      names = new Newcomers();
      this.#senders.set(name, names);
    }
    return names;
  }

  #generation(): number {
    let sum = this.#templates.generation;
    for (const names of this.#senders.values()) sum += names.generation;
    return sum;
  }

  save(): Json {
    return {
      templates: this.#templates.save(),
      senders: [...this.#senders].map(([name, names]) => [name, names.save()]),
      attributes: [...this.#attributes].map(([name, values]) => [name, [...values]]),
    };
  }

  /** @throws MonitorError STATE_MISMATCH */
  restore(state: Json): void {
    const saved = readHead(state, {});
    const pairs = (field: string): readonly (readonly [string, Json])[] =>
      (Array.isArray(saved[field]) ? (saved[field] as readonly Json[]) : []).map(entry => {
        const [name, value] = Array.isArray(entry) ? (entry as readonly Json[]) : [];
        return [String(name), value ?? null] as const;
      });
    this.#cache.clear();
    this.#senders.clear();
    this.#attributes.clear();
    this.#templates.restore(saved['templates'] ?? null);
    for (const [name, value] of pairs('senders')) if (SENDERS.has(name)) this.#sender(name).restore(value);
    for (const [name, values] of pairs('attributes').slice(0, MAX_ATTRIBUTES))
      this.#attributes.set(name, new Set((Array.isArray(values) ? values : []).slice(0, MAX_VALUES + 1).map(String)));
  }
}
