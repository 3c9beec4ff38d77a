import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** A check of an `Authorization` header against a bearer token, in a time that does not depend on how much of it is right. */
export function bearerCheck(token: string): (authorization: string | undefined) => boolean {
  const wanted = digest(token);
  return authorization => {
    const given = /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    return timingSafeEqual(digest(given ?? ''), wanted) && given !== undefined;
  };
}

/** True for an address that only this machine can reach. */
export function isLoopback(address: string): boolean {
  return address === '::1' || /^(?:::ffff:)?127\./i.test(address);
}

/**
 * True for a `Host` header that names this machine by address or as localhost. A page in a browser can point a name of its own at
 * 127.0.0.1 and would then read whatever listens there; its name stands in this header.
 */
export function isLocalName(host: string): boolean {
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(host)?.[1];
  const name = bracketed ?? host.replace(/:\d*$/, '');
  return isIP(name) !== 0 || /^(?:.+\.)?localhost\.?$/i.test(name);
}
