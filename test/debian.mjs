// Gets what the tests of rules, routes, scrapes and shared state need where it can be had: Debian's Prometheus, Alertmanager,
// Redis and PostgreSQL. Elsewhere those tests skip themselves with a line that says so.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';

const TOOLS = {
  prometheus: 'prometheus',
  promtool: 'prometheus',
  'prometheus-alertmanager': 'prometheus-alertmanager',
  amtool: 'prometheus-alertmanager',
  'redis-server': 'redis-server',
  postgres: 'postgresql',
};
/** Debian keeps PostgreSQL's own programs off the PATH, in a folder a version. */
const POSTGRES = '/usr/lib/postgresql';
const onPath = tool => spawnSync(tool, ['--version'], { stdio: 'ignore' }).error === undefined;
const has = tool =>
  onPath(tool) ||
  (tool === 'postgres' &&
    existsSync(POSTGRES) &&
    readdirSync(POSTGRES).some(version => existsSync(`${POSTGRES}/${version}/bin/postgres`)));
const missing = [
  ...new Set(
    Object.entries(TOOLS)
      .filter(([tool]) => !has(tool))
      .map(([, name]) => name),
  ),
];
const canInstall = process.platform === 'linux' && process.getuid?.() === 0 && has('apt-get');

if (missing.length > 0 && canInstall) {
  console.log(`installing ${missing.join(' and ')} (Debian packages) for the tests that need them`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync('apt-get', ['update', '-qq'], { stdio: ['ignore', 'ignore', 'inherit'], env });
  // Without recommendations, and without starting services on their default ports: the tests run their own.
  const { status } = spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env,
  });
  if (status !== 0) console.log('they could not be installed');
} else if (missing.length > 0) {
  console.log(
    `not found: ${missing.join(', ')}. The tests that need them are skipped (Debian: apt-get install ${missing.join(' ')})`,
  );
}
