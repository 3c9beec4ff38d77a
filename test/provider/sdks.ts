import type * as Openai from 'openai';

/** The majors under test; all are driven through the types of one of them. */
export type Sdk = typeof Openai;
export type Client = InstanceType<Sdk['OpenAI']>;

export const MAJORS = [4, 5, 6, 7] as const;
export type Major = (typeof MAJORS)[number];

export async function loadSdk(major: Major): Promise<Sdk> {
  return (await import(`openai-${major}`)) as unknown as Sdk;
}
