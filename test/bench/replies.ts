const PLAIN = { id: 'chatcmpl-1', object: 'chat.completion', created: 1, model: 'gpt-4o-mini-2024-07-18' };
const WORDS = 'The parcel left our warehouse on Monday and should be with you by Thursday at noon. ';
export const CHUNKS = 200;

/** What is asked, of 800 characters. */
export const QUESTION = [
  { role: 'system', content: 'You answer customers of a parcel service in two sentences.' },
  { role: 'user', content: WORDS.repeat(9) },
];

/** The plain answer, and the packets of the streamed one. */
export function replies(): { readonly plain: string; readonly packets: readonly string[] } {
  const plain = JSON.stringify({
    ...PLAIN,
    choices: [
      { index: 0, message: { role: 'assistant', content: WORDS.repeat(8).slice(0, 600) }, finish_reason: 'stop' },
    ],
    usage: { prompt_tokens: 60, completion_tokens: 140, total_tokens: 200 },
  });
  const chunk = (delta: object, finish: string | null): string =>
    `data: ${JSON.stringify({ ...PLAIN, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
  const packets: string[] = [];
  for (let i = 0; i < CHUNKS; i += 8) {
    const size = Math.min(8, CHUNKS - i);
    packets.push(Array.from({ length: size }, (_, n) => chunk({ content: `w${i + n} ` }, null)).join(''));
  }
  packets.push(`${chunk({}, 'stop')}data: [DONE]\n\n`);
  return { plain, packets };
}

/** Answers from memory: without sockets the figures scatter far less, and hold only what runs in the process. */
export function memoryFetch(): typeof fetch {
  const { plain, packets } = replies();
  const bytes = packets.map(packet => new TextEncoder().encode(packet));
  return async (_url, init) => {
    if (!String(init?.body).includes('"stream":true'))
      return new Response(plain, { headers: { 'content-type': 'application/json' } });
    let next = 0;
    const body = new ReadableStream({
      pull(controller) {
        const packet = bytes[next++];
        if (packet === undefined) controller.close();
        else controller.enqueue(packet);
      },
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  };
}
