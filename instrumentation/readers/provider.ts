import type { Operation } from '../../core/labels.js';
import type { ContentReader } from './content.js';
import type { WireReader } from './wire-reader.js';

/** One method of an SDK that calls a model. */
export interface Endpoint {
  /** Where the class stands below the client's class, and the resource below the client. */
  readonly statics: readonly string[];
  readonly resource: readonly string[];
  readonly method: string;
  readonly operation: Operation;
  readonly reader: WireReader;
  /** Reads the words for who asked for content; without one none is captured (the conventions have none of embeddings). */
  readonly content?: ContentReader;
  /** The conventions' `openai.api.type`, for the OpenAI family. */
  readonly apiType?: string;
}

/** One SDK: what it is called, where its calls are, who reads them. */
export interface Provider {
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
  readonly endpoints: readonly Endpoint[];
}
