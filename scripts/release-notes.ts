// Prints the notes of the release that a tag names: `npx tsx scripts/release-notes.ts v1.2.3`, in the project's
// directory. Exits with 1 where the tag is not package.json's version, or the changelog has no such release.

import { readFileSync } from "node:fs";
import { releaseNotes } from "./changelog.js";

const [tag = ""] = process.argv.slice(2);
try {
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  console.log(releaseNotes(tag, version, readFileSync("CHANGELOG.md", "utf8")));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
