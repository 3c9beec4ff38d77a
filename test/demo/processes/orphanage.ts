// A parent for the tests: starts what its argument names, prints the processes, and waits to be killed.
import { startChild } from '../../../demo/processes/child.js';

const [entry = '', args = '[]', announces = ''] = process.argv.slice(2);
const child = await startChild({
  name: 'child',
  entry: new URL(entry, import.meta.url),
  args: JSON.parse(args) as string[],
  preload: entry.includes('keeper') ? [] : [new URL('../../../demo/leave-with-parent.js', import.meta.url)],
  env: process.env,
  announces: new RegExp(announces),
});
console.log(`child ${child.pid}`);
