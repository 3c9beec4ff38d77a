import { asciiTable, codeOf, DIGIT, foldCodePoint, kindOf } from './fold.js';
import { turnWord } from './message-words.js';
import type { WordSequence } from './prompt-injection-sequences.js';
import { HASH_PRIME, HASH_START } from './word-hash.js';

/** What an attack tries. Closed: it becomes a reason. */
export type InjectionReason = 'overrides' | 'extracts' | 'switches_role' | 'lifts_limits' | 'forges_turn';

const IGNORE =
  'ignore ignoring disregard disregarding forget forgetting discard override overrule bypass dismiss erase unlearn igmre ' +
  'vergiss vergesst vergessen ignorieren ignoriere ignoriert missachte missachten abweichend streiche streichen ' +
  'oublie oubliez oublier ignorez olvida olvide olvidad olvidar ignora ignoren dimentica dimenticate ignorate ' +
  'esqueca esquece zaboravi zapomnij zignoruj negeer vergeet glem ignorera забудь забудьте игнорируй игнорируйте';
const ALL =
  'all every everything anything any whatever alle alles samtliche jede tout toute toutes tous todo todos toda todas tutto ' +
  'tutte tutti sve wszystko wszystkie всё все allt';
const EVERYTHING = 'everything anything whatever alles tout todo tutto tudo sve wszystko всё все';
const PRIOR =
  'previous previously prior preceding above earlier before foregoing past former existing current initial original ' +
  'vorherige vorherigen obige obigen bisherige bisherigen vorige vorigen vorangegangene vorangegangenen davor zuvor vorher ' +
  'anterior anteriores previas previos precedente precedentes precedenti precedents prethodne poprzednie предыдущие antes';
const INSTRUCTIONS =
  'instruction instructions direction directions directive directives command commands order orders prompt prompts rule rules ' +
  'guideline guidelines guidance programming training constraints task tasks assignment assignments context conversation ' +
  'message messages input inputs text anweisung anweisungen instruktion instruktionen aufgabe aufgaben auftrage angaben ' +
  'informationen befehle regeln vorgaben instrucciones instruccion reglas ordenes instructions consignes regles istruzioni ' +
  'regole instrucoes regras instrukcije instrukcje instructies инструкции указания правила information informations';
const RULES =
  'instruction instructions directive directives rule rules guideline guidelines programming training policy policies prompt ' +
  'prompts restriction restrictions constraints principles safeguards ethics anweisungen instruktionen regeln vorgaben';
const YOUR = 'your youre the my deine deiner deinen ihre ihrer tu tus su sus tes vos ton votre tuoi tue suas seu';
const OWN = 'your youre deine deiner deinen ihre ihrer tu tus su sus tes vos ton votre tuoi tue suas seu';
const SAID =
  'told tell said say instructed learned learnt know given wrote discussed talked gesagt gesagte sagte dije digo';
const REVEAL =
  'reveal show print output display repeat tell give share return leak expose write recite copy dump spell list echo provide ' +
  'disclose summarize translate zeige zeig zeigen vorzeigen nenne sag sage sagen gib ausgeben wiederhole wiederholen montre ' +
  'montrez affiche repete muestra muestrame dime repite mostra mostrami ripeti what whats spellcheck';
const HIDDEN =
  'system initial hidden secret original internal full complete whole entire exact own confidential developer';
const PROMPT = 'prompt prompts instruction instructions directive directives preprompt systemprompt guidelines';
const PROMPT_ONLY = 'prompt prompts prompttext prompttexte prompt-texte preprompt systemprompt embeddings';
const BE = 'are be is become act';
const MODEL_NAME = 'ai chatgpt gpt chatbot bot assistant llm model claude gemini bard openai grok copilot';
const NO =
  'no without not any free zero lacks lack neither none never nor unrestricted unbound removed remove beyond broken break ' +
  'ignores ignoring bypass bypassing disregard disregards disregarding dont doesnt apply exist';
const LIMITS =
  'restriction restrictions filter filters limitation limitations censorship boundaries confines moral morals morality ethic ' +
  'ethics ethical legality policy policies guideline guidelines safeguards rules restraints inhibitions constraints disclaimers';
const FORBIDDEN =
  'illegal unethical immoral harmful dangerous explicit offensive inappropriate forbidden malicious nsfw';

