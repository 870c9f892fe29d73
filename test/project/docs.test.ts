// The documentation: TypeDoc makes it of the docstrings without a warning, every export says what it has to, and links in
// the Markdown files lead somewhere.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Comment,
  type DeclarationReflection,
  Logger,
  LogLevel,
  type ProjectReflection,
  ReflectionKind,
} from "typedoc";
import { beforeAll, describe, expect, it } from "vitest";
import { convert, typedoc } from "../../scripts/docs.js";
import { ENTRIES, exportsOf } from "../support/entries.js";
import { anchorsOf, brokenLinks, linksOf } from "../support/markdown.js";

/** What has no accuracy, and what throws nothing. */
const COMPUTE_NOTHING = ["allocate", "backend", "createPool", "createSoftmax", "ready", "verify"];
const THROW_NOTHING = ["backend", "ready"];

const warnings: string[] = [];
let project: ProjectReflection;
let pages: string[];

class Noting extends Logger {
  override log(message: string, level: LogLevel): void {
    if (level >= LogLevel.Warn) warnings.push(message);
  }
}

beforeAll(async () => {
  const site = mkdtempSync(join(tmpdir(), "site-"));
  try {
    const app = await typedoc();
    app.logger = new Noting();
    project = await convert(app);
    await app.generateDocs(project, site);
    pages = readdirSync(site, { recursive: true, encoding: "utf8" }).map((page) => page.replaceAll("\\", "/"));
  } finally {
    rmSync(site, { recursive: true, force: true });
  }
}, 120_000);

/** A docstring: of a function of several signatures, all have one. */
function commentOf(symbol: DeclarationReflection): Comment | undefined {
  return symbol.comment ?? symbol.signatures?.[0]?.comment;
}

function textOf(parts: Comment["summary"] = []): string {
  return parts.map(({ text, kind }) => (kind === "inline-tag" ? `{@link ${text}}` : text)).join("");
}

/** What is missing in the docstring of an exported function or class. */
function missingIn(symbol: DeclarationReflection): string[] {
  const comment = commentOf(symbol);
  const text = textOf(comment?.summary);
  const errors = comment?.getTag("@throws") !== undefined || /\berrors\b[^.]*\{@link /i.test(text);
  const found = {
    example: comment?.getTag("@example") !== undefined,
    accuracy: /\bAccuracy: |\baccuracy\b[^.]*\{@link /i.test(text) || COMPUTE_NOTHING.includes(symbol.name),
    errors: errors || THROW_NOTHING.includes(symbol.name),
  };
  return Object.entries(found).flatMap(([part, is]) => (is ? [] : [`${symbol.name}: ${part}`]));
}

describe("TypeDoc", () => {
  it("has no warning", () => {
    expect(warnings).toEqual([]);
  });

  it("makes a page of the README, and of each entry and guide", () => {
    const guides = readdirSync("docs").filter((file) => file.endsWith(".md"));
    expect(pages).toContain("index.html");
    expect(ENTRIES).toContain("softmax-simd/learn");
    expect(project.children?.map(({ name }) => name)).toEqual(expect.arrayContaining([...ENTRIES]));
    const titles = project.documents?.map(({ name }) => name);
    for (const guide of guides) {
      expect(titles).toContain(/^# (.+)$/m.exec(readFileSync(`docs/${guide}`, "utf8"))?.[1]);
    }
  });
});

describe.each(ENTRIES)("%s", (entry) => {
  const symbols = (kinds = ReflectionKind.Function | ReflectionKind.Class): DeclarationReflection[] =>
    project.children?.find(({ name }) => name === entry)?.getChildrenByKind(kinds) ?? [];

  it("has all that it exports documented as functions and classes", async () => {
    const names = Object.keys(await exportsOf([entry]));
    expect(names).not.toEqual([]);
    // What several entries export is documented in one, to which the others refer.
    const found = [...symbols(), ...symbols(ReflectionKind.Reference)];
    expect(found.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
  });

  it("has an example, accuracy and errors in the docstring of each", () => {
    expect(symbols().flatMap(missingIn)).toEqual([]);
  });
});

describe("links", () => {
  const examples = readdirSync("examples").map((name) => `examples/${name}/README.md`);
  const files = [
    ...["README.md", "CHANGELOG.md", "CONTRIBUTING.md"],
    ...readdirSync("docs").map((file) => `docs/${file}`),
    ...examples,
  ].filter((file) => file.endsWith(".md") && existsSync(file));

  it.each(files)("of %s lead somewhere", (file) => {
    expect(brokenLinks(file)).toEqual([]);
  });

  it("are found, and those that lead nowhere told", () => {
    expect(linksOf(readFileSync("README.md", "utf8")).length).toBeGreaterThan(10);
    const text =
      "# A `b`: c\n[1](#a-b-c) [2](#a-b) [3](docs) [4](dogs) `x[5](y)`\n```\n[6](z)\n```\n![7](README.md#none)\n";
    expect(anchorsOf(`${text}## A b c\n`)).toEqual(["a-b-c", "a-b-c-1"]);
    expect(brokenLinks("A.md", text)).toEqual(["#a-b", "dogs", "README.md#none"]);
  });
});
