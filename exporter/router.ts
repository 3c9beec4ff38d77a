import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Refusal, refuse, replyJson } from './reply.js';

export type Method = 'GET' | 'POST';

/**
 * One route. `access` says who may have it: `open` everybody, `scrape` needs the token if there is one, `guarded` needs it on
 * any address beyond loopback.
 */
export interface Route {
  readonly path: string;
  readonly method: Method;
  readonly access: 'open' | 'scrape' | 'guarded';
  handle(request: IncomingMessage, response: ServerResponse): void | Promise<void>;
}

/** Says why a request may not have a route (undefined for a path without one), or nothing. */
export type Guard = (request: IncomingMessage, access: Route['access'] | undefined) => Refusal | undefined;

function pathOf(request: IncomingMessage): string | undefined {
  const path = (request.url ?? '').split(/[?#]/, 1)[0] ?? '';
  return path.startsWith('/') ? path : undefined;
}

const allowed = (methods: readonly Method[]): string =>
  methods.flatMap(method => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ');

/** A request handler over a table of routes: HEAD where GET is, 405 that says what is allowed, 404 that names the routes. */
export function createRouter(
  routes: readonly Route[],
  guard: Guard,
  onFault: (error: unknown) => void,
): (request: IncomingMessage, response: ServerResponse) => void {
  const names = routes.map(route => `${route.method} ${route.path}`);

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = pathOf(request);
    if (path === undefined)
      return refuse(response, { status: 400, error: 'bad_request', message: 'the request target is not a path' });
    const here = routes.filter(route => route.path === path);
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const route = here.find(candidate => candidate.method === method);
    const refusal = guard(request, (route ?? here[0])?.access);
    // A body that nobody read would have to be drained before the connection could be used again.
    if (request.method !== 'GET' && request.method !== 'HEAD' && (refusal !== undefined || route === undefined))
      response.setHeader('connection', 'close');
    if (refusal !== undefined) return refuse(response, refusal);
    if (here.length === 0)
      return replyJson(response, 404, { error: 'not_found', message: 'there is no such route', routes: names });
    if (route === undefined) {
      const allow = allowed(here.map(candidate => candidate.method));
      const message = `this route takes ${allow}`;
      return refuse(response, { status: 405, error: 'method_not_allowed', message, headers: { allow } });
    }
    await route.handle(request, response);
  };

  return (request, response) => {
    answer(request, response).catch((error: unknown) => {
      // A client that leaves in the middle is not a fault.
      if (request.destroyed && !request.complete) return;
      onFault(error);
      refuse(response, {
        status: 500,
        error: 'internal',
        message: 'the monitor failed to answer; the app is not affected',
      });
    });
  };
}
