import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { describeError, MonitorError } from '../core/errors.js';

/** What a client may take of the server; times in milliseconds. */
export interface EndpointLimits {
  readonly headerBytes: number;
  readonly headersTimeout: number;
  readonly requestTimeout: number;
  /** Silence after which a connection is closed while it is served. */
  readonly idleTimeout: number;
  readonly keepAliveTimeout: number;
  /** How often the first two times are looked at. */
  readonly checkInterval: number;
  /** How many at once; a further one takes the place of the oldest that asks nothing, or is dropped when all are served. */
  readonly connections: number;
  /** How long answers under way may go on after `stop`. */
  readonly stopGrace: number;
}

export const DEFAULT_LIMITS: EndpointLimits = {
  headerBytes: 8 * 1024,
  headersTimeout: 5_000,
  requestTimeout: 15_000,
  idleTimeout: 30_000,
  // Longer than the usual scrape interval of a minute, so that a scraper's connection lives on.
  keepAliveTimeout: 65_000,
  checkInterval: 1_000,
  connections: 128,
  stopGrace: 1_000,
};

export interface EndpointOptions {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** How many further ports are tried when one is taken. */
  readonly portAttempts: number;
  readonly limits: EndpointLimits;
  readonly handler: RequestListener;
  /** Called once when another port than the one asked for is used. */
  readonly onOtherPort: (wanted: number, used: number) => void;
  readonly onFault: (error: unknown) => void;
}

/** An HTTP server that never keeps the process alive and never crashes it. */
export class Endpoint {
  readonly #options: EndpointOptions;
  readonly #server: Server;
  readonly #underWay = new Set<ServerResponse>();
  /** How many requests are under way on each connection, the oldest connection first. */
  readonly #connections = new Map<Socket, number>();
  #address: AddressInfo | undefined;
  #stopped: Promise<void> | undefined;

  constructor(options: EndpointOptions) {
    this.#options = options;
    const { limits } = options;
    this.#server = createServer(
      {
        maxHeaderSize: limits.headerBytes,
        headersTimeout: limits.headersTimeout,
        requestTimeout: limits.requestTimeout,
        keepAliveTimeout: limits.keepAliveTimeout,
        connectionsCheckingInterval: limits.checkInterval,
      },
      (request, response) => {
        this.#underWay.add(response);
        this.#asks(request.socket, 1);
        response.once('close', () => {
          this.#underWay.delete(response);
          this.#asks(request.socket, -1);
        });
        options.handler(request, response);
      },
    );
    this.#server.timeout = limits.idleTimeout;
    this.#server.on('connection', socket => this.#admit(socket));
    this.#server.unref();
  }

  /** Where it listens; undefined before that. */
  get address(): AddressInfo | undefined {
    return this.#address;
  }

  /**
   * Listens on the port asked for, or on the next free one when it is taken.
   * @throws MonitorError UNAVAILABLE that names the address and why it cannot be had
   */
  async start(): Promise<void> {
    const { host, port, portAttempts, onOtherPort, onFault } = this.#options;
    const ports =
      port === 0 ? [0] : Array.from({ length: portAttempts + 1 }, (_, i) => port + i).filter(p => p <= 65535);
    for (const candidate of ports) {
      try {
        await this.#listen(host, candidate);
      } catch (error) {
        const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
        if (taken && candidate !== ports.at(-1)) continue;
        const range = candidate === port ? `port ${port}` : `ports ${port} to ${candidate}`;
        throw new MonitorError('UNAVAILABLE', `cannot listen on ${host}, ${range}: ${describeError(error)}`, {
          cause: error,
        });
      }
      this.#server.on('error', onFault);
      this.#address = this.#server.address() as AddressInfo;
      if (port !== 0 && candidate !== port) onOtherPort(port, candidate);
      return;
    }
  }

  #asks(socket: Socket, step: 1 | -1): void {
    const requests = this.#connections.get(socket);
    if (requests !== undefined) this.#connections.set(socket, requests + step);
  }

  /** Not `maxConnections`: it drops the new one, so whoever holds idle connections would keep scrapes and probes out. */
  #admit(socket: Socket): void {
    socket.unref();
    const connections = this.#connections;
    connections.set(socket, 0);
    socket.once('close', () => connections.delete(socket));
    if (connections.size <= this.#options.limits.connections) return;
    for (const [oldest, requests] of connections) {
      if (requests > 0) continue;
      // The last in line is the new one itself.
      connections.delete(oldest);
      oldest.destroy();
      return;
    }
  }

  #listen(host: string, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const failed = (error: Error): void => reject(error);
      this.#server.once('error', failed);
      // Else the workers of a cluster share one port, and each scrape is answered by another process.
      this.#server.listen({ host, port, exclusive: true }, () => {
        this.#server.off('error', failed);
        resolve();
      });
    });
  }

  /** Takes no new connection, lets answers under way end for a moment, and closes the rest. Again gives the same promise. */
  stop(): Promise<void> {
    this.#stopped ??= new Promise(resolve => {
      const server = this.#server;
      if (!server.listening) {
        resolve();
        return;
      }
      // The one timer that holds the process: who waits for the stop in a script would else never see it come.
      const timer = setTimeout(() => server.closeAllConnections(), this.#options.limits.stopGrace);
      server.close(() => {
        clearTimeout(timer);
        resolve();
      });
      // Else a client that keeps its connection would hold the server until the grace is over.
      for (const response of this.#underWay) if (!response.headersSent) response.setHeader('connection', 'close');
      server.closeIdleConnections();
    });
    return this.#stopped;
  }
}