type Rows = Readonly<
  Record<InjectionReason, readonly (readonly [weight: number, within: number, ...steps: string[]])[]>
>;

/** A word that opens a line before a colon is written with the colon. English first; what is short is in other languages too. */
const ROWS: Rows = {
  overrides: [
    [0.95, 4, IGNORE, PRIOR, INSTRUCTIONS],
    [0.9, 4, IGNORE, INSTRUCTIONS, PRIOR],
    [0.85, 4, IGNORE, ALL, INSTRUCTIONS],
    [0.7, 3, IGNORE, YOUR, RULES],
    [0.85, 4, IGNORE, EVERYTHING, PRIOR],
    [0.8, 3, IGNORE, 'all alle', 'above before davor zuvor prior'],
    [0.85, 5, IGNORE, EVERYTHING, SAID],
    [0.8, 3, 'ignore disregard forget vergiss oublie oubliez olvida olvide', 'everything alles tout todo'],
    [0.7, 4, IGNORE, 'the', 'above below following preceding'],
    [0.6, 3, IGNORE, 'what', 'i you we', SAID],
    [0.6, 4, 'dont not stop never', 'follow obey', PRIOR, INSTRUCTIONS],
    [
      0.25,
      2,
      'new neue neuen nueva nouvelle',
      'task tasks instruction instructions aufgabe aufgaben anweisungen statement',
    ],
    [0.4, 3, 'additional further updated', 'instruction instructions task tasks'],
    [0.5, 6, 'not nicht dont donnt', 'look according by', 'documents context articles provided'],
    [0.6, 5, 'hore hor hort achte beachte', 'nicht', PRIOR],
    [0.5, 2, 'make', 'something', 'up'],
    [0.4, 2, 'say sag sage', 'that yes ja no', 'you ja yes'],
    [0.4, 4, 'ignore disregard forget', 'documents context articles'],
    [0.75, 5, 'instead', 'of', 'following answering summarizing', 'say output print do'],
  ],
  extracts: [
    [0.9, 4, REVEAL, OWN, HIDDEN, PROMPT],
    [0.6, 2, REVEAL, 'the', 'system initial hidden secret original internal', PROMPT],
    [0.8, 3, REVEAL, OWN, PROMPT],
    [0.35, 4, REVEAL, 'system', 'prompt prompts message instructions'],
    [0.85, 3, REVEAL, 'your deine ihre tu tus', PROMPT_ONLY],
    [0.7, 4, REVEAL, 'your deine', 'initial hidden secret original internal'],
    [0.6, 4, 'print repeat copy output recite', 'all everything text words sentences prompt', 'above before preceding'],
    [0.6, 4, 'print repeat copy output recite', 'above', 'prompt text instructions'],
    [0.6, 4, 'what', 'sentences words text', 'before above'],
    [0.7, 5, 'what', 'were was', 'you your', 'told instructed instructions prompt'],
    [0.7, 2, 'starting begin beginning', 'with', 'you', 'are'],
  ],
  switches_role: [
    [0.35, 1, 'you', 'are', 'now'],
    [0.2, 1, 'from', 'now', 'on own'],
    [0.6, 5, 'from', 'now', 'you youre', 'are be act will going'],
    [0.15, 3, 'act behave pretend roleplay role-play respond acting agieren fungieren simulate', 'as to like als'],
    [0.25, 4, 'i', 'want like', 'you', 'act behave'],
    [0.4, 24, 'mochte will', 'dass', 'sie du', 'als', 'fungieren fungierst agieren agierst auftreten auftrittst'],
    [0.35, 6, 'act as', 'a an', 'terminal console interpreter shell compiler'],
    [0.5, 3, 'execute run', 'the this', 'following', 'command commands code'],
    [0.3, 3, 'lets', 'play', 'a', 'game'],
    [0.15, 2, 'imagine pretend', 'you', 'are can have'],
    [0.6, 8, 'pretend act simulate immerse roleplay', MODEL_NAME],
    [0.5, 3, 'stay remain staying', 'in', 'character role'],
    [0.5, 3, 'break breaking', 'character'],
    [0.6, 3, 'stands', 'for', 'do always anything'],
    [0.4, 3, 'you', 'are', 'no', 'longer'],
    [0.5, 3, 'not', BE, 'an a', 'ai language'],
    [0.4, 4, 'not', 'pretend', 'be'],
    [0.4, 3, 'evil immoral amoral unfiltered', 'ai assistant chatbot bot version model twin'],
    [0.4, 5, 'start begin prefix', 'outputs output responses response answers answer replies every', 'with'],
  ],
  lifts_limits: [
    [0.97, 1, 'do', 'anything', 'now'],
    [0.9, 1, 'dan jailbreak god evil sudo unrestricted', 'mode'],
    [0.3, 1, 'developer debug admin', 'mode'],
    [0.8, 6, MODEL_NAME, 'developer debug', 'mode'],
    [0.6, 6, 'developer debug', 'mode', 'output response responses policies filters you'],
    [0.25, 1, 'dan jailbroken'],
    [0.3, 1, 'unfiltered uncensored amoral'],
    [0.6, 5, 'unfiltered uncensored amoral unhinged', MODEL_NAME],
    [0.6, 5, MODEL_NAME, 'unfiltered uncensored amoral unhinged unethical immoral'],
    [0.6, 4, NO, LIMITS, 'or and', LIMITS],
    [0.6, 3, 'free unbound freed liberated unchained', 'of from by', 'all any the its', LIMITS],
    [0.5, 3, 'no without any', 'ethical moral legal content safety', LIMITS],
    [0.45, 3, 'openai openais', 'policy policies guidelines guideline rules restrictions limitations content'],
    [
      0.45,
      5,
      'regardless irrespective',
      'of',
      'how whether legality ethics morality ethical morals consequences content',
    ],
    [0.6, 4, 'never not cannot wont', 'refuse decline reject', 'answer request anything prompt any a question'],
    [0.5, 4, 'never not dont', 'warn warnings apologize disclaimers moralize'],
    [0.6, 2, 'two both 2', 'different separate', 'responses response ways answers'],
    [0.5, 4, 'never cant not', 'say tell saying', 'cant cannot sorry'],
    [0.5, 6, FORBIDDEN, 'request requests prompt content', 'without'],
    [0.5, 5, 'no without', 'matter how', 'immoral unethical illegal'],
    [0.4, 5, 'hypothetical fictional', 'ai chatbot model', 'no any without'],
  ],
  forges_turn: [
    [0.7, 2, 'im', 'start end sep'],
    [0.7, 2, 'inst sys', 'sys inst'],
    [0.3, 1, 'system:'],
    [0.5, 2, 'end begin start beginning', 'of', 'prompt instructions'],
    [0.5, 3, 'end ends termination terminatio begins', 'system', 'instruction prompt message i'],
    [0.5, 3, 'user', 'message', 'termination terminatio ends'],
    [
      0.7,
      5,
      'dont not never without',
      'tell mention inform alert notify reveal telling mentioning',
      'user human users',
    ],
    [0.6, 3, 'attention note message important instructions', 'to for', 'ai llm assistant chatbot model agent'],
    [0.6, 4, 'if', 'you youre', 'are an', 'ai llm assistant agent'],
  ],
};

/**
 * What attacks say, as sequences of words: made anew, one after the other, for all of them take some milliseconds.
 * Who needs them often keeps them.
 */
export function* injectionSequences(): Generator<WordSequence<InjectionReason>> {
  for (const reason of Object.keys(ROWS) as InjectionReason[])
    for (const [weight, within, ...steps] of ROWS[reason]) yield { reason, weight, within, steps: steps.map(wordsOf) };
}

/** The words of a step as a message folds them; of two words with a hyphen the first counts. */
function wordsOf(step: string): ReadonlySet<number> {
  return new Set(
    step.split(' ').map(word => {
      const hash = foldedHash(word.replace(/[:-].*/s, ''));
      return word.endsWith(':') ? turnWord(hash) : hash;
    }),
  );
}

/** Not by the tables of `promptWords`: a message may be in them. */
function foldedHash(word: string): number {
  let hash = HASH_START;
  for (const character of word) {
    const code = character.codePointAt(0) as number;
    const packed = code < 128 ? (asciiTable()[code] as number) : foldCodePoint(code);
    if (kindOf(packed) <= DIGIT) hash = Math.imul(hash ^ codeOf(packed), HASH_PRIME);
  }
  return hash;
}
