import type { Clock } from '../../core/clock.js';
import { type Label, type LabelResult, labelsFor } from './labels.js';
import type { PlannedQuestion } from './plan.js';

/** What the traffic has done so far. */
export interface TrafficCounts {
  readonly asked: number;
  readonly answered: number;
  /** Questions that the help desk could not get answered. */
  readonly failed: number;
  /** Questions left out because too many were under way. */
  readonly skipped: number;
  readonly labelsAccepted: number;
  /** Labels that the monitor refused or did not get. */
  readonly labelsLost: number;
}

export interface TrafficOptions {
  readonly plan: Iterator<PlannedQuestion, unknown, void>;
  readonly clock: Clock;
  /** Asks the help desk; the id of the answer. Rejects where there is none. */
  readonly ask: (planned: PlannedQuestion) => Promise<string>;
  readonly label: (labels: readonly Label[]) => Promise<LabelResult>;
  /** Questions that may be under way at once. */
  readonly limit?: number;
}

export interface Traffic {
  counts(): TrafficCounts;
  /** No further question or label is sent; what is under way is left to end. */
  stop(): void;
}

const DEFAULT_LIMIT = 160;
/** Labels of the same few moments go in one request, as a labelling tool would send them. */
const BATCH_EVERY = 250;

/** Asks the planned questions at their times and sends the labels at theirs, whether or not answers keep up. */
export function startTraffic(options: TrafficOptions): Traffic {
  const { plan, clock, ask, label, limit = DEFAULT_LIMIT } = options;
  const startedAt = clock.now();
  const counts = { asked: 0, answered: 0, failed: 0, skipped: 0, labelsAccepted: 0, labelsLost: 0 };
  let underWay = 0;
  let due: Label[] = [];
  let stopped = false;
  let cancelNext = (): void => undefined;
  let cancelBatch = (): void => undefined;

  const send = async (labels: readonly Label[]): Promise<void> => {
    try {
      const { accepted, rejected } = await label(labels);
      counts.labelsAccepted += accepted;
      counts.labelsLost += rejected;
    } catch {
      counts.labelsLost += labels.length;
    }
  };

  const batch = (): void => {
    cancelBatch = clock.setTimeout(() => {
      if (stopped) return;
      const labels = due;
      due = [];
      if (labels.length > 0) void send(labels);
      batch();
    }, BATCH_EVERY);
  };

  const put = async (planned: PlannedQuestion): Promise<void> => {
    counts.asked += 1;
    underWay += 1;
    try {
      const id = await ask(planned);
      counts.answered += 1;
      if (planned.labelDelay !== undefined)
        clock.setTimeout(() => due.push(...labelsFor(id, planned.question)), planned.labelDelay);
    } catch {
      counts.failed += 1;
    } finally {
      underWay -= 1;
    }
  };

  const next = (): void => {
    const step = plan.next();
    if (step.done === true) return;
    const planned = step.value;
    cancelNext = clock.setTimeout(
      () => {
        if (stopped) return;
        if (underWay >= limit) counts.skipped += 1;
        else void put(planned);
        next();
      },
      Math.max(0, startedAt + planned.at - clock.now()),
    );
  };

  next();
  batch();
  return {
    counts: () => ({ ...counts }),
    stop: () => {
      stopped = true;
      cancelNext();
      cancelBatch();
    },
  };
}
