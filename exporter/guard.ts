import { bearerCheck, isLocalName, isLoopback } from './access.js';
import type { Guard } from './router.js';

/**
 * Who may have what. The health routes are for everybody. With a token every other route needs it; without one, an address that
 * other machines can reach gives only metrics, and a loopback address answers only to local names.
 * @param address where the server listens
 */
export function createGuard(token: string | undefined, address: () => string | undefined): Guard {
  const check = token === undefined ? undefined : bearerCheck(token);
  return (request, access) => {
    if (access === 'open') return undefined;
    const loopback = isLoopback(address() ?? '');
    const { host } = request.headers;
    if (loopback && host !== undefined && !isLocalName(host)) {
      const message = 'the Host header is not an address or localhost; this endpoint listens on loopback only';
      return { status: 403, error: 'forbidden_host', message };
    }
    if (check !== undefined) {
      if (check(request.headers.authorization)) return undefined;
      const message = 'this route needs the header Authorization: Bearer TOKEN with the token of LLM_MONITOR_TOKEN';
      return { status: 401, error: 'unauthorized', message, headers: { 'www-authenticate': 'Bearer' } };
    }
    if (access === 'guarded' && !loopback) {
      const message =
        'no token is set (LLM_MONITOR_TOKEN) and the endpoint can be reached from other machines, so only metrics and health are served';
      return { status: 403, error: 'token_not_set', message };
    }
    return undefined;
  };
}
