import type { Operation } from '../../core/labels.js';
import { apiPromiseBinding } from '../bindings/api-promise.js';
import type { Binding } from '../bindings/binding.js';
import { openaiChat } from './openai-chat.js';
import { openaiCompletions } from './openai-completions.js';
import { openaiEmbeddings } from './openai-embeddings.js';
import { openaiResponses } from './openai-responses.js';
import type { WireReader } from './wire-reader.js';

/** One method of an SDK that calls a model. */
export interface Endpoint {
  /** Where the class stands below the client's class, and the resource below the client. */
  readonly statics: readonly string[];
  readonly resource: readonly string[];
  readonly method: string;
  readonly operation: Operation;
  readonly reader: WireReader;
  /** The conventions' `openai.api.type`, for the OpenAI family. */
  readonly apiType?: string;
}

/** One SDK: what it is called, where its calls are, who reads them. A new SDK is a row here and, at most, a reader. */
export interface ProviderRow {
  /** The package, as an app imports it. */
  readonly module: string;
  /** Versions whose shapes were looked at; others are tried and, where their shape is another, left alone and counted. */
  readonly versions: string;
  /** The export that is the client's class. */
  readonly client: string;
  /** Names of classes of clients, to tell whose client `wrap` was given. */
  readonly clients: readonly string[];
  /** `gen_ai.provider.name` where neither class nor host says otherwise. */
  readonly provider: string;
  readonly providersByClient: Readonly<Record<string, string>>;
  /** By the end of the host's name. A proxy's host is in none of them and keeps `provider`. */
  readonly providersByHost: readonly (readonly [ending: string, provider: string])[];
  readonly binding: Binding;
  readonly endpoints: readonly Endpoint[];
}

const OPENAI: ProviderRow = {
  module: 'openai',
  versions: '>=4.0.0 <8',
  client: 'OpenAI',
  clients: ['OpenAI', 'AzureOpenAI', 'BedrockOpenAI'],
  provider: 'openai',
  providersByClient: { AzureOpenAI: 'azure.ai.openai', BedrockOpenAI: 'aws.bedrock' },
  providersByHost: [
    ['.openai.azure.com', 'azure.ai.openai'],
    ['.services.ai.azure.com', 'azure.ai.inference'],
    ['.amazonaws.com', 'aws.bedrock'],
    ['generativelanguage.googleapis.com', 'gcp.gemini'],
    ['-aiplatform.googleapis.com', 'gcp.vertex_ai'],
    ['api.deepseek.com', 'deepseek'],
    ['api.groq.com', 'groq'],
    ['api.mistral.ai', 'mistral_ai'],
    ['api.perplexity.ai', 'perplexity'],
    ['api.x.ai', 'x_ai'],
  ],
  binding: apiPromiseBinding,
  endpoints: [
    {
      statics: ['Chat', 'Completions'],
      resource: ['chat', 'completions'],
      method: 'create',
      operation: 'chat',
      reader: openaiChat as WireReader,
      apiType: 'chat_completions',
    },
    {
      statics: ['Responses'],
      resource: ['responses'],
      method: 'create',
      operation: 'chat',
      reader: openaiResponses as WireReader,
      apiType: 'responses',
    },
    {
      statics: ['Embeddings'],
      resource: ['embeddings'],
      method: 'create',
      operation: 'embeddings',
      reader: openaiEmbeddings as WireReader,
    },
    {
      statics: ['Completions'],
      resource: ['completions'],
      method: 'create',
      operation: 'text_completion',
      reader: openaiCompletions as WireReader,
    },
  ],
};

/** Every SDK whose calls are seen. */
export const PROVIDERS: readonly ProviderRow[] = [OPENAI];
