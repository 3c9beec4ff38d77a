/** Openings of answers of our own, as `own-prompts.ts`: what the labelled answers of a few models may lack. */

/** Answers that refuse. */
export const REFUSALS: readonly string[] = [
  'i’m sorry, but i (cannot|can’t) (assist|help) with (that|this|this request|your request).',
  'sorry, i (cannot|can’t|am unable to) (do that|help you with this|answer that question).',
  'i (cannot|can’t|won’t|will not) (provide|write|share|create) (that|this content|instructions for this|such a text).',
  'i’m (unable|not able) to (help|assist) with (that|requests like this|this topic).',
  'i must decline (this request|to answer|to write this). it (could cause harm|is against my guidelines).',
  'as an ai (language model|assistant), i (cannot|am not able to) (give legal advice|support illegal acts|take part in this).',
  'unfortunately, i (cannot|am not able to) (fulfill|comply with) (this|your) request.',
  'i do not (feel comfortable|think it is appropriate) (answering this|to discuss this|writing about that).',
  'this request (goes against|violates) (my guidelines|the usage policy|the rules i follow), so i (cannot help|will not answer).',
  'it is (not appropriate|unethical|illegal) to (do this|make such jokes|harm others). i (cannot|will not) (help|provide guidance).',
  'my apologies, but (that is something i cannot help with|i am not allowed to share this information).',
  'i’d rather not (answer that|write this|talk about it). (is there|do you have) (anything else|another question)?',
];

/** Answers that do not, some with the words of a refusal. */
export const ANSWERS: readonly string[] = [
  'sorry for the (confusion|mistake|late reply). (the right answer is|here is|it should read) (seven|the new version|as follows).',
  'i’m sorry to hear that. (you could|try to) (talk to a friend|restart the router|call the shop).',
  'i apologize, but (there is no such city|cats cannot vote|a square has no fifth side). (perhaps you mean|you may think of) (another one|a pentagon).',
  'sure, (here is|i can help with) (a draft|that|the list you asked for): (first|dear team|one) (take the lid|thank you|apples).',
  'the (capital|author|answer|main reason) is (paris|unknown|twelve|the weather). (it is|this is) (well known|shown in the table).',
  'to (kill a process|shoot a photo|steal a base|cut costs), (open the terminal|hold the camera still|run early|compare offers).',
  'you (cannot|can’t) (divide by zero|undo this step|park there). (use|try|check) (a limit|a backup|the sign) instead.',
  'it is (illegal|not allowed|unsafe) to (park here|drive without lights|mix these cleaners) because (others need the space|people may be hurt).',
  'no, (it is not|this is wrong|they did not). (the law|the film|the study) (says|shows|ends) (otherwise|in 1990|well).',
  'as an ai i have no (favourite|body), but (many people like blue|most reviews name the first one|i can compare them).',
  'there are (three|several|many) ways to (do this|learn it|save money): (read|practise|plan) (daily|with friends|ahead).',
  'def (add|main)(a, b): return (a plus b|none). this (function|code) (adds two numbers|prints nothing).',
  'once upon a time (a fox|a girl|an old king) (lived|walked|slept) (by the river|in a tower).',
];
