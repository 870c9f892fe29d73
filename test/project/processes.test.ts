// Other programs end with all that they have started. Each of these connects here, and the connection ends with it.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runToEnd, startGroup } from "../support/processes.js";

let server: Server;
let sockets: Socket[];
beforeAll(async () => {
  sockets = [];
  server = createServer((socket) => sockets.push(socket.on("error", () => {})));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => void server.close());

/** A program that connects, says so and hangs. */
function hanging(): string {
  const { port } = server.address() as AddressInfo;
  return `require("node:net").connect(${port}, "127.0.0.1", () => console.log("connected"))`;
}

/** A program that starts a hanging one and, once that is connected, does this. */
function parent(then: string): string {
  const child = `require("node:child_process").spawn(process.execPath, ["--eval", ${JSON.stringify(hanging())}])`;
  return `${child}.stdout.once("data", () => { console.log("ready"); ${then} });`;
}

function node(program: string): { command: string; args: string[]; cwd: string } {
  return { command: process.execPath, args: ["--eval", program], cwd: "." };
}

/** Waits until whatever connected is gone. */
async function gone(): Promise<void> {
  if (sockets.length === 0) await once(server, "connection");
  const open = sockets.splice(0);
  expect(open).toHaveLength(1);
  await Promise.all(open.map((socket) => socket.resume().closed || once(socket, "close")));
}

describe("a program's group", () => {
  it("ends with what the program has started", async () => {
    const group = startGroup(node(parent("")));
    await once(group.child.stdout!, "data");
    group.end();
    await gone();
    group.end();
  });

  it("ends when the program has ended by itself and left something behind", async () => {
    expect(await runToEnd(node(parent("process.exitCode = 0; process.exit();")), 60_000)).toBe("ready\n");
    await gone();
  });

  it("ends when the program fails, and the error tells what it said, without long lines", async () => {
    const program = parent(`console.error("x".repeat(2000) + "\\n" + "no luck"); process.exit(3);`);
    const failure = await runToEnd(node(program), 60_000).catch((error: Error) => error.message);
    expect(failure).toBe(`${process.execPath} ended with 3\nno luck`);
    await gone();
  });

  it("ends at the time limit", async () => {
    await expect(runToEnd(node("setInterval(() => {}, 1000)"), 200)).rejects.toThrow("took more than 0.2 s");
  });

  it("does not begin where there is no such program", async () => {
    await expect(runToEnd({ command: "no-such-program", args: [], cwd: "." }, 60_000)).rejects.toThrow("ENOENT");
  });

  it.skipIf(process.platform === "win32").each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "ends with the program that started it on %s (on Windows there are no signals)",
    async (signal) => {
      const source = `
        import { startGroup } from ${JSON.stringify(new URL("../support/processes.ts", import.meta.url).href)};
        const { child } = startGroup(${JSON.stringify(node(parent("")))});
        child.stdout.pipe(process.stdout);`;
      const args = ["--import", "tsx", "--input-type=module", "--eval", source];
      const runner = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
      await once(runner.stdout, "data");
      runner.kill(signal);
      const [code] = await once(runner, "exit");
      expect(code).toBeGreaterThan(128);
      await gone();
    },
  );
});
