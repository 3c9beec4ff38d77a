import type { Random } from '../../core/random.js';
import type { Checkpoint } from '../assets.js';
import { type Refusal, rateLimited, serverFailed } from './refusal.js';

/** What can go wrong at the provider, on demand. */
export const INCIDENTS = ['slow', 'errors', 'swap'] as const;
export type Incident = (typeof INCIDENTS)[number];

export const INCIDENT_TABLE: Readonly<Record<Incident, string>> = {
  slow: 'the provider takes 12 s longer to begin and 20 ms longer a token',
  errors: 'the provider refuses 40 % of the calls with 429 or 500',
  swap: 'another checkpoint answers under the same model name: a third of the answers become wrong',
};

/** How an incident changes the way one request is served. */
export interface Behaviour {
  readonly checkpoint: Checkpoint;
  /** Milliseconds before the first token. */
  readonly delay: number;
  /** Milliseconds between two tokens. */
  readonly pause: number;
  readonly refusal?: Refusal;
}

const QUIET: Behaviour = { checkpoint: 'bankbot', delay: 0, pause: 0 };
const ERROR_SHARE = 0.4;
const SLOW_DELAY = 12_000;
const SLOW_PAUSE = 20;

/** What happens to the next request. */
export function behave(incident: Incident | undefined, random: Random): Behaviour {
  switch (incident) {
    case undefined:
      return QUIET;
    case 'slow':
      return { ...QUIET, delay: SLOW_DELAY * (0.8 + 0.4 * random()), pause: SLOW_PAUSE };
    case 'errors':
      if (random() >= ERROR_SHARE) return QUIET;
      return { ...QUIET, refusal: random() < 0.5 ? rateLimited() : serverFailed() };
    case 'swap':
      return { ...QUIET, checkpoint: 'bankbot-v2' };
  }
}
