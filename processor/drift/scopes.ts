import type { LlmCall } from '../../core/call.js';

/** A part of the traffic that may drift alone. */
export interface Scope {
  readonly kind: 'all' | 'model' | 'provider' | 'operation' | 'attribute';
  /** The model's or provider's name, the operation, or `attribute=value`. */
  readonly name: string;
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

/** Who sent a call, as its attributes tell; empty where they do not. */
export function senderOf(call: LlmCall): string {
  let sender = '';
  for (const name of Object.keys(call.context)) if (SENDERS.has(name)) sender += `${name}=${call.context[name]}\0`;
  return sender;
}

/** The scopes of a call, each with a key of its own; `all` first. */
export function scopesOf(call: LlmCall): ReadonlyMap<string, Scope> {
  const scopes = new Map<string, Scope>([
    ['', { kind: 'all', name: 'all' }],
    [`m${call.model.requested}`, { kind: 'model', name: call.model.requested }],
    [`p${call.provider}`, { kind: 'provider', name: call.provider }],
    [`o${call.operation}`, { kind: 'operation', name: call.operation }],
  ]);
  for (const [name, value] of Object.entries(call.context)) {
    if (SENDERS.has(name)) continue;
    scopes.set(`a${name}\0${value}`, { kind: 'attribute', name: `${name}=${value}` });
  }
  return scopes;
}
