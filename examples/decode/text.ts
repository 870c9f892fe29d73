import { readFileSync } from "node:fs";

export interface Corpus {
  training: string;
  /** What the model has not seen: the last chapter. */
  heldOut: string;
  /** Each character that occurs, in order of its code. */
  characters: string[];
}

/** The first six chapters of Moby-Dick, paragraphs a line each. */
export function loadCorpus(): Corpus {
  const text = readFileSync(new URL("moby-dick.txt", import.meta.url), "utf8").replace(/\n+/g, "\n");
  const last = text.lastIndexOf("CHAPTER");
  return { training: text.slice(0, last), heldOut: text.slice(last), characters: [...new Set(text)].sort() };
}
