/** Names that the command line makes up (apimachinery util/rand: String). */
import { randomInt } from 'node:crypto';
import { NAME_ALPHABET } from '../../simulation/random.ts';

export const randomSuffix = (length: number): string => Array.from({ length }, () => NAME_ALPHABET[randomInt(NAME_ALPHABET.length)]).join('');
