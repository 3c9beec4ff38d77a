/**
 * Compiles the phrases of the built-in evaluators, which is too slow for a start.
 *
 *     node dist/test/training/phrases.js          writes processor/evaluators/weights/phrases.bin
 *     node dist/test/training/phrases.js --check  fails if that file is not what this would write
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { compilePhrases } from '../../processor/evaluators/phrase-compiler.js';
import { BUILT_IN_PHRASES } from '../../processor/evaluators/phrases.js';

const { values } = parseArgs({ options: { check: { type: 'boolean' } } });
const file = new URL('../../../processor/evaluators/weights/phrases.bin', import.meta.url);
const bytes = compilePhrases(BUILT_IN_PHRASES);
if (values.check !== true) writeFileSync(file, bytes);
else if (!readFileSync(file).equals(bytes)) {
  console.error('phrases.bin is not what the phrases give: run node dist/test/training/phrases.js');
  process.exitCode = 1;
}
