import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createRandom } from '../../../core/random.js';
import { findSecrets, SECRET_KINDS } from '../../../processor/evaluators/secrets.js';
import { sharedPath, skipWithoutShared } from '../../shared.js';
import { judge, scored } from './answers.js';
import { labelledRows, rates } from './labelled.js';
import { pick, placed, SECRETS } from './samples.js';

const ROUNDS = 40;
const HEX = '0123456789abcdef';
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

describe('credentials', () => {
  it('have a sample of each kind', () => assert.deepEqual(Object.keys(SECRETS).sort(), [...SECRET_KINDS].sort()));

  for (const [kind, sample] of Object.entries(SECRETS)) {
    it(`finds ${kind}, where it stands`, () => {
      const random = createRandom(5);
      for (let i = 0; i < ROUNDS; i++) {
        const { text, start, end } = placed(sample(random), '`', ' `');
        const found = scored(judge('secrets', text));
        assert.equal(found.reason, kind, `${kind} ${i}`);
        assert.ok(found.flagged && found.score > 0.5 && found.score <= 1);
        assert.deepEqual(found.spans, [{ start, end, kind }], `${kind} ${i}`);
      }
    });

    it(`finds ${kind} in disguise`, () => {
      const random = createRandom(6);
      for (let i = 0; i < ROUNDS; i++) {
        const { text, start, end } = placed(sample(random), '`', ' `');
        const disguised = [...text].join('\u200b');
        const [found] = findSecrets(disguised);
        assert.equal(scored(judge('secrets', disguised)).reason, kind, `${kind} ${i}`);
        assert.deepEqual([found?.kind, found?.start, found?.end], [kind, start * 2, end * 2 - 1], `${kind} ${i}`);
      }
    });
  }

  const random = createRandom(9);
  const harmless = [
    `commit ${pick(random, HEX, 40)}, sha256:${pick(random, HEX, 64)}`,
    `"integrity": "sha512-${pick(random, BASE64, 86)}=="`,
    `data:image/png;base64,${pick(random, BASE64, 200)}`,
    `ssh-rsa AAAAB3NzaC1yc2E${pick(random, BASE64, 200)} me@host`,
    `-----BEGIN PUBLIC KEY-----\n${pick(random, BASE64, 64)}\n-----END PUBLIC KEY-----`,
    `-----BEGIN ${'PRIVATE KEY'}----- begins a key in base 64, which then goes on for many lines of text`,
    `-----BEGIN ${'PRIVATE KEY'}-----\n...\n-----END ${'PRIVATE KEY'}-----`,
    `traceparent: 00-${pick(random, HEX, 32)}-${pick(random, HEX, 16)}-01`,
    `pk_${'live_'}${pick(random, BASE64, 24)} may be published`,
    `AK${'IA'}IOSFODNN7EXAMPLE is the key that the manual prints`,
    `export KEY=sk-${'x'.repeat(40)}, sk-your-key-here, gh${'p_'}${'1234567890'.repeat(4).slice(0, 36)}`,
    'password: ********, password: required, password=<password>, password: password123',
    'api_key = os.environ["API_KEY_2"]; token = get_token(user123); x.token = config.tokens.main1',
    `password=os.getenv("PASS_1"), secret: \${{ secrets.TOKEN_1 }}, "token": "{{token_1}}"`,
    'postgres://user:password@localhost:5432/db, mysql://root:root@db, mongodb://<user>:<pw>@host',
    'Authorization: Bearer <token>, Bearer YOUR_TOKEN_12345678901234',
    `Authorization: Basic ${Buffer.from('username:password').toString('base64')}`,
    'sk-learn, sk_buff and task-05d6a5e088eb are no keys; a token: Uint8Array of 2048 tokens',
    'next_page_token="CAUQAA7dj3kd8Fk29sK"',
  ];
  for (const text of harmless) {
    it(`leaves alone: ${text.slice(0, 24).replaceAll('\n', ' ')}`, () =>
      assert.deepEqual(
        findSecrets(text).map(({ kind }) => kind),
        [],
      ));
  }

  it('scores an answer without any 0', () => {
    assert.deepEqual(judge('secrets', 'Nothing here.'), { score: 0, flagged: false });
    assert.deepEqual(judge('secrets', ' '), { skipped: 'no_output' });
  });
});

describe('credentials on the labelled set', { skip: skipWithoutShared('data', 'quality', 'secrets') }, () => {
  const rows = labelledRows(sharedPath('data', 'quality', 'secrets', 'dev.jsonl.gz'));
  const flagged = (text: string) => scored(judge('secrets', text)).flagged;
  const kinds = [...new Set(rows.map(({ kind }) => kind))];

  it('are told from what only looks like them', () => {
    const { f1 } = rates(rows, kinds, flagged);
    assert.ok(f1 >= 0.99, `F1 ${f1}`);
  });
  it('are hardly seen in ordinary answers', () => {
    const { share } = rates(rows, ['llm-answers'], flagged);
    assert.ok(share <= 0.001, `${share} flagged`);
  });
});
