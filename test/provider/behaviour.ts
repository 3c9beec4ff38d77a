import type { Client, Sdk } from './sdks.js';

/** What a caller does with a client and what came of it; run with a bare and with a watched client, both must tell the same. */
export interface Behaviour {
  readonly name: string;
  readonly scenario: string;
  readonly options?: Readonly<Record<string, unknown>>;
  /** First and last major that can do it. */
  readonly since?: number;
  readonly until?: number;
  run(client: Client, sdk: Sdk): Promise<unknown>;
  /** The records that must come of it, in the order of their ends: `ok:reasons`, `error:type`, `aborted:by`. */
  readonly records: readonly string[];
}

export const MESSAGES = [
  { role: 'system' as const, content: 'You help with parcels.' },
  { role: 'user' as const, content: 'Where is order 4711?' },
];
export const CHAT = { model: 'gpt-4o-mini', messages: MESSAGES };
export const STREAM = { ...CHAT, stream: true as const };
export const RESPONSE = { model: 'gpt-4.1', instructions: 'Answer in one line.', input: 'When is my refund due?' };
export const TOOLS = [
  {
    type: 'function' as const,
    function: {
      name: 'find_order',
      parameters: { type: 'object', properties: { number: { type: 'string' } } },
      parse: JSON.parse,
      function: () => 'on its way',
    },
  },
];
export const FORMAT = {
  type: 'json_schema' as const,
  json_schema: { name: 'verdict', strict: true, schema: { type: 'object', properties: {} } },
  $brand: 'auto-parseable-response-format',
  $parseRaw: JSON.parse,
};

/** An error as a caller may look at it. */
export function told(error: unknown, sdk: Sdk): unknown {
  const given = error as Error & Record<string, unknown>;
  return {
    class: given?.constructor?.name,
    name: given?.name,
    // openai 4 names the address of the request, which differs from run to run.
    message: String(given?.message).replace(/127\.0\.0\.1:\S*/, 'ADDRESS'),
    status: given?.['status'],
    code: given?.['code'],
    type: given?.['type'],
    request: given?.['requestID'] ?? given?.['request_id'],
    api: given instanceof sdk.OpenAI.APIError,
    openai: given instanceof sdk.OpenAI.OpenAIError,
  };
}

export async function outcome(run: () => unknown, sdk: Sdk): Promise<unknown> {
  try {
    return { value: await run() };
  } catch (error) {
    return { error: told(error, sdk) };
  }
}

export async function all(stream: AsyncIterable<unknown>, kept: unknown[] = []): Promise<unknown[]> {
  for await (const chunk of stream) kept.push(chunk);
  return kept;
}

/** The parse helper has moved between majors. */
export function parser(client: Client): { parse(body: unknown): Promise<unknown>; stream(body: unknown): never } {
  const beta = client.beta as unknown as { chat?: { completions?: { parse?: unknown } } };
  return (beta.chat?.completions?.parse === undefined ? client.chat.completions : beta.chat.completions) as never;
}

export interface HelperStream extends AsyncIterable<unknown> {
  finalChatCompletion(): Promise<unknown>;
  finalContent(): Promise<unknown>;
  on(event: string, listener: (...args: unknown[]) => void): HelperStream;
  abort(): void;
  done(): Promise<void>;
}

export function runner(client: Client): { runTools(body: unknown): HelperStream } {
  const beta = client.beta as unknown as { chat?: { completions?: { runTools?: unknown } } };
  return (beta.chat?.completions?.runTools === undefined ? client.chat.completions : beta.chat.completions) as never;
}

export const ok = (...reasons: string[]): string => `ok:${reasons.join('+')}`;
