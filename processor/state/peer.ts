import { MonitorError } from '../../core/errors.js';

/**
 * Loads the client of a store, an optional peer.
 * @throws MonitorError MISSING_PEER that says what to install
 */
export async function loadPeer(name: string, versions: string, scheme: string): Promise<Record<string, unknown>> {
  try {
    // A variable: the compiler must not look for it, as it need not be installed.
    const module = (await import(name)) as Record<string, unknown>;
    // What a CommonJS module exports is not always seen name by name.
    return { ...(module['default'] as object | undefined), ...module };
  } catch (cause) {
    const message = `state at ${scheme}://.. needs the package ${name}, which cannot be loaded; npm install ${name}@${versions}`;
    throw new MonitorError('MISSING_PEER', message, { cause });
  }
}
