import { fieldsOf, textsOf } from '../../core/fields.js';
import type { ContentReader } from './content.js';
import { type ChatContentState, openaiChatContent } from './openai-chat-content.js';
import { asChat } from './openai-completions.js';

/** The words of legacy completions: each prompt is a message of the user. Prompts given as tokens are no words. */
export const openaiCompletionsContent: ContentReader<ChatContentState> = {
  readInput: request => ({
    system: [],
    messages: (textsOf(fieldsOf(request)['prompt']) ?? []).map(content => ({
      role: 'user',
      parts: [{ type: 'text', content }],
    })),
    tools: [],
  }),

  readOutput: response => openaiChatContent.readOutput(asChat(fieldsOf(response), 'message')),

  foldChunk: (state, chunk) => openaiChatContent.foldChunk(state, asChat(fieldsOf(chunk), 'delta')),

  finish: state => openaiChatContent.finish(state),
};
