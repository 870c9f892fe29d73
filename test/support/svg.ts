/** Whether every tag is closed in its order; comments and the like are not expected. */
export function isWellFormed(svg: string): boolean {
  const open: string[] = [];
  for (const [, end, name, single] of svg.matchAll(/<(\/?)([a-zA-Z][\w:-]*)(?:\s+[\w:-]+="[^"<]*")*\s*(\/?)>/g)) {
    if (end === "/" && open.pop() !== name) return false;
    if (end === "" && single === "") open.push(name as string);
  }
  // What is left between the tags holds no bracket.
  return open.length === 0 && !/[<>]/.test(svg.replace(/<\/?[a-zA-Z][\w:-]*(?:\s+[\w:-]+="[^"<]*")*\s*\/?>/g, ""));
}

/** How many marks of a kind there are, group by group. */
export function marksIn(svg: string, kind: string): number[] {
  const groups = svg.match(new RegExp(`<g class="mark-${kind} role-mark.*?</g>`, "gs")) ?? [];
  return groups.map((group) => group.match(/<(path|text|line)\b/g)?.length ?? 0);
}

/** The texts, as they are read. */
export function textsIn(svg: string): string[] {
  return Array.from(svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g), ([, text]) => text as string);
}
