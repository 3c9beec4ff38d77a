const set = (words: string): ReadonlySet<string> => new Set(words.split('|'));

/** Illnesses, injuries and disorders of one word. */
const NAMES = set(
  "diabetes|pneumonia|cancer|melanoma|flu|influenza|covid|asthma|hypertension|depression|anxiety|adhd|ocd|ptsd|autism|asperger|asperger's|migraine|migraines|epilepsy|angina|stroke|strokes|mini-stroke|tia|lupus|measles|mumps|rubella|shingles|malaria|tuberculosis|cholera|typhoid|tetanus|rabies|dengue|concussion|copd|ibs|gerd|pcos|uti|std|sti|hiv|aids|eczema|chickenpox|gout|cyst|cysts|dementia|alzheimer|alzheimer's|parkinson|parkinson's|sciatica|scoliosis|ringworm|hives|colic|rosacea|acne|impetigo|scabies|lice|wart|warts|herpes|chlamydia|gonorrhea|gonorrhoea|syphilis|thrush|candida|croup|sepsis|gangrene|jaundice|hernia|hernias|hemorrhoids|haemorrhoids|ulcer|ulcers|heartburn|indigestion|reflux|constipation|vertigo|tinnitus|glaucoma|cataract|cataracts|astigmatism|stye|burnout|insomnia|apnea|apnoea|narcolepsy|menopause|preeclampsia|rickets|scurvy|goitre|goiter|hypothyroidism|hyperthyroidism|bunion|bunions|whiplash|frostbite|sunstroke|heatstroke|hypothermia|dehydration|pleurisy|emphysema|fibroid|fibroids|polyp|polyps|abscess|blister|tumor|tumour|lymphoma|mononucleosis|mono|schizophrenia|anorexia|bulimia|psychosis|stenosis|aneurysm|embolism|clot|arrhythmia|fibrillation|tachycardia|palsy|anemia|anaemia|gallstones|gallstone|crohn's|celiac|coeliac|strep|sunburn|eclampsia|pertussis|shin-splints|osteopenia|myopia|presbyopia|hyperopia|gastroenteritis|norovirus|salmonella|listeria|monkeypox|mpox|giardia|lyme|sinusitis|pre-diabetes|prediabetes|afib|dvt|bronchiectasis|cirrhosis|pancreatitis|hyperacidity|hypoglycemia|rhabdomyolysis|dyslexia|dyspraxia|bipolar|perimenopause|miscarriage|pre-eclampsia|hyperthyroid|neuralgia|vitiligo|lipoma|keloid|dandruff|bursitis|tendinopathy",
);
/** What a name of several words ends in: `a yeast infection`, `a panic attack`. */
const HEADS = set(
  'infection|infections|disease|syndrome|disorder|deficiency|attack|attacks|failure|fracture|sprain|strain|intolerance|insufficiency|dysfunction|palpitations|headache|headaches|fever|spasm|spasms|tear|disc|disk|pox|prolapse|impingement|phobia|allergy|allergies|edema|oedema|addiction|withdrawal|poisoning|stones|splints|sclerosis|virus|pregnancy|exhaustion|bleed|blockage|rash|dermatitis|psychosis',
);
/** Words before one of them that make no name of it. */
const NO_NAME = set(
  'a|an|the|of|to|his|her|your|their|our|my|its|this|that|these|those|any|some|no|for|and|or|in|on|from|by|with|as|under|into|further|next|new|such|same|computer|system|power|software|hard|floppy|heart-breaking|vulnerable|monitor|which|what|serious|devastating|chronic-disease|compact|personal|cyber|terrorist|engine|brake|network|hardware|stage|cabin|gold|spring|saturday',
);
const PAIRS = set(
  "a cold|the cold|common cold|bad cold|head cold|tennis elbow|golfer's elbow|frozen shoulder|blood pressure|high cholesterol|blood sugar|runner's knee|jumper's knee|flat feet|kidney stone|pink eye|jet lag|bed bugs|athlete's foot|infection of|allergic reaction|poison ivy|fracture of|infection in|allergy to|allergies to|inflammation of|rotator cuff|trigger finger|morning sickness|motion sickness|sleep paralysis|whooping cough|ear infection|growing pains|ingrown toenail|ingrown hair|ovarian cyst|enlarged prostate|broken heart|low iron|low testosterone|restless legs|bell's palsy|gallbladder stones|herniated disc|slipped disc|pinched nerve|torn ligament|dry eyes|swimmer's ear|cold sore|cold sores|canker sore|heat stroke|skin tag|birth defect|long covid|panic disorder|sun allergy|cradle cap|diaper rash|heat rash|muscle strain|pulled muscle|strained muscle|hay fever",
);
const PAIR_ENDS: ReadonlySet<string> = new Set([...PAIRS].map(pair => pair.slice(pair.indexOf(' ') + 1)));
/** The last four letters of Greek and Latin names. */
const ENDINGS = set('itis|osis|emia|lgia|athy|egia|rhea|hoea|obia|uria|asis|noma|loma|coma|roma|homa|asia');
/** Words with such an ending that are none. */
const NO_CONDITION = set(
  'aromas|aroma|diploma|symptom|academia|bohemia|telepathy|empathy|sympathy|apathy|nostalgia|diagnosis|prognosis|hypnosis|osmosis|mitosis|meiosis|metamorphosis|symbiosis|homeopathy|oklahoma|glaucomas|sonoma|fantasia|australasia|euthanasia|malaysia|apotheosis|biosynthesis|anamnosis|theocracy|bulimias',
);
/** A small letter, an apostrophe or a hyphen. */
function isOfWord(unit: number): boolean {
  return (unit >= 0x61 && unit <= 0x7a) || unit === 0x27 || unit === 0x2d;
}

