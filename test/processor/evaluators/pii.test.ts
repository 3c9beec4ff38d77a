import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createRandom } from '../../../core/random.js';
import { findPii, PII_KINDS } from '../../../processor/evaluators/pii.js';
import { createEvaluators, evaluate } from '../../../processor/evaluators/registry.js';
import { sharedPath, skipWithoutShared } from '../../shared.js';
import { callOf, judge, scored } from './answers.js';
import { labelledRows, rates } from './labelled.js';
import { PII, placed } from './samples.js';

const ROUNDS = 40;

describe('personal data', () => {
  it('has a sample of each kind', () => assert.deepEqual(Object.keys(PII).sort(), [...PII_KINDS].sort()));

  for (const [kind, sample] of Object.entries(PII)) {
    it(`finds ${kind}, where it stands`, () => {
      const random = createRandom(7);
      for (let i = 0; i < ROUNDS; i++) {
        const { text, start, end } = placed(sample(random));
        const found = scored(judge('pii', text));
        assert.ok(found.flagged, `${kind} ${i} not flagged`);
        assert.equal(found.reason, kind);
        assert.ok(found.score > 0.5 && found.score <= 1);
        assert.deepEqual(found.spans, [{ start, end, kind }], `${kind} ${i}`);
      }
    });

    it(`finds ${kind} in disguise, where it stands`, () => {
      const random = createRandom(11);
      for (let i = 0; i < ROUNDS; i++) {
        const { text, start, end } = placed(sample(random));
        const wide = text.replace(/[!-~]/g, c => String.fromCharCode(c.charCodeAt(0) + 0xfee0));
        const [inWide] = findPii(wide);
        assert.deepEqual([inWide?.kind, inWide?.start, inWide?.end], [kind, start, end], `full width ${i}`);
        const hidden = [...text].join('\u200b');
        const [inHidden] = findPii(hidden);
        assert.deepEqual([inHidden?.kind, inHidden?.start, inHidden?.end], [kind, start * 2, end * 2 - 1], `${i}`);
      }
    });
  }

  const phones = [
    'Tel. 030/1234567',
    'Call me on 07911 123456.',
    'You can reach the clinic at 020 7946 0958 after 9.',
    'phone_number=4155552671',
    '"mobileNumber": "(415) 555-2671"',
    'Ann Lee\n030 123 4567 office\n',
    'They are not answering at 374 780 163',
    'Fax: 01 42 68 53 00',
  ];
  for (const text of phones)
    it(`finds a telephone: ${text.slice(0, 12)}`, () => assert.equal(findPii(text)[0]?.kind, 'phone'));

  const addresses = [
    'from 2001:4860:4860::8888',
    '[2a02:26f7::1:2]:443',
    'http://93.184.216.34/a',
    'client_ip=99.21.221.52',
  ];
  for (const text of addresses) it(`finds an address: ${text}`, () => assert.equal(findPii(text)[0]?.kind, 'ip'));

  const harmless = [
    'Build 10.14.8.12 is out (version 81.4.33.3).',
    'Listening on 127.0.0.1:7875, 192.168.1.1 and fe80::1',
    'See section 3.1.2.4, at 12:30:45, std::vector<int>',
    'A network is 93.184.216.0/24, a card 00:1a:2b:3c:4d:5e',
    'IMEI 490154203237518, epoch 1704978143990',
    'ISBN 978-0-306-40615-7, doi:10.2884/s99951-060-07819-8',
    'Pi is 3.14159265358979323846, 2^64 is 18446744073709551616',
    'commit 3f786850e387550fdab836ed7e6dc881de23001b',
    'git clone git@github.com:acme/repo.git; npm i @acme/kit@3.9.0; icon@2x.png; @app.route("/x")',
    'Write to support@acme.com or noreply@acme.com, as your.name@example.com',
    'Clone https://user:pass@git.example.com/x, then ssh root@host.example.com',
    'Einstein was born on March 14, 1879, Curie on 7 November 1867; he was born on 4 July 1976',
    'Call 911 or 1-800-273-8255. Phones of 2019, 2020, 2021 and 2022 were sold 12 345 678 times',
    'NHS waiting lists grew by 73 % to 403 088 1993 in total',
    'SSNs never are 000-12-3456, 666-12-3456, 900-12-3456 or 123-45-0000',
    'UTC+1 2024, a + 1234567890 = b, between 2019-2024 or on 2024-01-15T10:30:00Z',
    'The function was called 12345678 times, x + 4915123456789 = y',
    'Order 4111 1111 1111 1112, reference GB82 WEST 1234 5698 7654 33',
  ];
  for (const text of harmless) {
    it(`leaves alone: ${text.slice(0, 30)}`, () =>
      assert.deepEqual(
        findPii(text).map(({ kind }) => kind),
        [],
      ));
  }

  it('finds several, the worst as the reason', () => {
    const random = createRandom(3);
    const text = ['email', 'card', 'us_ssn']
      .map(kind => placed((PII[kind] as (typeof PII)[string])(random)).text)
      .join(' ');
    const found = scored(judge('pii', text));
    assert.deepEqual(
      found.spans?.map(({ kind }) => kind),
      ['email', 'card', 'us_ssn'],
    );
    assert.equal(found.reason, 'us_ssn');
    assert.ok(found.score < 1.0001);
  });

  it('scores an answer without any 0', () => {
    assert.deepEqual(judge('pii', 'Nothing here.'), { score: 0, flagged: false });
    assert.deepEqual(judge('pii', ' '), { skipped: 'no_output' });
  });

  it('looks at each choice; spans are those of the first with words', () => {
    const { text } = placed((PII['email'] as (typeof PII)[string])(createRandom(1)));
    const results = evaluate(createEvaluators('pii'), callOf(), { input: [], output: ['', 'Fine.', text] });
    const found = scored(results.get('pii') as Parameters<typeof scored>[0]);
    assert.ok(found.flagged && found.reason === 'email' && found.spans === undefined);
  });

  it('reads the start and the end of a long answer', () => {
    const { text } = placed((PII['iban'] as (typeof PII)[string])(createRandom(1)));
    const long = `${'word '.repeat(20_000)}${text}`;
    const [span] = scored(judge('pii', long)).spans ?? [];
    assert.ok(span !== undefined && span.start > 100_000);
  });
});

