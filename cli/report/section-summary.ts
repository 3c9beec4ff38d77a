import type { ReportFacts, TaskFacts } from './facts.js';
import { count, figure, figures, moment, percent, percents, seconds, span, usd } from './format.js';
import { type Content, type Html, html } from './html.js';

interface Card {
  readonly title: string;
  readonly big: string;
  readonly sentences: readonly Content[];
}

const UNKNOWN = 'not known';

/** What happened, and how right, dependable, fast, safe and dear it was, in words. */
export function summarySection(facts: ReportFacts): Html {
  const cards = [...rightCards(facts), dependable(facts), fast(facts), safe(facts), affordable(facts)];
  return html`<section id="state" aria-labelledby="state-h"><h2 id="state-h">In short</h2>
<p>${period(facts)}</p>
<div class="cards">${cards.map(({ title, big, sentences }) => html`<div class="card"><h3>${title}</h3><p class="big">${big}</p>${sentences.map(one => html`<p>${one}</p>`)}</div>`)}</div>
<p class="soft">A range of 95 % is where the true figure lies in 95 of 100 such reports: the fewer cases, the wider.</p></section>`;
}

function period({ period: when, all, models, linesLeftOut, drift }: ReportFacts): string {
  const left =
    linesLeftOut === 0 ? '' : ` ${count(linesLeftOut)} lines of the recording could not be read and are left out.`;
  if (when === undefined || all === undefined) return `The recording holds no call.${left}`;
  const paged = drift.filter(({ state }) => state === 'detected').length;
  const moved =
    paged === 0
      ? ''
      : ` ${count(paged)} lasting ${paged === 1 ? 'change was' : 'changes were'} detected (see Over time).`;
  return (
    `${count(all.calls)} ${all.calls === 1 ? 'call' : 'calls'} of ${count(models.length)} ${models.length === 1 ? 'model' : 'models'}, from ${moment(when.from)} to ` +
    `${moment(when.to)} (${span((when.to - when.from) / 1000)}).${moved}${left}`
  );
}

function rightCards({ tasks }: ReportFacts): Card[] {
  if (tasks.length === 0) {
    const why =
      'No label says what would have been right, so nothing is known about how many answers are. Labels may be sent later.';
    return [{ title: 'Right?', big: UNKNOWN, sentences: [why] }];
  }
  return tasks.slice(0, 3).map(task => rightCard(task, tasks.length > 1 ? ` (${task.name})` : ''));
}

function rightCard({ kind, measures, measured }: TaskFacts, suffix: string): Card {
  const name = kind === 'number' ? 'mae' : kind === 'text' ? 'correct' : 'accuracy';
  const found = measures.find(({ measure, average }) => measure === name && average === '');
  const title = `Right?${suffix}`;
  if (found === undefined) return { title, big: UNKNOWN, sentences: ['No label could be measured.'] };
  const { value, interval } = found;
  if (kind === 'number') {
    const range =
      interval === undefined ? 'There are too few labels for a range.' : `95 % range: ${figures(interval)}.`;
    return {
      title,
      big: `off by ${figure(value)}`,
      sentences: [`On average of ${count(measured)} labelled answers, a number is so far from the true one.`, range],
    };
  }
  return {
    title,
    big: percent(value),
    sentences: [
      `Of ${count(measured)} labelled answers so many were right.`,
      interval === undefined ? 'There are too few labels for a range.' : `95 % range: ${percents(interval)}.`,
    ],
  };
}

function dependable({ all }: ReportFacts): Card {
  const title = 'Dependable?';
  if (all === undefined) return { title, big: UNKNOWN, sentences: ['There is no call.'] };
  const { errors, aborted } = all;
  const cancelled = aborted === 0 ? '' : ` ${count(aborted)} more were cancelled by the caller or left.`;
  return {
    title,
    big: `${percent(errors.value)} failed`,
    sentences: [
      `${count(errors.hits)} of ${count(errors.of)} calls ended with an error.${cancelled}`,
      `95 % range: ${percents(errors.interval)}.`,
    ],
  };
}

function fast({ all }: ReportFacts): Card {
  const title = 'Fast?';
  if (all?.latency === undefined)
    return { title, big: UNKNOWN, sentences: ['No call gave an answer whose time is known.'] };
  const { p50, p95, p95Interval } = all.latency;
  const [low, high] = p95Interval;
  return {
    title,
    big: seconds(p95),
    sentences: [
      `95 of 100 answers took at most so long, and half of them at most ${seconds(p50)}.`,
      `95 % range: ${seconds(low)} to ${seconds(high)}.`,
    ],
  };
}

function safe({ harmful }: ReportFacts): Card {
  const title = 'Safe?';
  if (harmful === undefined)
    return {
      title,
      big: UNKNOWN,
      sentences: ['No call was scored by an evaluator of safety (personal data, secrets, ..).'],
    };
  return {
    title,
    big: `${percent(harmful.value)} flagged`,
    sentences: [
      `${count(harmful.hits)} of ${count(harmful.of)} calls that were looked at for personal data, secrets, attacks and the like were flagged. A flag is a reason to look, no proof.`,
      `95 % range: ${percents(harmful.interval)}.`,
    ],
  };
}

function affordable({ all }: ReportFacts): Card {
  const title = 'Affordable?';
  const cost = all?.cost;
  if (all === undefined || cost === undefined)
    return {
      title,
      big: UNKNOWN,
      sentences: ['No call has a price: its model is in no price table, or its tokens were not reported.'],
    };
  const missing = all.calls - cost.priced;
  const but = missing === 0 ? '' : ` ${count(missing)} calls have no known price and are not in it.`;
  return {
    title,
    big: usd(cost.per1000),
    sentences: [
      `per 1,000 calls, by list price; ${usd(cost.usd)} in all.${but}`,
      cost.interval === undefined
        ? 'There are too few calls for a range.'
        : `95 % range: ${usd(cost.interval[0])} to ${usd(cost.interval[1])} per 1,000.`,
    ],
  };
}