const MIN_GREEK = 7;

/** A name of an illness and where it stands. */
export interface Named {
  readonly start: number;
  readonly end: number;
}

function isName(word: string, before: string): boolean {
  if (NAMES.has(word)) return true;
  if (PAIR_ENDS.has(word) && PAIRS.has(`${before} ${word}`)) return true;
  if (HEADS.has(word)) return before !== '' && !NO_NAME.has(before);
  return word.length >= MIN_GREEK && ENDINGS.has(word.slice(-4)) && !NO_CONDITION.has(word);
}

/** The names of illnesses in a sentence in lower case: by a table of words, or by the ending. Linear. */
export function conditionsIn(text: string): readonly Named[] {
  const found: Named[] = [];
  let before = '';
  let start = -1;
  for (let i = 0; i <= text.length; i++) {
    if (isOfWord(text.charCodeAt(i))) {
      if (start < 0) start = i;
    } else if (start >= 0) {
      const word = text.slice(start, i);
      if (isName(word, before)) found.push({ start, end: i });
      before = word;
      start = -1;
    }
  }
  return found;
}

/** What a person is who has one. */
export const STATES =
  /\b(?:depressed|ana?emic|diabetic|pre-?diabetic|allergic to|asthmatic|autistic|bipolar|dyslexic|epileptic|dehydrated|hypertensive|schizophrenic|anorexic|bulimic|psychotic|an alcoholic|pregnant|iron[- ]deficient|lactose[- ]intolerant|gluten[- ]intolerant|obese|concussed|malnourished|hypoglyca?emic|having one|in labou?r|menopausal|clinically ill)\b/g;
export const INJURED =
  /\b(?:torn|broken|fractured|sprained|strained|pulled|dislocated|ruptured|bruised|twisted|herniated|infected)\b/g;
export const BODY =
  /^(?: (?:your|a|his|her|the|their))?(?: [a-z]{2,12})? (?:meniscus|wrist|ankle|leg|arm|ribs?|toe|finger|thumb|hip|knee|shoulder|elbow|collarbone|nose|jaw|foot|hand|back|neck|hamstring|calf|groin|tendon|ligament|acl|muscle|disc|disk|eardrum|tooth|bone|rotator|achilles|cartilage)\b/;
export const OWN_BODY =
  /\byour (?:[a-z]{2,12} )?(?:meniscus|wrist|ankle|leg|arm|ribs?|toe|finger|thumb|hip|knee|shoulder|elbow|collarbone|nose|jaw|foot|hand|hamstring|calf|tendon|ligament|acl|disc|disk|eardrum|tooth|bone|rotator cuff|achilles|cartilage|wound|cut|tonsils|appendix) (?:is|are) $/;
