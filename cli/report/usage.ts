export const USAGE = `Usage: llm-monitor report RECORDING [--out FILE] [options]

One page about recorded calls, for people who never saw a dashboard: what happened, how right, fast, safe and dear the answers
were, with 95 % intervals, curves over time, the worst parts and the oddest calls. The page is one file: no script, no request
to anywhere.

  RECORDING         JSON Lines of a recorder, also gzipped; rows of \`check\` that say what was predicted
                    ({"prediction", "label", "score"?, "task"?, "model"?}) count as labels
  --out FILE        where the page goes; report.html if absent
  --json            the figures as one JSON object on the output; a page only where --out asks for one
  --title TEXT      the heading of the page
  --positive CLASS  the positive class of binary tasks, where it is not true or 1
  --keep-going      leave out lines that cannot be read; otherwise the first one ends the report
  --help            this text

Exit codes: 0 fine, 2 wrong use or cannot run.
`;
