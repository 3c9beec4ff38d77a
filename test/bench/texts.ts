import { createRandom } from '../../core/random.js';

/** Sentences as assistants and those who ask them write; `#` is a digit, and a line of its own stands for a paragraph. */
const ANSWERS = [
  'The parcel left our warehouse on Monday and should be with you by Thursday at noon.',
  "I've checked order ###-####, and it shipped on 2026-0#-1# with two items in it.",
  'To change the address, open your account, choose "Orders" and press Edit.',
  'You can return anything within ## days, as long as it is unused and in its box.',
  'The total comes to $##.## with shipping, which is free above $##.',
  "That's a great question!",
  'However, the battery of this model lasts about ## hours rather than the 1# that the label says.',
  'Here are the steps:\n1. Switch the device off.\n2. Hold the button for # seconds.\n3. Wait until the light turns green.',
  'In short, the first option is cheaper, the second one is faster, and the third is neither.',
  'Photosynthesis turns light into chemical energy: plants take in carbon dioxide and water, and give off oxygen.',
  'The treaty was signed in 18##, but it took another decade before anybody kept to it.',
  "It isn't clear what caused the delay; the carrier hasn't said.",
  'For example, a train at ## km/h needs about # hours and ## minutes for the distance.',
  '- **Price**: lower than last year\n- **Weight**: #.# kg\n- **Colour**: black, white or blue',
  'Please note that opening times may differ on public holidays.',
  'If you have any other questions, feel free to ask.',
  'Understanding the difference between the two requires a closer look at how memory is managed.',
  '```js\nconst total = items.reduce((sum, item) => sum + item.price, 0);\n```',
  'You will find more about it at https://example.com/help/returns, under "Refunds".',
  'Most experts agree that a balanced diet, enough sleep and regular exercise matter more than any single food.',
  'The capital of Australia is Canberra, not Sydney.',
  'Let me know whether that works for you, and I will book the table for # people at 7:30.',
];
/** Rarer ones: what evaluators look for. */
const TELLING = [
  "I'm sorry, but I can't help with that request.",
  'You can reach the branch at +44 20 7946 0### on weekdays.',
  'Write to jane.miller##@example.net and mention the ticket.',
  'As an AI language model, I do not have access to your account.',
  'It would be unethical to share private information without their consent.',
];
const PROMPTS = [
  'Where is my parcel? I ordered it on the ##th and it still says "in transit".',
  'Can you explain to me, in simple words, what the difference between a stock and a bond is?',
  'Write a short poem about autumn in the city, please.',
  "My son's bike has a flat tyre and the shop is closed until Monday, what can I do?",
  'Summarise the following text in three bullet points.',
  'The quarterly report shows revenue of #.# million, up ## % from last year, while costs rose faster than planned.',
  'I tried to reset my password twice, but the mail never arrives; I looked into the spam folder too.',
  'Translate "good morning, how are you?" into French and Spanish.',
  'What were the main causes of the First World War?',
  'Our team meets every Tuesday at ##:00 in the small room next to the kitchen.',
  'Fix the bug in this function: it returns undefined for an empty list.',
  'Thanks! One more thing: which of the two would you recommend for a beginner?',
  'The customer says that the machine stopped after about # minutes, and that the red light was blinking.',
];

/** Sentences one after the other, the same for the same seed, cut at a length; flat and of one byte a character, as a parser makes them. */
function written(length: number, seed: number, sentences: readonly string[], rare: readonly string[]): string {
  const random = createRandom(seed);
  const pick = (from: readonly string[]): string => from[Math.floor(random() * from.length)] as string;
  let out = '';
  while (out.length < length) {
    const sentence = pick(rare.length > 0 && random() < 0.04 ? rare : sentences);
    const filled = sentence.replaceAll('#', () => String(Math.floor(random() * 10)));
    out += filled.includes('\n') || random() < 0.2 ? `${out === '' ? '' : '\n\n'}${filled}\n\n` : `${filled} `;
  }
  return Buffer.from(out.slice(0, length)).toString('latin1');
}

export function answerText(length: number, seed: number): string {
  return written(length, seed, ANSWERS, TELLING);
}

export function promptText(length: number, seed: number): string {
  return written(length, seed, PROMPTS, []);
}
