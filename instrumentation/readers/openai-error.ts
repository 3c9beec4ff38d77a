import { fieldsOf, numberOf, textOf } from '../../core/fields.js';
import type { ErrorType } from '../../core/labels.js';
import type { ErrorFacts } from './wire-reader.js';

/** Codes and types that providers with this wire format send. Only these become an `error.type`, so that it stays bounded. */
const CODES: Readonly<Record<string, ErrorType>> = {
  rate_limit_exceeded: 'rate_limit',
  rate_limit_error: 'rate_limit',
  insufficient_quota: 'rate_limit',
  billing_hard_limit_reached: 'rate_limit',
  too_many_requests: 'rate_limit',
  slow_down: 'overloaded',
  engine_overloaded: 'overloaded',
  engine_overloaded_error: 'overloaded',
  overloaded_error: 'overloaded',
  server_overloaded: 'overloaded',
  service_unavailable: 'overloaded',
  invalid_api_key: 'auth',
  authentication_error: 'auth',
  account_deactivated: 'auth',
  permission_error: 'permission',
  permission_denied: 'permission',
  unsupported_country_region_territory: 'permission',
  model_not_found: 'not_found',
  not_found_error: 'not_found',
  deployment_not_found: 'not_found',
  context_length_exceeded: 'context_length',
  string_above_max_length: 'context_length',
  content_filter: 'content_filter',
  content_policy_violation: 'content_filter',
  invalid_prompt: 'content_filter',
  invalid_request_error: 'bad_request',
  invalid_value: 'bad_request',
  invalid_type: 'bad_request',
  unknown_parameter: 'bad_request',
  unsupported_parameter: 'bad_request',
  unsupported_value: 'bad_request',
  missing_required_parameter: 'bad_request',
  server_error: 'server',
  api_error: 'server',
  internal_error: 'server',
  internal_server_error: 'server',
  timeout: 'timeout',
  timeout_error: 'timeout',
};

/** Types so general that the status says more. */
const VAGUE = new Set(['invalid_request_error', 'api_error']);

/** Error codes of Node and of its HTTP clients that mean that the connection failed. */
const NETWORK = /^(ECONN|ENOTFOUND|EAI_|EPIPE|ENET|EHOST|UND_ERR|ERR_STREAM_PREMATURE_CLOSE|ERR_SOCKET|CERT_|ERR_TLS)/;
const TIMED_OUT = /^(ETIMEDOUT|ESOCKETTIMEDOUT|UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT)$/;
const CUT = /^(terminated|fetch failed|other side closed|premature close|socket hang up|network error)/i;
/** What the SDK says when it stumbles over an answer of another shape. */
const UNREADABLE = /^(Cannot use 'in' operator|Expected embeddings response)/;
/** How servers that speak this format say it without a code. */
const TOO_LONG = /maximum context length|context (length|window)|prompt is too long|too many tokens/i;
const CLASS_NAME = /^[A-Za-z]{1,60}(Error|Exception)$/;

function byStatus(status: number): ErrorType {
  if (status === 401) return 'auth';
  if (status === 403) return 'permission';
  if (status === 404) return 'not_found';
  if (status === 408 || status === 504) return 'timeout';
  if (status === 429) return 'rate_limit';
  if (status === 503 || status === 529) return 'overloaded';
  if (status >= 500) return 'server';
  return status >= 400 ? 'bad_request' : 'other';
}

function known(word: unknown): string | undefined {
  return typeof word === 'string' && Object.hasOwn(CODES, word) ? word : undefined;
}

/** The error in the place of an answer: a failed response, an error object in a reply of status 200, an error event. */
export function readErrorBody(body: unknown): ErrorFacts {
  const given = fieldsOf(body);
  const word = known(given['code']) ?? known(given['type']);
  const status = numberOf(given['code']) ?? numberOf(given['status']);
  const errorType = word !== undefined ? CODES[word] : status !== undefined ? byStatus(status) : undefined;
  return {
    errorType: errorType ?? 'server',
    convention: word ?? (status !== undefined && status >= 100 && status < 600 ? String(status) : '_OTHER'),
    status,
    aborted: false,
    sent: true,
  };
}

/**
 * What an error of the openai package says, by the names and fields of the error: an app may hold two copies of the package and
 * thus two of each class, so a test by class would miss half of them.
 */
export function readOpenAIError(error: unknown): ErrorFacts {
  const given = fieldsOf(error);
  const status = numberOf(given['status']);
  const className = textOf(fieldsOf(given).constructor?.name) ?? '';
  const name = className === 'DOMException' || className === 'Error' ? (textOf(given['name']) ?? className) : className;
  if (name === 'APIUserAbortError' || name === 'AbortError') {
    return { errorType: 'other', convention: 'APIUserAbortError', status, aborted: true, sent: false };
  }
  const cause = fieldsOf(given['cause']);
  const network = [given['code'], cause['code'], fieldsOf(cause['cause'])['code']].filter(
    code => typeof code === 'string',
  );
  if (
    name === 'APIConnectionTimeoutError' ||
    name === 'TimeoutError' ||
    (status === undefined && network.some(code => TIMED_OUT.test(code)))
  ) {
    return { errorType: 'timeout', convention: 'timeout', status, aborted: false, sent: true };
  }
  const message = textOf(given['message'])?.slice(0, 2000) ?? '';
  const convention = conventionOf(given, status, name);
  const facts = (errorType: ErrorType, sent: boolean): ErrorFacts => ({
    errorType,
    convention,
    status,
    aborted: false,
    sent,
  });
  const word = known(given['code']) ?? known(given['type']);
  if (word !== undefined && !VAGUE.has(word)) return facts(CODES[word] ?? 'other', true);
  if (status !== undefined) {
    const type = byStatus(status);
    return facts(type === 'bad_request' && TOO_LONG.test(message) ? 'context_length' : type, true);
  }
  if (word !== undefined) return facts(CODES[word] ?? 'other', true);
  if (name === 'APIConnectionError' || network.some(code => NETWORK.test(code)) || CUT.test(message)) {
    return facts('connection', true);
  }
  if (name === 'SyntaxError' || given['type'] === 'invalid-json' || UNREADABLE.test(message))
    return facts('malformed_response', true);
  return facts(name === 'APIError' ? 'server' : 'other', name === 'APIError');
}

function conventionOf(error: Readonly<Record<string, unknown>>, status: number | undefined, name: string): string {
  const word = known(error['code']) ?? known(error['type']);
  if (word !== undefined && !(VAGUE.has(word) && status !== undefined)) return word;
  if (status !== undefined && status >= 100 && status < 600) return String(status);
  return CLASS_NAME.test(name) ? name : '_OTHER';
}
