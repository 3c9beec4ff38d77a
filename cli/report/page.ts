import { createHash } from 'node:crypto';
import { VERSION } from '../../core/version.js';
import type { ReportFacts } from './facts.js';
import { Html, html } from './html.js';
import { curvesSection } from './section-curves.js';
import { modelsSection } from './section-models.js';
import { anomalySection, qualitySection } from './section-quality.js';
import { summarySection } from './section-summary.js';
import { truthSection } from './section-truth.js';
import { STYLE } from './style.js';

const PARTS = [
  ['state', 'In short'],
  ['time', 'Over time'],
  ['right', 'How right'],
  ['quality', 'Quality'],
  ['odd', 'Odd calls'],
  ['models', 'Models, errors, cost'],
] as const;

/** The whole page: one file that asks nobody for anything, and runs no script. */
export function renderPage(facts: ReportFacts): string {
  const style = createHash('sha256').update(STYLE).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${style}'; base-uri 'none'; form-action 'none'`;
  const { title, service } = facts;
  const page = html`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${new Html(STYLE)}</style></head>
<body><header><h1>${title}</h1>${service === undefined ? undefined : html`<p class="soft">Service ${service}</p>`}
<nav aria-label="Parts of this page"><ul>${PARTS.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav></header>
<main>${summarySection(facts)}${curvesSection(facts)}${truthSection(facts)}${qualitySection(facts)}${anomalySection(facts)}${modelsSection(facts)}</main>
<footer><p>Made by llm-monitor ${VERSION}. Times of the curves and percentiles are right to 2.5 %. The page holds no text of messages.</p></footer></body></html>
`;
  return page.text;
}
