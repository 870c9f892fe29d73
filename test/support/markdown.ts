// Markdown files as GitHub reads them: their headings' anchors, and their links to what is not there.

import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The text outside blocks of code, and outside code in a line. */
function proseOf(markdown: string): string {
  return markdown.replace(/^```[\s\S]*?^```$/gm, "").replace(/`[^`\n]*`/g, (code) => code.replace(/[[\]()]/g, ""));
}

/** Where links can go in a file: #anchors, the second of one name with -1. */
export function anchorsOf(markdown: string): string[] {
  const seen = new Map<string, number>();
  return [...proseOf(markdown).matchAll(/^#+ +(.+)$/gm)].map(([, heading]) => {
    const text = (heading as string).replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
    const anchor = text.replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "").replaceAll(" ", "-");
    const times = seen.get(anchor) ?? 0;
    seen.set(anchor, times + 1);
    return times === 0 ? anchor : `${anchor}-${times}`;
  });
}

/** The targets of links and images that stay within the project. */
export function linksOf(markdown: string): string[] {
  const targets = [...proseOf(markdown).matchAll(/\]\(<?([^)\s>]+)/g)].map(([, target]) => target as string);
  return targets.filter((target) => !/^[a-z][a-z\d+.-]*:/i.test(target));
}

/** Those of a file's links that lead nowhere. */
export function brokenLinks(file: string, markdown: string = readFileSync(file, "utf8")): string[] {
  return linksOf(markdown).filter((target) => {
    const [path, anchor] = target.split("#") as [string, string?];
    const to = join(dirname(file), decodeURI(path));
    if (path !== "" && !existsSync(to)) return true;
    if (anchor === undefined) return false;
    const anchors = anchorsOf(path === "" ? markdown : readFileSync(to, "utf8"));
    return !anchors.includes(decodeURI(anchor));
  });
}
