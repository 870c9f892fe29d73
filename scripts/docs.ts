// The documentation in site/: what typedoc.json says, from the docstrings and the Markdown files.

import { pathToFileURL } from "node:url";
import {
  Application,
  Converter,
  type DocumentReflection,
  type ProjectReflection,
  type TypeParameterReflection,
} from "typedoc";

/** TypeDoc as typedoc.json sets it up. */
export async function typedoc(): Promise<Application> {
  const app = await Application.bootstrap({});
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, entitle);
  app.converter.on(Converter.EVENT_CREATE_TYPE_PARAMETER, shorten);
  return app;
}

/** What is documented; TypeDoc's warnings about it are in `app.logger`. */
export async function convert(app: Application): Promise<ProjectReflection> {
  const project = await app.convert();
  if (project === undefined) throw new Error("TypeDoc has found nothing to document");
  app.validate(project);
  return project;
}

/** Names a page after its first heading, in place of its file, and puts it under Guides or Examples. */
function entitle(_: unknown, page: DocumentReflection): void {
  const text = page.content.map((part) => part.text).join("");
  page.frontmatter["group"] = page.name.startsWith("examples/") ? "Examples" : "Guides";
  page.name = /^# (.+)$/m.exec(text)?.[1] ?? page.name;
}

/** Leaves out what `out` may be: the kinds that TypeScript lists, nested arrays of every depth among them, fill a page. */
function shorten(_: unknown, parameter: TypeParameterReflection): void {
  if (parameter.name === "Out") delete parameter.type;
}

async function main(): Promise<void> {
  const app = await typedoc();
  await app.generateOutputs(await convert(app));
  if (app.logger.hasErrors() || app.logger.hasWarnings()) process.exitCode = 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main();
