import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One alert as Alertmanager sent it. */
export interface Notification {
  readonly status: 'firing' | 'resolved';
  /** Which receiver of the configuration it was for. */
  readonly receiver: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
}

export interface Webhook {
  /** Every path below it is taken. */
  readonly url: string;
  close(): Promise<void>;
}

const MAX_BODY = 1 << 20;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function texts(value: unknown): Readonly<Record<string, string>> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  );
}

/** Alerts in a webhook payload of Alertmanager (version 4); none in anything else. */
export function readNotifications(payload: unknown, receivedAt: number): readonly Notification[] {
  if (!isRecord(payload) || !Array.isArray(payload['alerts'])) return [];
  const receiver = typeof payload['receiver'] === 'string' ? payload['receiver'] : '';
  return (payload['alerts'] as readonly unknown[]).filter(isRecord).map(alert => {
    const labels = texts(alert['labels']);
    return {
      status: alert['status'] === 'resolved' ? 'resolved' : 'firing',
      receiver,
      name: labels['alertname'] ?? '',
      labels,
      annotations: texts(alert['annotations']),
      receivedAt,
    };
  });
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MAX_BODY) throw new RangeError('too large');
    parts.push(part);
  }
  return JSON.parse(Buffer.concat(parts).toString('utf8'));
}

/** Listens on a free loopback port for Alertmanager's notifications. */
export async function openWebhook(receive: (notification: Notification) => void): Promise<Webhook> {
  const server = createServer((request, response) => {
    readJson(request).then(
      payload => {
        for (const notification of readNotifications(payload, Date.now())) receive(notification);
        response.end();
      },
      () => response.writeHead(400).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
