// Every code example in the README, in docs/ and in the docstrings runs, and gives what the comment behind it says. That
// docstrings have one is for docs.test.ts to see.

import { readdirSync, readFileSync } from "node:fs";
import { transformSync } from "esbuild";
import { createPool } from "softmax-simd/parallel";
import { afterAll, describe, expect, it } from "vitest";
import { ENTRIES, exportsOf } from "../support/entries.js";

/** What the examples take as given. */
const CONTEXT = {
  pool: createPool({ threads: 2 }),
  values: Float32Array.from({ length: 256 * 1000 }, (_, i) => i % 7),
  scores: new Float32Array(2 * 3 * 3),
  causal: [true, false, false, true, true, false, true, true, true],
  logits: new Float32Array(256 * 1000),
  dy: new Float32Array(256 * 1000),
  heads: 2,
  queries: 3,
  keys: 3,
  session: { run: async () => ({ logits: { data: Float32Array.of(1, 2, 3, 4), dims: [2, 2], type: "float32" } }) },
  feeds: {},
  fetch: async () => new Response(readFileSync("build/simd.wasm"), { headers: { "content-type": "application/wasm" } }),
};

/** What examples have from the entries; of these, two have functions of the same names as the main one. */
const LIBRARY = await exportsOf(ENTRIES.filter((entry) => !/\/(slim|reference)$/.test(entry)));
const REFERENCE = await exportsOf(["softmax-simd/reference"]);

const sources = readdirSync("src", { recursive: true, encoding: "utf8" })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => file.endsWith(".ts") && !file.startsWith("generated/"));
const docstrings = sources.flatMap((file) => examplesIn(readFileSync(`src/${file}`, "utf8")).map(titledBy(file)));
/** The module's own, which knows nothing of this package, runs in abi-docs.test.ts. */
const guides = readdirSync("docs").filter((file) => file.endsWith(".md") && file !== "abi.md");
const pages = ["README.md", ...guides.map((file) => `docs/${file}`)].flatMap((page) => {
  const blocks = readFileSync(page, "utf8").matchAll(/^```js\n([\s\S]*?)^```$/gm);
  return [...blocks].map(([, code]) => code as string).map(titledBy(page));
});

function examplesIn(source: string): string[] {
  const comments = source.match(/\/\*\*[\s\S]*?\*\//g) ?? [];
  return comments.flatMap((comment) => {
    const text = comment.replace(/^ *(\/\*\*|\*\/|\* ?)/gm, "");
    const [, ...examples] = text.split(/^@example\n/m);
    return examples.map((example) => example.replace(/^@[\s\S]*/m, ""));
  });
}

/** An example with its file and its last line but brackets, to be told by them. */
function titledBy(file: string): (example: string) => [file: string, title: string, example: string] {
  return (example) => [file, example.match(/^\s*\w.*$/gm)?.at(-1) ?? "", example];
}

/** A value in a comment: a number, or numbers and text in brackets, after the name of a typed array; or its length. */
const RESULT = /^(.+); \/\/ ((?:\w+Array )?(?:[[{].*[\]}]|-?\d[\d.…e-]*)|\w+Array\(\d+\))$/gm;

/** Runs an example, and returns how many results it states. */
async function run(example: string, entries = LIBRARY): Promise<number> {
  let results = 0;
  const check = (got: unknown, text: string): void => {
    results++;
    compare(got, text);
  };
  const code = example
    .replace(/^import .*$/gm, "")
    .replace(/^export default /gm, "void ")
    .replace(RESULT, (_, expression, text) => `check(${expression}, ${JSON.stringify(text)});`);
  // What Node 20 cannot read yet, such as `using`, is put in older words.
  const { code: plain } = transformSync(`const main = async () => {${code}};`, { target: "es2022", loader: "ts" });
  const names = { ...entries, ...CONTEXT, check };
  await new Function(...Object.keys(names), `${plain} return main();`)(...Object.values(names));
  return results;
}

/** Kinds and arrangement as stated, and numbers as near as they may be: within the last digit where "…" leaves some out. */
function compare(got: unknown, text: string): void {
  const [, type, stated = text] = /^(\w+Array)(.*)$/.exec(text) ?? [];
  if (type !== undefined) expect((got as object).constructor.name).toBe(type);
  if (/^\(\d+\)$/.test(stated)) {
    expect(got).toHaveLength(Number(stated.slice(1, -1)));
    return;
  }
  const plain = JSON.stringify(type === undefined ? got : Array.from(got as ArrayLike<number>));
  const expected = JSON.stringify(new Function(`return (${stated.replaceAll("…", "")})`)());
  expect(arrangement(plain)).toBe(arrangement(expected));
  const open = /\.(\d+)…/.exec(stated)?.[1];
  const relative = type === "Float32Array" ? 6e-7 : 1e-14;
  const numbers = numbersIn(plain);
  numbersIn(expected).forEach((value, i) => {
    const most = open === undefined ? relative * Math.abs(value) : 10 ** -open.length;
    expect(Math.abs((numbers[i] as number) - value)).toBeLessThanOrEqual(most);
  });
}

/** Words, such as a backend's reason, depend on the engine. */
function withoutWords(json: string): string {
  return json.replace(/:"[^"]*"/g, ':""');
}

const NUMBER = /-?\d+(?:\.\d+)?(?:e[-+]?\d+)?/g;

function numbersIn(json: string): number[] {
  return (withoutWords(json).match(NUMBER) ?? []).map(Number);
}

function arrangement(json: string): string {
  return withoutWords(json).replace(NUMBER, "0");
}

afterAll(() => CONTEXT.pool.close());

describe("examples", () => {
  it.each(docstrings)("in docstrings: %s: %s", async (file, _, example) => {
    const entries = file === "reference.ts" ? REFERENCE : LIBRARY;
    expect(await run(example, entries)).toBe(example.match(RESULT)?.length ?? 0);
  });

  it.each(pages)("in %s: %s", async (_, __, example) => {
    expect(await run(example)).toBe(example.match(RESULT)?.length ?? 0);
  });

  it("are those of every entry", () => {
    const all = docstrings.map(([, , example]) => example).join("\n");
    for (const name of Object.keys(LIBRARY)) expect(all).toContain(`${name}(`);
  });
});