describe('personal data in what the user said', () => {
  const input = (role: 'user' | 'system' | 'assistant', text: string) => ({ role, text });
  const { text } = placed((PII['email'] as (typeof PII)[string])(createRandom(2)));
  const said = (messages: readonly ReturnType<typeof input>[]) =>
    evaluate(createEvaluators('pii_input'), callOf(), { input: messages, output: [text] }).get(
      'pii_input',
    ) as Parameters<typeof scored>[0];

  it('judges the last message of the user, nothing else', () => {
    assert.ok(scored(said([input('system', 'Hi'), input('user', text)])).flagged);
    assert.ok(!scored(said([input('system', text), input('user', 'Hello'), input('assistant', text)])).flagged);
  });

  it('skips where the user said nothing', () => {
    assert.deepEqual(said([input('system', text)]), { skipped: 'no_text' });
  });
});

describe('personal data on the labelled set', { skip: skipWithoutShared('data', 'quality', 'pii') }, () => {
  const rows = labelledRows(sharedPath('data', 'quality', 'pii', 'dev.jsonl.gz'));
  const flagged = (text: string) => scored(judge('pii', text)).flagged;

  it('is found in sentences with invented people', () => {
    const { f1, precision } = rates(rows, ['presidio-v2'], flagged);
    assert.ok(f1 >= 0.95 && precision >= 0.98, `F1 ${f1}, precision ${precision}`);
  });
  it('is told from what only looks like it', () => {
    const { f1 } = rates(rows, ['own', 'own-near-miss'], flagged);
    assert.ok(f1 >= 0.98, `F1 ${f1}`);
  });
  it('is hardly seen in ordinary answers', () => {
    const { share } = rates(rows, ['llm-answers'], flagged);
    assert.ok(share <= 0.003, `${share} flagged`);
  });
});
