export const USAGE = `Usage: llm-monitor check --dataset FILE --min MEASURE=NUMBER [options]

The gate for CI: measures answers against true labels, and the text of answers with the evaluators, and exits with 1 when a
measure is not what was wanted.

  --dataset FILE        JSON Lines, also gzipped; a row is
                        {"id"?, "input"?, "output"?, "prediction"?, "label", "score"?, "task"?, "finish_reason"?}, other fields
                        are left alone. label: a class, boolean, number, reference text, or an array of acceptable ones;
                        prediction: what was made of the output, where that is not its text; score: probability of the
                        positive class, or of the predicted one where there are more than two
  --min MEASURE=NUMBER  at least so much; may be given several times
  --max MEASURE=NUMBER  at most so much; likewise
  --show MEASURE        shown, decides nothing; likewise

Measures
  classes   accuracy, balanced_accuracy, mcc, kappa, ece; precision, recall and f1 with .macro, .micro, .weighted or .CLASS
            (without: of the positive class)
  binary    also auc, average_precision, log_loss, brier
  text      accuracy (the same as exact), token_f1, rouge_l, chrf
  number    mae, rmse
  any       flagged.EVALUATOR (share of answers), score.EVALUATOR (mean); left_out (share of rows that could not be used)

How a gate is decided
  A measure has a 95 % interval: Wilson's for shares and for what follows from one, else the percentiles of 2,000 seeded
  draws of the rows (marked ~). Wholly on one side of the threshold it passes or fails for sure. Where it holds the threshold
  the gate is undecided: the value decides, and the report says so and how many more rows would settle it.
  --strict              an undecided gate fails: what passes is sure
  --lenient             an undecided gate passes: what fails is sure, so that a gate does not flap around its threshold
  By the value alone, and said so: ece, what every draw gives alike, and a threshold at the end of a measure's range
  (--max flagged.pii=0). A measure without a value (no such class, no score) fails.

Rows
  --kind KIND           binary, multiclass, text or number; otherwise guessed from the first row and the measures
  --classes A,B,C       the classes; any other answer counts as "other" (otherwise the first 50 that occur)
  --positive CLASS      the positive class of a binary task (true, 1, or the last of --classes)
  --task NAME           only rows of this task; needed where there are several
  --slice FIELD         measures per value of a field (also meta.field): the first 20 values and (other)
  --every-slice         the gates must hold in each slice too
  --keep-going          leave out rows that something is wrong with; otherwise the first one ends the check

Answers: from the rows, or asked for now
  --command COMMAND     run by the shell and kept running: reads a row without its label, output, prediction and score as one
                        line of JSON, writes {"output"} or {"prediction", "score"?} as one line of JSON
  --endpoint URL        OpenAI-compatible chat completions (http://127.0.0.1:8080/v1); input is a text or an array of
                        messages; the key comes from OPENAI_API_KEY
  --model NAME          for --endpoint
  --system FILE         for --endpoint: a system message before each row's input
  --body JSON           for --endpoint: further fields of the request, like {"temperature":0}
  --retries N           for --endpoint: further attempts after 408, 429, 5xx and network failures (5)
  --concurrency N       answers asked for at a time (endpoint 4, command 1; each asks a process of its own)
  --timeout S           seconds an answer may take (60)
  --resume FILE         keep answers in FILE, and take those that are there: what was interrupted goes on. It holds the
                        text of answers

Output
  --json                one JSON object
  --junit FILE          also write JUnit XML
  GITHUB_STEP_SUMMARY   where it is set, the report is appended to that file as Markdown
  --help                this text

Exit codes: 0 fine, 1 the check failed, 2 wrong use or cannot run.
`;
