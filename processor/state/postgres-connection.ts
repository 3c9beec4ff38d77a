import type { Clock } from '../../core/clock.js';
import { Gate } from './gate.js';
import { loadPeer } from './peer.js';

export type Row = Readonly<Record<string, unknown>>;

/** What is used of a pool of `pg` 8. */
interface Pool {
  on(event: 'error', listener: (error: unknown) => void): unknown;
  query(query: object): Promise<{ readonly rows: readonly Row[] }>;
  end(): Promise<void>;
}

export interface PostgresConnectionOptions {
  readonly url: string;
  readonly shown: string;
  readonly secrets: readonly string[];
  readonly clock: Clock;
}

const CONNECTIONS = 2;
/** Milliseconds until a server that says nothing counts as away. */
const CONNECT_LIMIT = 3000;
const ANSWER_LIMIT = 10_000;
/** Two transactions waited for each other, or changed the same: the one that was given up is run again. */
const TRY_AGAIN = new Set(['40001', '40P01']);
const TRIES = 5;
const UNDEFINED_TABLE = '42P01';

function stateOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

/** A broken connection, or a server that is starting, stopping, full, or lets us in with no such name or to no such database. */
function isOutage(error: unknown): boolean {
  const state = stateOf(error);
  return !/^[0-9A-Z]{5}$/.test(state) || /^(?:08|28|3D|53|57P0|58)/.test(state);
}

/** What it is given is no data for it, or too much, or the user may not. A table that is not there is made with the next statement. */
function isRefusal(error: unknown): boolean {
  const state = stateOf(error);
  return /^(?:0A|22|23|42|54)[0-9A-Z]{3}$/.test(state) && state !== UNDEFINED_TABLE;
}

/** At most two connections to PostgreSQL, made when they are needed; an idle one keeps no process alive. */
export class PostgresConnection {
  readonly #options: PostgresConnectionOptions;
  readonly #setUp: readonly [probe: string, statements: string];
  readonly #gate: Gate;
  #pool: Promise<Pool> | undefined;
  #ready: Promise<void> | undefined;

  /** @param setUp a query that answers `present`, and the statements that are run where it is not true */
  constructor(options: PostgresConnectionOptions, setUp: readonly [probe: string, statements: string]) {
    this.#options = options;
    this.#setUp = setUp;
    const { shown, clock, secrets } = options;
    // Who waits for a connection must not count as who waits for the server.
    this.#gate = new Gate({ location: shown, clock, secrets, atOnce: CONNECTIONS, isRefusal });
  }

  /** Runs one statement. @param patience milliseconds until a server that says nothing counts as away @throws MonitorError UNAVAILABLE, REFUSED or MISSING_PEER */
  async query(text: string, values: readonly unknown[], patience = ANSWER_LIMIT): Promise<readonly Row[]> {
    return this.#gate.pass(async () => {
      this.#pool ??= this.#connect();
      const pool = await this.#pool;
      this.#ready ??= this.#prepare(pool);
      await this.#ready;
      try {
        return await run(pool, { text, values, query_timeout: patience });
      } catch (error) {
        // Somebody dropped the tables: they are made again with the next statement.
        if (stateOf(error) === UNDEFINED_TABLE) this.#ready = undefined;
        throw error;
      }
    }, isOutage);
  }

  async close(): Promise<void> {
    if (!this.#gate.open) return;
    this.#gate.close();
    const pool = await this.#pool?.catch(() => undefined);
    await pool?.end().catch(() => {});
  }

  async #connect(): Promise<Pool> {
    try {
      const peer = await loadPeer('pg', '8', 'postgres');
      const NewPool = peer['Pool'] as new (options: object) => Pool;
      const pool = new NewPool({
        connectionString: this.#options.url,
        max: CONNECTIONS,
        connectionTimeoutMillis: CONNECT_LIMIT,
        query_timeout: ANSWER_LIMIT,
        idleTimeoutMillis: 30_000,
        allowExitOnIdle: true,
        keepAlive: true,
        application_name: 'otel-llm-monitor',
      });
      // Without a listener the end of an idle connection would end the process.
      pool.on('error', () => {});
      return pool;
    } catch (error) {
      this.#pool = undefined;
      throw error;
    }
  }

  async #prepare(pool: Pool): Promise<void> {
    const [probe, statements] = this.#setUp;
    try {
      // Asked first: where somebody else made the tables, this user need not be allowed to.
      const [found] = await run(pool, { text: probe });
      if (found?.['present'] !== true) await pool.query({ text: statements });
    } catch (error) {
      this.#ready = undefined;
      throw error;
    }
  }
}

async function run(pool: Pool, query: object): Promise<readonly Row[]> {
  for (let tries = 1; ; tries++) {
    try {
      return (await pool.query(query)).rows;
    } catch (error) {
      if (tries >= TRIES || !TRY_AGAIN.has(stateOf(error))) throw error;
    }
  }
}
