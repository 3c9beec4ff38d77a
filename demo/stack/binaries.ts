import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface Binaries {
  readonly prometheus: string;
  readonly alertmanager: string;
}

/** Names under which distributions install them: Debian prefixes Alertmanager. */
const NAMES: Readonly<Record<keyof Binaries, readonly string[]>> = {
  prometheus: ['prometheus'],
  alertmanager: ['prometheus-alertmanager', 'alertmanager'],
};

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/**
 * Looks for Prometheus and Alertmanager.
 * @param searchPath a list of folders as in the variable PATH
 * @returns both, or the sentence that says what is missing and how to install it
 */
export function findBinaries(searchPath: string): Binaries | string {
  const folders = searchPath.split(delimiter).filter(folder => folder !== '');
  const find = (names: readonly string[]): string | undefined =>
    names.flatMap(name => folders.map(folder => join(folder, name))).find(isExecutable);
  const prometheus = find(NAMES.prometheus);
  const alertmanager = find(NAMES.alertmanager);
  if (prometheus !== undefined && alertmanager !== undefined) return { prometheus, alertmanager };
  const missing = [
    ...(prometheus === undefined ? ['Prometheus (prometheus)'] : []),
    ...(alertmanager === undefined ? ['Alertmanager (prometheus-alertmanager or alertmanager)'] : []),
  ];
  return [
    `--stack needs ${missing.join(' and ')} on the PATH. On Debian or Ubuntu:`,
    '  sudo apt-get install -y --no-install-recommends prometheus prometheus-alertmanager',
    'Elsewhere: https://prometheus.io/download. Without --stack the demo needs neither.',
  ].join('\n');
}
