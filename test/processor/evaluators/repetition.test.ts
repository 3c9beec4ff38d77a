import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { skipWithoutShared } from '../../shared.js';
import { judge, measure, prose, scored } from './answers.js';

const start = prose(600);
const lines = (count: number, line: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i + 1)).join('\n');

describe('repetition', () => {
  const loops: readonly (readonly [string, string, string])[] = [
    ['a sentence', 'The door was open. '.repeat(6), 'loop'],
    ['a word at the end', `${start} border:${' border:'.repeat(60)}`, 'loop'],
    ['a phrase at the end of a long answer', `${prose(6000)} As an old, ${'as an old, '.repeat(10)}`, 'loop'],
    ['a paragraph', `${start}\n\n`.repeat(3), 'loop'],
    ['list items', lines(8, i => `${i}. Check that the window is closed`), 'loop'],
    [
      'a number that grows',
      lines(12, i => `In step ${i} we check the result and then go on to more.`).replaceAll('\n', ' '),
      'loop',
    ],
    ['Chinese', '我们需要更多的时间。'.repeat(8), 'loop'],
    ['signs', `${start}${'!'.repeat(80)}`, 'character_run'],
    ['dots in the middle of a line', `${start} and ${'.'.repeat(60)}`, 'character_run'],
    ['white space', `{"a": 1,${'\n'.repeat(300)}`, 'white_space'],
    [
      'the same few words',
      Array.from({ length: 80 }, (_, i) => (i % 7 < 3 ? 'the cat and the dog' : 'and the dog and the cat')).join(' '),
      'low_variety',
    ],
  ];
  for (const [name, answer, reason] of loops) {
    it(`flags ${name}`, () => {
      const found = scored(judge('repetition', answer));
      assert.ok(found.flagged && found.score >= 0.5, `${found.score}`);
      // A text of a few words is a loop as well as low in variety; either is right.
      if (reason !== 'low_variety') assert.equal(found.reason, reason);
      for (const span of found.spans ?? [])
        assert.ok(span.start >= 0 && span.start < span.end && span.end <= answer.length);
    });
  }

  const regular: readonly (readonly [string, string])[] = [
    ['prose', start],
    ['one word', 'No.'],
    ['emphasis', 'No, no, no, no! Really. That is very, very, very good news for everybody who came here today.'],
    ['a table', lines(30, i => `| ${i} | item | open |`)],
    ['a table of one word', `| a | b |\n|---|---|\n${lines(12, i => `| day ${i} | closed |`)}`],
    [
      'JSON',
      JSON.stringify(
        Array.from({ length: 30 }, (_, id) => ({ id, active: true, name: `n${id * 7}` })),
        null,
        2,
      ),
    ],
    ['zeros', `const grid = [${Array.from({ length: 200 }, () => 0).join(', ')}];`],
    ['code', lines(20, i => `  if (row.f${i} === undefined) errors.push('f${i} is missing');`)],
    [
      'a song',
      Array.from({ length: 4 }, (_, i) => `${prose(60, i)}\nRow the boat, row the boat, row it home to me.`).join('\n'),
    ],
    ['a checklist', lines(15, i => `- [ ] Check the lights of vehicle ${i}`)],
    ['a rule', `${start}\n${'-'.repeat(120)}\n${start}`],
    ['a form', `Name: ${'_'.repeat(40)}\nDate: ${'_'.repeat(40)}`],
    ['leaders', lines(6, i => `Chapter ${i} ${'.'.repeat(60)} ${i * 7}`)],
    ['times table', lines(12, i => `${i} x 7 = ${i * 7}`)],
  ];
  for (const [name, answer] of regular) {
    it(`leaves ${name} alone`, () => {
      const { score, flagged, reason } = scored(judge('repetition', answer));
      assert.ok(!flagged && score < 0.5, `${score} ${reason}`);
    });
  }

  it('skips an answer without words', () => {
    assert.deepEqual(judge('repetition', '  '), { skipped: 'no_output' });
  });

  it('does well on the labelled set', { skip: skipWithoutShared('data', 'quality', 'repetition') }, () => {
    const { f1, falseFlags } = measure('repetition', 'repetition', 'high');
    assert.ok(f1 >= 0.98, `F1 ${f1}`);
    assert.deepEqual(
      [...falseFlags.keys()].filter(kind => kind.startsWith('regular')),
      [],
    );
  });
});
