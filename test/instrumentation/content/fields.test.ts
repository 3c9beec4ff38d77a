import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Redaction } from '../../../core/content.js';
import { createRandom } from '../../../core/random.js';
import { maskText } from '../../../processor/index.js';
import { PII, SECRETS } from '../../processor/evaluators/samples.js';
import { fixture } from '../../provider/server.js';
import { leaves, planted } from './leaves.js';
import { type Api, watched } from './watched.js';

/*
 * Every string of every request and answer in the fixtures, one at a time, holds a harmless word and things that may not leave.
 * Where each may show is told by its place. A place that is in no list fails: a new field is noticed.
 */
const HARMLESS = 'zebrafish';
const random = createRandom(20_261);
const SECRET = (['card', 'email', 'github_token'] as const).map(kind =>
  ({ ...PII, ...SECRETS })[kind]?.(random).replaceAll('|', ''),
) as string[];
const CANARY = `the ${HARMLESS} has ${SECRET.join(' and ')} today`;

/** Words of a user, a model or a tool. */
const CONTENT: Readonly<Record<string, RegExp>> = {
  'chat request':
    /^messages\[\](?:\.content|\.name|\.refusal|\.reasoning_content|\.tool_call_id|\.content\[\]\.(?:text|refusal)|\.content\[\]\.file\.file_id|\.content~.*|\.tool_calls\[\]\.(?:id|function\.name|custom\.(?:name|input))|\.tool_calls\[\]\.function\.arguments~.*|\.function_call\.(?:name|arguments~.*))$|^(?:tools\[\](?:\.function|\.custom)|functions\[\])\.(?:name|description|parameters.*)$/,
  'chat reply':
    /^choices\[\]\.(?:message|delta)\.(?:content|refusal|reasoning|reasoning_content|content\[\]\.text|audio\.transcript|tool_calls\[\]\.id|tool_calls\[\]\.(?:function|custom)\.(?:name|input|arguments(?:~.*)?)|function_call\.(?:name|arguments~.*))$|^choices\[\]\.text$/,
  'responses request':
    /^instructions$|^input\[\](?:\.content|\.content\[\]\.(?:text|refusal|file_id)|\.(?:summary|content)\[\]\.text|\.call_id|\.arguments~.*|\.name|\.input|\.output(?:~.*|\[\]\.(?:text|stdout|stderr))?|\.action\.(?:type|query))$|^tools\[\]\.(?:name|description|parameters.*)$/,
  'responses reply':
    /^(?:response\.)?output\[\](?:\.content\[\]\.(?:text|refusal)|\.summary\[\]\.text|\.call_id|\.arguments~.*|\.name|\.input|\.output|\.code|\.queries\[\]|\.action\.(?:type|query)|\.results\[\]\.(?:file_id|filename|text)|\.outputs\[\]\.(?:type|logs|url))$/,
  'completions request': /^prompt\[\]$/,
};
/** A stream of the Responses API that was cut: what of its events counts. */
const EVENTS = /^(?:delta(?:~.*)?|item\.(?:name|call_id|action\.(?:type|query)))$/;
/** What the server of the model calls itself and the call: on spans and labels as it is, and no words of a user. */
const NAMES = /^(?:response\.)?model$/;
/** Of an answer: in the record of the call, which stays in the process, and on its span as long as it looks like an id. */
const ID = /^(?:response\.)?id$/;
/** Settings that the conventions put on every span, masked where something to mask with is given. */
const SETTINGS = /^stop(?:\[\])?$/;
/** What the wire format is read by: with another word in it the rest means something else, but nothing of it may leave unmasked. */
const GRAMMAR = /(?:^|\.)(?:type|role|object|status|finish_reason|code)$/;
/** Ids of items that a provider ran: shown with what it ran. */
const IDS = /^(?:input|(?:response\.)?output)\[\]\.id$|^item\.id$/;
/** Never read, or not kept. */
const NEVER: readonly RegExp[] = [
  /^(?:response\.)?(?:user|safety_identifier|prompt_cache_key|service_tier|reasoning_effort|system_fingerprint|suffix|delta|encoding_format|previous_response_id|truncation|tool_choice|instructions)$/,
  /^(?:response\.)?(?:metadata|prompt|prediction|response_format|web_search_options|conversation|text|reasoning)\b/,
  /(?:annotations|logprobs)\b/,
  /image_url|input_audio|file_data|filename|file_url|detail$|encrypted_content|audio\.(?:id|data)$|\.result$|server_label|server_url|authorization|headers|item_id|container_id/,
  /^(?:response\.)?output\[\]\.tools\b|^part\.text$|^text$|^data\[\]|^item\.(?:content\b|arguments$|input$)/,
  /^error\./,
];
/** Answers repeat what was asked. */
const ECHO = /^(?:response\.)?instructions$/;

