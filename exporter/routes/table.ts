import type { Route } from '../router.js';
import { type FeedbackRoute, feedbackRoute } from './feedback.js';
import { healthRoutes } from './health.js';
import { type MetricsRoute, metricsRoute } from './metrics.js';

export interface RouteParts {
  readonly metrics: MetricsRoute;
  readonly ready: () => string | undefined;
  /** Without one there is nobody to take labels, and no such route. */
  readonly feedback: FeedbackRoute | undefined;
}

/** Every route of the endpoint. A new one is a file beside this and a row here. */
export function routeTable(parts: RouteParts): readonly Route[] {
  return [
    metricsRoute(parts.metrics),
    ...healthRoutes(parts.ready),
    ...(parts.feedback === undefined ? [] : [feedbackRoute(parts.feedback)]),
  ];
}
