// Which of the page's languages a text is in, so that a screen reader says it in a voice that fits.

const WORDS = {
  nl: new Set("de het een ik je jij jullie wij we en of maar niet geen van voor met op in te aan bij naar is zijn was heb heeft mijn dat die dit er ook nog al wel kan zou graag hoi dank waar wanneer hoe wat als om uit dan toch".split(" ")),
  en: new Set("the a an i you your we and or but not no of for with on in to at by from is are was have has my that this it there also still can would please hi thanks where when how what if out then yes been will its".split(" ")),
};

/** "nl" or "en" for a text that is clearly in one of them, else null. */
export function tongue(text) {
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  const found = (name) => words.filter((word) => WORDS[name].has(word)).length;
  const [dutch, english] = [found("nl"), found("en")];
  if (dutch === english) return null;
  return dutch > english ? "nl" : "en";
}
