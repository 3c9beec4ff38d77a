import { type Clock, systemClock } from '../../core/clock.js';
import { FolderStateStore } from './folder.js';
import { readStateLocation } from './location.js';
import { PostgresStateStore } from './postgres.js';
import { RedisStateStore } from './redis.js';
import type { StateStore } from './state-store.js';

export interface StateStoreOptions {
  /** Whose state it is: replicas of one service share it, other services have their own at the same location. */
  readonly service: string;
  /** How long calls wait for their labels, milliseconds. Redis lets go by itself of what nobody swept in twice that time and a day. */
  readonly ttl: number;
  /** The system's by default. */
  readonly clock?: Clock;
}

/**
 * Opens what `LLM_MONITOR_STATE` names: a folder, `redis://..`, `rediss://..`, `postgres://..` or `postgresql://..`. Nothing is
 * touched or connected before the first use, so that an app starts while its store is away; what is wrong there rejects that use:
 * UNAVAILABLE, or MISSING_PEER where the client (`redis` or `pg`) is not installed.
 * @throws MonitorError CONFIG_INVALID for another location
 */
export function openStateStore(location: string, options: StateStoreOptions): StateStore {
  const where = readStateLocation(location);
  const { service, ttl, clock = systemClock } = options;
  if (where.kind === 'folder') return new FolderStateStore({ ...where, service });
  if (where.kind === 'redis') return new RedisStateStore({ ...where, service, ttl, clock });
  return new PostgresStateStore({ ...where, service, clock });
}
