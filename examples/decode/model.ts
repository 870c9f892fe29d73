/** What followed a context in the training text: how often each character, and how often any. */
interface Followers {
  counts: Map<number, number>;
  total: number;
}

/**
 * A character model by counting: the next character given the `order - 1` before it. Each context's counts are mixed with
 * what the context one shorter says, down to all characters alike, by Witten and Bell's weights: the more different
 * characters followed a context, the more the shorter one has to say. So no character is impossible.
 */
export class CharacterModel {
  readonly characters: readonly string[];
  readonly order: number;
  readonly #indices: Map<string, number>;
  readonly #followers: Map<string, Followers> = new Map();

  constructor(text: string, characters: readonly string[], order: number) {
    this.characters = characters;
    this.order = order;
    this.#indices = new Map(characters.map((character, index) => [character, index]));
    this.encode(text).forEach((index, at) => {
      for (let length = 0; length < order && length <= at; length++) this.#count(text.slice(at - length, at), index);
    });
  }

  /** The log-probability of each character after a text: float64 logits. */
  logits(text: string): Float64Array {
    const probabilities = new Float64Array(this.characters.length).fill(1 / this.characters.length);
    for (let length = 0; length < this.order && length <= text.length; length++) {
      const followers = this.#followers.get(text.slice(text.length - length));
      if (followers === undefined) break;
      mix(probabilities, followers);
    }
    return probabilities.map(Math.log);
  }

  /** The mean log-probability of a text's characters, after a prompt. */
  meanLogProb(text: string, prompt = ""): number {
    const whole = prompt + text;
    const indices = this.encode(text);
    const logProbs = indices.map((index, i) => {
      const end = prompt.length + i;
      return this.logits(whole.slice(Math.max(0, end - this.order), end))[index] as number;
    });
    return logProbs.reduce((sum, logProb) => sum + logProb, 0) / indices.length;
  }

  /** The index of each character. */
  encode(text: string): number[] {
    return Array.from(text, (character) => {
      const index = this.#indices.get(character);
      if (index === undefined) throw new RangeError(`got the character ${character}, expected one of the model's`);
      return index;
    });
  }

  #count(context: string, index: number): void {
    let followers = this.#followers.get(context);
    if (followers === undefined) {
      followers = { counts: new Map(), total: 0 };
      this.#followers.set(context, followers);
    }
    followers.counts.set(index, (followers.counts.get(index) ?? 0) + 1);
    followers.total++;
  }
}

/** (count + kinds * shorter) / (total + kinds), in place: `kinds` different characters followed the context. */
function mix(probabilities: Float64Array, { counts, total }: Followers): void {
  const kinds = counts.size;
  for (let i = 0; i < probabilities.length; i++) {
    probabilities[i] = ((counts.get(i) ?? 0) + kinds * (probabilities[i] as number)) / (total + kinds);
  }
}