interface Case {
  readonly name: string;
  readonly api: Api;
  readonly request: string;
  readonly reply: string;
  readonly status?: number;
}
const CASES: readonly Case[] = [
  { name: 'chat', api: 'chat', request: 'request-chat', reply: 'chat-parts' },
  { name: 'chat', api: 'chat', request: 'request-chat', reply: 'chat' },
  { name: 'chat', api: 'chat', request: 'request-chat', reply: 'chat-stream-parts' },
  { name: 'chat', api: 'chat', request: 'request-chat', reply: 'chat-stream' },
  { name: 'chat', api: 'chat', request: 'request-chat', reply: 'chat-stream-tool' },
  { name: 'chat', api: 'completions', request: 'request-completions', reply: 'completion' },
  { name: 'chat', api: 'completions', request: 'request-completions', reply: 'completion-stream' },
  { name: 'responses', api: 'responses', request: 'request-responses', reply: 'response-items' },
  { name: 'responses', api: 'responses', request: 'request-responses', reply: 'response-stream' },
  { name: 'events', api: 'responses', request: 'request-responses', reply: 'response-stream-items' },
  { name: 'embeddings', api: 'embeddings', request: 'request-embeddings', reply: 'embeddings' },
  ...[400, 401, 404, 429, 500].map(status => ({
    name: 'error',
    api: 'chat' as const,
    request: 'request-chat',
    reply: status === 400 ? 'error-context' : `error-${status}`,
    status,
  })),
  { name: 'error', api: 'responses', request: 'request-responses', reply: 'response-failed' },
];

type Kind = 'content' | 'name' | 'id' | 'setting' | 'grammar' | 'never';

function kindOf(list: RegExp | undefined, api: Api, pattern: string): Kind | undefined {
  if (list?.test(pattern) === true) return 'content';
  if (NAMES.test(pattern)) return 'name';
  if (ID.test(pattern)) return 'id';
  if (SETTINGS.test(pattern)) return 'setting';
  if (GRAMMAR.test(pattern) || IDS.test(pattern)) return 'grammar';
  if (api === 'embeddings' && pattern === 'input[]') return 'never';
  return NEVER.some(never => never.test(pattern)) ? 'never' : undefined;
}

const MODES: readonly (readonly ['none' | 'redacted' | 'full', Redaction | undefined])[] = [
  ['none', maskText],
  ['redacted', maskText],
  ['full', 'off'],
];

/** What of the canary shows where it should not, or does not where it should. */
async function faults(mode: string, redact: Redaction | undefined, made: Case, side: 'request' | 'reply') {
  const wrong: string[] = [];
  const request = fixture(made.request);
  const reply = fixture(made.reply);
  const seen = new Set<string>();
  for (const { path, pattern } of leaves(side === 'request' ? request : reply)) {
    // Of a stream each place counts once; the last pieces of a text, which the first do not show, are alike.
    const place =
      side === 'reply' && Array.isArray(reply)
        ? `${pattern} ${(reply[path[0] as number] as { type?: string }).type}`
        : path.map(String).join();
    if (seen.has(place)) continue;
    seen.add(place);
    const at = side === 'reply' && Array.isArray(reply) ? pattern.replace(/^\[\]\.?/, '') : pattern;
    const family = made.api === 'completions' && side === 'reply' ? 'chat' : made.api;
    const list =
      made.name === 'error' && side === 'reply'
        ? undefined
        : made.name === 'events' && side === 'reply'
          ? EVENTS
          : CONTENT[`${family} ${side}`];
    let kind = kindOf(list, made.api, at);
    if (kind === undefined) {
      wrong.push(`${at} is in no list`);
      continue;
    }
    if (made.reply === 'response-stream' && side === 'reply' && kind === 'content' && !at.startsWith('response.'))
      kind = 'never';
    if (ECHO.test(at) && side === 'reply') kind = 'never';
    const run = watched(mode === 'none' ? 'none' : 'both', redact);
    try {
      await run.call(made.api, side === 'request' ? planted(request, path, CANARY) : request, {
        body: side === 'reply' ? planted(reply, path, CANARY) : reply,
        ...(made.status === undefined ? {} : { status: made.status }),
      });
      const { spans, events, rest } = await run.left();
      if (run.otel.spans().length !== 1) wrong.push(`${at}: no span`);
      const shows = (text: string): boolean => text.includes(HARMLESS);
      const leaks = (text: string): boolean => SECRET.some(secret => text.includes(secret));
      if (kind === 'name') continue;
      const all = spans + events + (kind === 'id' ? '' : rest);
      if (mode !== 'full' && leaks(all)) wrong.push(`${at} leaks`);
      if (kind !== 'id' && (shows(rest) || leaks(rest))) wrong.push(`${at} is in a metric, a record or a log`);
      if ((kind === 'never' || kind === 'id') && (shows(all) || leaks(all))) wrong.push(`${at} shows`);
      if (kind === 'content') {
        if (mode === 'none' && shows(all)) wrong.push(`${at} shows`);
        if (mode !== 'none' && !(shows(spans) && shows(events))) wrong.push(`${at} is not there`);
        if (mode === 'full' && !(leaks(spans) && leaks(events))) wrong.push(`${at} is masked`);
      }
    } finally {
      run.stop();
    }
  }
  return wrong;
}

for (const [mode, redact] of MODES) {
  describe(`a canary in each field, content ${mode}`, () => {
    const requests = new Map(CASES.map(made => [made.request, made]));
    for (const made of requests.values())
      it(`of ${made.request}`, async () => assert.deepEqual(await faults(mode, redact, made, 'request'), []));
    for (const made of CASES)
      it(`of ${made.reply}`, async () => assert.deepEqual(await faults(mode, redact, made, 'reply'), []));
  });
}
