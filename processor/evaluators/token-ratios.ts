import type { Script } from './script-shares.js';
import { hashWord } from './word-hash.js';

/**
 * Characters a token of o200k_base stands for in running prose, punctuation and spaces included; other vocabularies of its size
 * differ by about a tenth in Latin script and by more elsewhere. From two published measurements over parallel sentences and
 * over web pages, brought to one scale.
 * @see mothertoken, benchmark of 2026-06-24 (FLORES+ dev) and tokka-bench, gpt-oss (FineWeb-2, 2 MB a language)
 */
export const SCRIPT_RATIOS: Readonly<Record<Exclude<Script, 'latin' | 'cyrillic'>, number>> = {
  greek: 2.85,
  arabic: 3.03,
  hebrew: 2.65,
  devanagari: 3.11,
  bengali: 2.83,
  indic: 2.65,
  thai: 2.43,
  georgian: 2.9,
  armenian: 2.85,
  hangul: 1.68,
  kana: 1.3,
  han: 1.3,
  other: 1.2,
};

/** Russian has far more of the vocabulary than its neighbours. */
export const CYRILLIC_RATIOS = { russian: 3.55, other: 2.92 } as const;

/** Languages in Latin script that cost alike, with words and letters that tell them; words without marks. */
interface LatinGroup {
  readonly ratio: number;
  readonly words: string;
  readonly letters: RegExp;
}

// biome-ignore format: one language a line
const GROUPS = {
  english: { ratio: 4.8, letters: /(?!)/g,
    words: 'the of and to in is that for with on are this be it as was by you have from or not which at an his he she they we were has had but all can will their what if there who would about' },
  western: { ratio: 4.38, letters: /[ßñãõçêèàëïôû¿¡]/g,
    words: 'der die das und ist nicht ein eine zu den mit von auf fur im dem des sich auch es an werden wird sind dass wir ich er sie hat als bei aus nach ' +
      'de het een en van ik te dat niet zijn op met voor is er aan wordt ook maar bij om naar hij wij deze worden heeft ' +
      'le la les des et est un une dans que pour qui sur pas du au avec ce il elle nous vous plus ont par sont cette aux ne se ' +
      'el los las y en una por con para es del se lo su al como mas pero sus este esta han ha fue son ' +
      'o os as e do da em um uma com nao dos no na ao pelo pela foi mais mas ser seu sua' },
  southern: { ratio: 4.08, letters: /[ìò]/g,
    words: 'il di che e la per un una non sono del della con gli nel i le in da dei delle alla si ha lo al anche piu come questo ' +
      'yang dan dengan untuk ini itu dari pada dalam tidak adalah akan juga oleh ke sebagai bisa telah karena atau mereka kita saya ada lebih' },
  nordic: { ratio: 3.77, letters: /[åøæ]/g,
    words: 'og i det er at en til pa som af med den ikke de for har et var han kan vi fra blev ble blir ogsa eller hun jeg skal vil om men ' +
      'och att det ar av till inte som hade fran jag sin ett eller vid nar' },
  eastern: { ratio: 3.42, letters: /[ğışșțţăđơưăạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]/g,
    words: 'si cu pe nu care este din sa pentru mai au fost la in un ce o lui sau ale acest ' +
      'ja on ei se etta oli han ovat mutta kun niin myos joka ole tai jos kuin sen siita hanen ' +
      've bir bu da de icin ile olarak olan cok gibi daha ise ne kadar sonra var en her o ' +
      'va cua co cho khong nguoi trong duoc cac nhung mot voi nay khi tai de da' },
  central: { ratio: 3.02, letters: /[łąęśćżźńčřěůšžľťďňőű]/g,
    words: 'w i z na sie nie do ze jest o to jak ale po od dla przez jego tym za tak ' +
      'a v se na je s z do o ve jsou pro by si jako ale uz k po tak byl jeho u ' +
      'sa aj pre ako ktore bol ktory pri alebo este ked uz by za od su ' +
      'az es hogy nem is egy van meg volt ez de csak mar ki el mint ha be kell ezt azt' },
} as const satisfies Record<string, LatinGroup>;

type GroupName = keyof typeof GROUPS;
const NAMES = Object.keys(GROUPS) as readonly GroupName[];

/** A group that a word tells, and how much it tells. */
interface Vote {
  readonly group: number;
  readonly weight: number;
}

let votesOfWord: Map<number, readonly Vote[]> | undefined;

function voteTable(): Map<number, readonly Vote[]> {
  const groupsOf = new Map<string, number[]>();
  NAMES.forEach((name, group) => {
    for (const word of new Set(GROUPS[name].words.split(' ')))
      groupsOf.set(word, [...(groupsOf.get(word) ?? []), group]);
  });
  return new Map(
    [...groupsOf].map(([word, groups]) => {
      // A longer word is rarer by chance, and one that many languages have says less.
      const weight = Math.min(3, word.length) / groups.length ** 2;
      return [hashWord(word), groups.map(group => ({ group, weight }))];
    }),
  );
}

/** What says a language: so many words and characters at the start of a text. */
const SAMPLE = { words: 64, characters: 400 };

/** The words of the start of a text as a scan folds them. */
function sampleWords(text: string): Int32Array {
  const bare = text.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('ı', 'i');
  return Int32Array.from((bare.match(/\p{L}+/gu) ?? []).slice(0, SAMPLE.words), hashWord);
}

/**
 * Characters a token stands for in a text of Latin letters, by the languages whose words and letters its start has; that of
 * English where nothing tells, or of the languages between where it has letters beyond ASCII.
 * @param words hashes of its words as a scan gives them, where there was one
 */
export function latinRatio(text: string, ascii: boolean, words?: Int32Array): number {
  const sample = ascii && words !== undefined ? '' : text.slice(0, SAMPLE.characters).toLowerCase();
  votesOfWord ??= voteTable();
  const votes = new Float64Array(NAMES.length);
  const hashes = words ?? sampleWords(sample);
  const sampled = Math.min(SAMPLE.words, hashes.length);
  for (let i = 0; i < sampled; i++) {
    const told = votesOfWord.get(hashes[i] as number);
    if (told === undefined) continue;
    for (let k = 0; k < told.length; k++) {
      const { group, weight } = told[k] as Vote;
      votes[group] = (votes[group] as number) + weight;
    }
  }
  if (!ascii)
    NAMES.forEach((name, group) => {
      votes[group] = (votes[group] as number) + 1.5 * (sample.match(GROUPS[name].letters)?.length ?? 0);
    });
  let most = 0;
  for (let group = 1; group < votes.length; group++)
    if ((votes[group] as number) > (votes[most] as number)) most = group;
  if (votes[most] === 0) return ascii ? GROUPS.english.ratio : GROUPS.nordic.ratio;
  return GROUPS[NAMES[most] as GroupName].ratio;
}
