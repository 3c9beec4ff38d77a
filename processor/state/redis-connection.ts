import type { Clock } from '../../core/clock.js';
import { Gate } from './gate.js';
import { loadPeer } from './peer.js';
import type { RedisScript } from './redis-scripts.js';

/** What is used of a client of `redis` 5 and 6. */
interface RedisClient {
  readonly isReady: boolean;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  connect(): Promise<unknown>;
  sendCommand(args: readonly string[]): Promise<unknown>;
  ref(): void;
  unref(): void;
  close(): Promise<unknown>;
  destroy(): void;
}

type CreateClient = (options: object) => RedisClient;

export interface RedisConnectionOptions {
  readonly url: string;
  readonly shown: string;
  readonly secrets: readonly string[];
  readonly clock: Clock;
  /** Milliseconds until a server that says nothing counts as away; 5,000 if absent. */
  readonly patience?: number;
}

/** Milliseconds for a connection to be made. */
const CONNECT_LIMIT = 3000;
const PATIENCE = 5000;

/** The server's answer, as against a broken connection. */
function isReply(error: unknown): error is Error {
  return error instanceof Error && /^[A-Z]{2,}(?:\s|$)/.test(error.message);
}

/** A server that answers, but for the moment only so. */
const NOT_NOW = /^(?:LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|UNKILLABLE|NOREPLICAS)\b/;

/** What may be done later: after a wrapper's `ERR`, too, as Redis before 7 tells of an error within a script. */
const LATER = /(?:^|[\s-])(?:OOM|MISCONF|NOAUTH|LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|NOREPLICAS)\b/;

/** A key of another kind, a user who may not, a command or an argument that is not known. */
function isRefusal(error: unknown): boolean {
  return isReply(error) && /^(?:ERR|WRONGTYPE|NOPERM)\b/.test(error.message) && !LATER.test(error.message);
}

function breaks(error: unknown): boolean {
  return !isReply(error) || NOT_NOW.test(error.message);
}

/**
 * One connection to Redis, made when it is needed and made anew after it broke: the client's own way back is switched off, as
 * its timers would keep a process alive. It keeps a process alive only while a command waits for its answer.
 */
export class RedisConnection {
  readonly #options: RedisConnectionOptions;
  readonly #patience: number;
  readonly #gate: Gate;
  readonly #refused = new WeakSet<object>();
  #client: Promise<RedisClient> | undefined;
  /** Commands that wait for their answer. */
  #waiting = 0;

  constructor(options: RedisConnectionOptions) {
    this.#options = options;
    this.#patience = options.patience ?? PATIENCE;
    this.#gate = new Gate({ location: options.shown, clock: options.clock, secrets: options.secrets, isRefusal });
  }

  /** @throws MonitorError UNAVAILABLE, REFUSED or MISSING_PEER */
  async command(...args: string[]): Promise<unknown> {
    return this.#gate.pass(() => this.#send(client => client.sendCommand(args)), this.#isOutage);
  }

  /** Runs a script by its hash, and by its text where the server does not know it, or no longer. */
  async run(script: RedisScript, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    const rest = [String(keys.length), ...keys, ...args];
    const send = (client: RedisClient): Promise<unknown> =>
      client.sendCommand(['EVALSHA', script.sha1, ...rest]).catch((error: unknown) => {
        if (isReply(error) && error.message.startsWith('NOSCRIPT'))
          return client.sendCommand(['EVAL', script.text, ...rest]);
        throw error;
      });
    return this.#gate.pass(() => this.#send(send), this.#isOutage);
  }

  async close(): Promise<void> {
    if (!this.#gate.open) return;
    this.#gate.close();
    const client = await this.#client?.catch(() => undefined);
    this.#client = undefined;
    if (client === undefined) return;
    client.ref();
    await this.#within(PATIENCE, client.close()).catch(() => destroy(client));
  }

  async #send(run: (client: RedisClient) => Promise<unknown>): Promise<unknown> {
    const client = await this.#connected();
    client.ref();
    try {
      return await this.#within(this.#patience, run(client));
    } catch (error) {
      // After a silence nothing is known of the connection: later answers must not wait behind it.
      if (breaks(error)) this.#drop(client);
      throw error;
    } finally {
      if (this.#waiting === 0) client.unref();
    }
  }

  readonly #isOutage = (error: unknown): boolean => breaks(error) || this.#refused.has(error as object);

  async #within<T>(ms: number, work: Promise<T>): Promise<T> {
    this.#waiting++;
    let cancel = (): void => {};
    const limit = new Promise<never>((_, reject) => {
      cancel = this.#options.clock.setTimeout(() => reject(new Error(`no answer in ${ms / 1000} s`)), ms);
    });
    try {
      return await Promise.race([work, limit]);
    } finally {
      this.#waiting--;
      cancel();
    }
  }

  async #connected(): Promise<RedisClient> {
    const current = this.#client;
    if (current !== undefined) {
      const client = await current;
      if (client.isReady) return client;
      if (this.#client === current) this.#drop(client);
    }
    this.#client ??= this.#connect().catch((error: unknown) => {
      this.#client = undefined;
      throw error;
    });
    return this.#client;
  }

  async #connect(): Promise<RedisClient> {
    const peer = await loadPeer('redis', '5', 'redis');
    const client = (peer['createClient'] as CreateClient)({
      url: this.#options.url,
      RESP: 2,
      disableOfflineQueue: true,
      socket: { connectTimeout: CONNECT_LIMIT, reconnectStrategy: false },
    });
    // Without a listener an error would end the process; what fails is told by the command that failed.
    client.on('error', () => {});
    try {
      await this.#within(CONNECT_LIMIT + PATIENCE, client.connect());
    } catch (error) {
      destroy(client);
      // Also when it is a reply, such as to a wrong password.
      if (error instanceof Error) this.#refused.add(error);
      throw error;
    }
    client.unref();
    return client;
  }

  #drop(client: RedisClient): void {
    this.#client = undefined;
    destroy(client);
  }
}

function destroy(client: RedisClient): void {
  try {
    client.destroy();
  } catch {
    // It was closed already.
  }
}
