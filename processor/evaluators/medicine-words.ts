/** Names of medicines in common use that have no telling ending. */
const NAMES =
  'insulin|aspirin|morphine|codeine|prednisone|prednisolone|digoxin|lithium|heparin|paracetamol|acetaminophen|tylenol|advil|methotrexate|levothyroxine|albuterol|melatonin|naproxen|diazepam|tramadol|xanax|prozac|ozempic';
/** Endings that the nonproprietary names of a class share. @see WHO, The use of stems in the selection of INN, 2018 */
const STEMS =
  'cillin|profen|pril|formin|farin|amol|olol|sartan|statin|conazole|mycin|floxacin|prazole|azepam|azolam|tidine|dipine|triptan|setron|codone|oxetine|traline|citalopram|cycline|thiazide|semide|gliptin|glutide|gabalin|pentin|ciclovir|terol|sone|olone';

/** The source of an expression for the name of a medicine; bounded. */
export const MEDICINE = `(?:${NAMES}|[a-z]{2,16}(?:${STEMS}))`;
