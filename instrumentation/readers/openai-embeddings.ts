import { fieldsOf, numberOf, textOf, textsOf } from '../../core/fields.js';
import { readErrorBody, readOpenAIError } from './openai-error.js';
import { usageIn } from './openai-usage.js';
import { MALFORMED, NO_REQUEST, NO_RESPONSE, type WireReader } from './wire-reader.js';

/** The wire format of embeddings; no streams. @see https://platform.openai.com/docs/api-reference/embeddings */
export const openaiEmbeddings: WireReader<undefined> = {
  readRequest(request) {
    const body = fieldsOf(request);
    return {
      ...NO_REQUEST,
      model: textOf(body['model']),
      encodingFormat: textOf(body['encoding_format']),
      dimensions: numberOf(body['dimensions']),
    };
  },

  readText: request => (textsOf(fieldsOf(request)['input']) ?? []).map(text => ({ role: 'user', text })),

  readResponse(response) {
    const answer = fieldsOf(response);
    return {
      ...NO_RESPONSE,
      model: textOf(answer['model']),
      usage: usageIn(answer),
      failure: Array.isArray(answer['data'])
        ? undefined
        : typeof answer['error'] === 'object' && answer['error'] !== null
          ? readErrorBody(answer['error'])
          : MALFORMED,
    };
  },

  readError: readOpenAIError,

  foldChunk: () => undefined,

  finish: () => ({ ...NO_RESPONSE, failure: MALFORMED }),
};
