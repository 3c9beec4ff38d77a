import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import type { TestContext } from 'node:test';
import { DiagLogLevel, diag } from '@opentelemetry/api';

/** Takes a port of loopback until the test ends. */
export async function takenPort(t: TestContext): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** Collects what is logged through OpenTelemetry's own channel. */
export function logged(t: TestContext): string[] {
  const lines: string[] = [];
  const log = (message: string): void => void lines.push(message);
  const logger = { error: log, warn: log, info: () => {}, debug: () => {}, verbose: () => {} };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  t.after(() => diag.disable());
  return lines;
}

/** What is told through Node's channel for warnings until the test ends; asks what there is now. */
export function told(t: TestContext): () => Promise<string[]> {
  const lines: string[] = [];
  const listen = (warning: Error): void => {
    if (warning.name === 'otel-llm-monitor') lines.push(warning.message);
  };
  process.on('warning', listen);
  t.after(() => process.off('warning', listen));
  // Node emits a warning on the tick after it was given.
  return async () => {
    await new Promise(setImmediate);
    return lines;
  };
}

/** Sends bytes as they are and gives all that comes back until the other side closes. */
export async function raw(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let text = '';
  socket.on('data', chunk => {
    text += String(chunk);
  });
  socket.write(bytes);
  await once(socket, 'close');
  return text;
}
