import { replyJson } from '../reply.js';
import type { Route } from '../router.js';

/** `/healthz`: the process answers. `/readyz`: 503 with a reason while something is missing. */
export function healthRoutes(ready: () => string | undefined): readonly Route[] {
  return [
    {
      path: '/healthz',
      method: 'GET',
      access: 'open',
      handle: (_request, response) => replyJson(response, 200, { status: 'ok' }),
    },
    {
      path: '/readyz',
      method: 'GET',
      access: 'open',
      handle: (_request, response) => {
        const reason = ready();
        if (reason === undefined) replyJson(response, 200, { status: 'ready' });
        else replyJson(response, 503, { status: 'not_ready', reason });
      },
    },
  ];
}
