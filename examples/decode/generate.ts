import { Sampler, type SamplerOptions } from "softmax-simd/sampling";
import type { CharacterModel } from "./model.js";

/** What a text is continued with: so many characters, each drawn from the model's distribution as the options change it. */
export function generate(model: CharacterModel, prompt: string, length: number, options: SamplerOptions = {}): string {
  const sampler = new Sampler(model.characters.length, { ...options, history: model.encode(prompt) });
  try {
    let text = prompt;
    for (let i = 0; i < length; i++) {
      const token = sampler.next(model.logits(text));
      // What the penalties go by; without one it could be left out.
      sampler.accept(token);
      text += model.characters[token] as string;
    }
    return text.slice(prompt.length);
  } finally {
    sampler.free();
  }
}
