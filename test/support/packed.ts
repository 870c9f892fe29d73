// The package as users get it: packed from dist/ as that stands, and installed by npm into an empty project.

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root: string = fileURLToPath(new URL("../..", import.meta.url));

/** An empty project with the packed package in its node_modules. */
export interface PackedProject {
  readonly directory: string;
  /** Where the package stands: node_modules/softmax-simd. */
  readonly packageDirectory: string;
  /** The packed files, sorted. */
  readonly files: readonly string[];
  /** Runs a module program in the project and returns what it prints. */
  run(program: string, nodeFlags?: readonly string[]): string;
  remove(): void;
}

/** Packs and installs; needs no network, since the package has no dependencies. Remove the project after use. */
export function installPacked(): PackedProject {
  const directory = mkdtempSync(join(tmpdir(), "softmax-simd-packed-"));
  const remove = (): void => rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  try {
    const { filename, files } = pack(directory);
    writeFileSync(join(directory, "package.json"), JSON.stringify({ name: "consumer", private: true, type: "module" }));
    npm(["install", "--offline", "--no-audit", "--no-fund", `./${filename}`], directory);
    return {
      directory,
      packageDirectory: join(directory, "node_modules/softmax-simd"),
      files: files.map(({ path }) => path).sort(),
      run: (program, nodeFlags = []) => node([...nodeFlags, "--input-type=module", "--eval", program], directory),
      remove,
    };
  } catch (error) {
    remove();
    throw error;
  }
}

export interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** Puts the tarball into a directory. Without scripts: `prepack` would build again, under whatever else reads dist/. */
export function pack(destination: string): Packed {
  if (!existsSync(join(root, "dist/index.js"))) throw new Error("no dist/ to pack: run `npm run build` first");
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", destination];
  return Object.values(JSON.parse(npm(args, root)))[0] as Packed;
}

/** npm as it runs this process, where it does: on Windows that is no program that can be started without a shell. */
export function npm(args: readonly string[], cwd: string): string {
  const cli = process.env["npm_execpath"];
  if (cli?.endsWith("npm-cli.js")) return node([cli, ...args], cwd);
  return execFileSync("npm", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** Runs node; an error tells what it said, but for lines of a minified bundle. */
function node(args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: "utf8", maxBuffer: 2 ** 26 });
  if (status === 0) return stdout;
  const said = stderr.split("\n").filter((line) => line.length < 1000);
  throw new Error(`node exited with ${status}:\n${said.join("\n")}`);
}

/** The manifest that users get. */
export function readManifest({ packageDirectory }: PackedProject): Record<string, unknown> {
  return JSON.parse(readFileSync(join(packageDirectory, "package.json"), "utf8"));
}
