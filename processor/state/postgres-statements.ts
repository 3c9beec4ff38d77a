import { CHAIN_LENGTH } from './label-chain.js';

/** Whether the tables are there, in the first schema of the search path that has them. */
export const PRESENT = `SELECT to_regclass('llm_monitor_v1_calls') IS NOT NULL
  AND to_regclass('llm_monitor_v1_snapshots') IS NOT NULL AS present`;

/**
 * The tables. IF NOT EXISTS alone is not enough for two replicas that start at once: the second fails on what the first has not
 * yet committed, so that they take turns. Statements that are sent together are one transaction. The number is any; it is ours.
 */
export const TABLES = `
SELECT pg_advisory_xact_lock(7305808869229538419);
CREATE TABLE IF NOT EXISTS llm_monitor_v1_calls (
  service text NOT NULL,
  call_id text NOT NULL,
  response_id text,
  span_id text,
  at double precision NOT NULL,
  seq bigint GENERATED ALWAYS AS IDENTITY,
  record text NOT NULL,
  labels jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (service, call_id)
);
CREATE INDEX IF NOT EXISTS llm_monitor_v1_calls_response
  ON llm_monitor_v1_calls (service, response_id, at) WHERE response_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS llm_monitor_v1_calls_span
  ON llm_monitor_v1_calls (service, span_id, at) WHERE span_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS llm_monitor_v1_calls_at ON llm_monitor_v1_calls (service, at, seq);
CREATE TABLE IF NOT EXISTS llm_monitor_v1_snapshots (
  service text NOT NULL,
  name text NOT NULL,
  saved_at double precision NOT NULL,
  bytes bytea NOT NULL,
  PRIMARY KEY (service, name)
);
`;

/** $1 service; $2..$6 of each call its id, its response's, its span's, when it ended, its record. */
export const PUT = `
INSERT INTO llm_monitor_v1_calls (service, call_id, response_id, span_id, at, record)
SELECT $1, given.*
FROM unnest($2::text[], $3::text[], $4::text[], $5::double precision[], $6::text[]) AS given
ON CONFLICT (service, call_id) DO NOTHING`;

/** $1 service, $2 identifier. */
export const FIND = {
  call_id: 'SELECT record FROM llm_monitor_v1_calls WHERE service = $1 AND call_id = $2',
  response_id: `SELECT record FROM llm_monitor_v1_calls WHERE service = $1 AND response_id = $2
    ORDER BY at DESC, seq DESC LIMIT 1`,
  span_id: `SELECT record FROM llm_monitor_v1_calls WHERE service = $1 AND span_id = $2
    ORDER BY at DESC, seq DESC LIMIT 1`,
} as const;

/**
 * $1 service; $2..$5 of each claim its call, task, token and verdict; no call twice. Rows are locked in order, so that two
 * replicas don't wait for each other. A chain that holds the token, and what it took the place of, stays as it is.
 */
export const CLAIM = `
WITH given AS (
  SELECT * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[]) AS g (call_id, task, token, verdict)
), held AS MATERIALIZED (
  SELECT call_id FROM llm_monitor_v1_calls
  WHERE service = $1 AND call_id = ANY($2::text[])
  ORDER BY call_id FOR UPDATE
)
UPDATE llm_monitor_v1_calls AS c
SET labels = jsonb_set(c.labels, ARRAY[given.task], CASE
  WHEN CASE WHEN c.labels -> given.task -> 0 ->> 'n' = '1' THEN c.labels -> given.task ELSE (c.labels -> given.task) - 0 END
    @> jsonb_build_array(jsonb_build_object('t', given.token)) THEN c.labels -> given.task
  ELSE CASE
    WHEN jsonb_array_length(c.labels -> given.task) >= ${CHAIN_LENGTH} THEN (c.labels -> given.task) - 0
    ELSE coalesce(c.labels -> given.task, '[]')
  END || jsonb_build_object(
    't', given.token,
    'v', given.verdict,
    'n', coalesce((c.labels -> given.task -> -1 ->> 'n')::bigint, 0) + 1
  )
END)
FROM given JOIN held USING (call_id)
WHERE c.service = $1 AND c.call_id = given.call_id
RETURNING c.call_id, c.labels -> given.task AS chain`;

/** $1 service, $2 before when, $3 how many at most. Rows that somebody else is taking out are left to them. */
export const SWEEP = `
WITH due AS MATERIALIZED (
  SELECT call_id FROM llm_monitor_v1_calls
  WHERE service = $1 AND at < $2
  ORDER BY at, seq LIMIT $3 FOR UPDATE SKIP LOCKED
)
DELETE FROM llm_monitor_v1_calls AS c USING due
WHERE c.service = $1 AND c.call_id = due.call_id
RETURNING c.at, c.seq, c.record, ARRAY(SELECT jsonb_object_keys(c.labels)) AS labelled`;

/** Milliseconds since the epoch. */
export const NOW = 'SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::double precision AS now';

/** $1 service. */
export const SIZE = 'SELECT count(*) AS size FROM llm_monitor_v1_calls WHERE service = $1';

/** $1 service, $2 name, $3 when, $4 bytes, $5 before when others are let go. */
export const SAVE = `
WITH gone AS (DELETE FROM llm_monitor_v1_snapshots WHERE service = $1 AND saved_at < $5 AND name <> $2)
INSERT INTO llm_monitor_v1_snapshots (service, name, saved_at, bytes) VALUES ($1, $2, $3, $4)
ON CONFLICT (service, name) DO UPDATE SET saved_at = excluded.saved_at, bytes = excluded.bytes`;

/** $1 service, $2 name. */
export const LOAD = 'SELECT name, saved_at, bytes FROM llm_monitor_v1_snapshots WHERE service = $1 AND name = $2';

/** $1 service, $2 prefix. */
export const LATEST = `SELECT name, saved_at, bytes FROM llm_monitor_v1_snapshots
  WHERE service = $1 AND starts_with(name, $2) ORDER BY saved_at DESC LIMIT 1`;
