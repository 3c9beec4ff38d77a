/**
 * Every label our metrics may carry. `values` closes a label: only these are written (and the type system knows them), any
 * other becomes `other`. An open label is bounded by the series limit of its metric. `convention` is the attribute that carries
 * the same fact on the `gen_ai.*` metrics and on spans.
 */
export interface LabelDef {
  readonly values?: readonly string[];
  readonly convention?: string;
}

export const ERROR_TYPES = [
  'rate_limit',
  'auth',
  'permission',
  'bad_request',
  'not_found',
  'context_length',
  'content_filter',
  'timeout',
  'connection',
  'overloaded',
  'server',
  'malformed_response',
  'other',
] as const;
export type ErrorType = (typeof ERROR_TYPES)[number];

/** Exclusive token classes: input = the first three together, output = the last two. */
export const TOKEN_CLASSES = ['input_uncached', 'cache_read', 'cache_write', 'output', 'reasoning'] as const;
export type TokenClass = (typeof TOKEN_CLASSES)[number];

/** Finish reasons after normalising the provider's own word. */
export const FINISH_REASONS = ['stop', 'length', 'tool_call', 'content_filter', 'error', 'other'] as const;
export type FinishReason = (typeof FINISH_REASONS)[number];

export const OPERATIONS = [
  'chat',
  'text_completion',
  'generate_content',
  'embeddings',
  'retrieval',
  'execute_tool',
  'invoke_agent',
  'create_agent',
  'invoke_workflow',
  'other',
] as const;
export type Operation = (typeof OPERATIONS)[number];

export const LABELS = {
  provider: { convention: 'gen_ai.provider.name' },
  model: { convention: 'gen_ai.request.model' },
  answered_model: { convention: 'gen_ai.response.model' },
  requested_model: {},
  operation: { convention: 'gen_ai.operation.name', values: OPERATIONS },
  outcome: { values: ['ok', 'error', 'aborted', 'tp', 'fp', 'fn', 'tn'] },
  error_type: { convention: 'error.type', values: ['', ...ERROR_TYPES] },
  convention_error: { convention: 'error.type' },
  token_type: { convention: 'gen_ai.token.type', values: ['input', 'output'] },
  server_address: { convention: 'server.address' },
  server_port: { convention: 'server.port' },
  class: {},
  source: { values: ['reported', 'estimated'] },
  reason: {},
  from: {},
  to: {},
  evaluator: {},
  task: {},
  actual: {},
  predicted: {},
  window: {},
  measure: {},
  average: { values: ['', 'macro', 'micro', 'weighted', 'class', 'binary'] },
  slice: {},
  value: {},
  result: { values: ['matched', 'replaced', 'orphan', 'expired', 'rejected'] },
  scope: {},
  detector: {},
  feature: {},
  signal: {},
  direction: { values: ['up', 'down'] },
  module: {},
  metric: {},
  field: {},
  component: {},
  version: {},
  semconv: {},
  prices: {},
  node: {},
} as const satisfies Record<string, LabelDef>;

export type LabelName = keyof typeof LABELS;

/** What a label may hold at compile time: its closed list, or any string. */
export type LabelValue<L extends LabelName> = (typeof LABELS)[L] extends {
  readonly values: readonly (infer V extends string)[];
}
  ? V
  : string;

/** The values a closed label may have; undefined for an open one. */
export function closedValues(label: LabelName): readonly string[] | undefined {
  const def: LabelDef = LABELS[label];
  return def.values;
}
