/** An error as OpenAI's API answers it: a status, and a JSON body whose `error` the SDKs read. */
export interface Refusal {
  readonly status: number;
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string | null;
  };
}

const refusal = (
  status: number,
  type: string,
  message: string,
  more: { readonly param?: string; readonly code?: string } = {},
): Refusal => ({ status, error: { message, type, param: more.param ?? null, code: more.code ?? null } });

export const invalidRequest = (message: string, param?: string, code?: string): Refusal =>
  refusal(400, 'invalid_request_error', message, {
    ...(param === undefined ? {} : { param }),
    ...(code === undefined ? {} : { code }),
  });

export const missingKey = (): Refusal =>
  refusal(401, 'invalid_request_error', "You didn't provide an API key; send it as Authorization: Bearer KEY.");

export const unknownModel = (model: string): Refusal =>
  refusal(404, 'invalid_request_error', `The model ${JSON.stringify(model.slice(0, 80))} does not exist.`, {
    param: 'model',
    code: 'model_not_found',
  });

export const unknownPath = (method: string, path: string): Refusal =>
  refusal(404, 'invalid_request_error', `Unknown request URL: ${method} ${path.slice(0, 80)}.`, {
    code: 'unknown_url',
  });

export const tooLarge = (limit: number): Refusal =>
  refusal(413, 'invalid_request_error', `The request is larger than ${limit} bytes.`);

export const rateLimited = (): Refusal =>
  refusal(429, 'requests', 'Rate limit reached; try again later.', { code: 'rate_limit_exceeded' });

export const serverFailed = (): Refusal =>
  refusal(500, 'server_error', 'The server had an error while processing your request.');
