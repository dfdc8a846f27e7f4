/** Without vowels and look-alikes, so that no word and no misreading comes about. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIX_LENGTH = 5;
const MAX_BASE_LENGTH = 63 - SUFFIX_LENGTH;

/** `random` yields numbers in [0, 1). */
export function generateName(base: string, random: () => number): string {
  return `${base.slice(0, MAX_BASE_LENGTH)}${randomSuffix(SUFFIX_LENGTH, random)}`;
}

export function randomSuffix(length: number, random: () => number): string {
  return Array.from({ length }, () => ALPHABET[Math.floor(random() * ALPHABET.length)]).join('');
}

/** Spells a number in the alphabet of generated names, a character a digit of its decimal form. */
export function safeEncode(text: string): string {
  return Array.from(text, (character) => ALPHABET[character.charCodeAt(0) % ALPHABET.length]).join('');
}
