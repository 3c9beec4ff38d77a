import { type Fields, fieldsOf, itemsOf, numberOf, textOf, textsOf } from '../../core/fields.js';
import { type ChatState, openaiChat } from './openai-chat.js';
import { NO_REQUEST, type WireReader } from './wire-reader.js';

/** A legacy choice in the shape of chat: its text is the message, its probabilities a plain list. */
export function asChat(answer: Fields, part: 'message' | 'delta'): Fields {
  const choices = answer['choices'];
  if (!Array.isArray(choices)) return answer;
  return {
    ...answer,
    choices: choices.map(item => {
      const choice = fieldsOf(item);
      const values = itemsOf(fieldsOf(choice['logprobs'])['token_logprobs']);
      return {
        index: choice['index'],
        finish_reason: choice['finish_reason'],
        [part]: { content: choice['text'] },
        logprobs: values.length === 0 ? undefined : { content: values.map(logprob => ({ logprob })) },
      };
    }),
  };
}

/** The wire format of legacy completions. @see https://platform.openai.com/docs/api-reference/completions */
export const openaiCompletions: WireReader<ChatState> = {
  readRequest(request) {
    const body = fieldsOf(request);
    return {
      ...NO_REQUEST,
      model: textOf(body['model']),
      stream: body['stream'] === true,
      maxTokens: numberOf(body['max_tokens']),
      temperature: numberOf(body['temperature']),
      topP: numberOf(body['top_p']),
      frequencyPenalty: numberOf(body['frequency_penalty']),
      presencePenalty: numberOf(body['presence_penalty']),
      seed: numberOf(body['seed']),
      choiceCount: numberOf(body['n']),
      stop: textsOf(body['stop']),
    };
  },

  readText: request => (textsOf(fieldsOf(request)['prompt']) ?? []).map(text => ({ role: 'user', text })),

  readResponse: (response, words) => openaiChat.readResponse(asChat(fieldsOf(response), 'message'), words),

  readError: openaiChat.readError,

  foldChunk: (state, chunk, words) => openaiChat.foldChunk(state, asChat(fieldsOf(chunk), 'delta'), words),

  finish: state => openaiChat.finish(state),
};
