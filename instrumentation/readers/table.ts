import { apiPromiseBinding } from '../bindings/api-promise.js';
import type { Binding } from '../bindings/binding.js';
import type { ContentReader } from './content.js';
import { openaiChat } from './openai-chat.js';
import { openaiChatContent } from './openai-chat-content.js';
import { openaiCompletions } from './openai-completions.js';
import { openaiCompletionsContent } from './openai-completions-content.js';
import { openaiEmbeddings } from './openai-embeddings.js';
import { openaiResponses } from './openai-responses.js';
import { openaiResponsesContent } from './openai-responses-content.js';
import type { Provider } from './provider.js';
import type { WireReader } from './wire-reader.js';

/** A provider and the way its calls are seen. A new SDK is a row here and, at most, a reader. */
export interface ProviderRow extends Provider {
  readonly binding: Binding;
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
      content: openaiChatContent as ContentReader,
      apiType: 'chat_completions',
    },
    {
      statics: ['Responses'],
      resource: ['responses'],
      method: 'create',
      operation: 'chat',
      reader: openaiResponses as WireReader,
      content: openaiResponsesContent as ContentReader,
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
      content: openaiCompletionsContent as ContentReader,
    },
  ],
};

/** Every SDK whose calls are seen. */
export const PROVIDERS: readonly ProviderRow[] = [OPENAI];
