// What CHANGELOG.md says of a release.

/**
 * The notes of the release that a tag names, which has to be "v" and the version: a section of the changelog, headed
 * "## VERSION (YYYY-MM-DD)", each entry on one line, as GitHub breaks a release's lines where the text does.
 */
export function releaseNotes(tag: string, version: string, changelog: string): string {
  if (tag !== `v${version}`) throw new Error(`the tag is "${tag}", expected "v${version}": package.json's version`);
  const [, ...sections] = changelog.replaceAll("\r\n", "\n").split(/^## /m);
  const section = sections.find((text) => text.split(/\s/, 1)[0] === version);
  if (section === undefined) throw new Error(`CHANGELOG.md has no section headed "## ${version} (YYYY-MM-DD)"`);
  const [heading = "", ...lines] = section.split("\n");
  const [, date] = /^\S+ \((\d{4}-\d\d-\d\d)\)$/.exec(heading) ?? [];
  if (date === undefined) {
    throw new Error(`CHANGELOG.md has a section headed "## ${heading}", expected "## ${version} (YYYY-MM-DD)"`);
  }
  const notes = lines.join("\n").trim();
  if (notes === "") throw new Error(`CHANGELOG.md says nothing of ${version}`);
  return notes.replace(/\n +(?=[^\s-])/g, " ");
}
