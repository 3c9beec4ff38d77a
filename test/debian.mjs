// Gets what the tests of rules, routes and scrapes need where it can be had: Debian's Prometheus and Alertmanager. Elsewhere
// those tests skip themselves with a line that says so.
import { spawnSync } from 'node:child_process';

const TOOLS = {
  prometheus: 'prometheus',
  promtool: 'prometheus',
  'prometheus-alertmanager': 'prometheus-alertmanager',
  amtool: 'prometheus-alertmanager',
};
const has = tool => spawnSync(tool, ['--version'], { stdio: 'ignore' }).error === undefined;
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
