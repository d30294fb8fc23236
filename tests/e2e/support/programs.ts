/** The programs under test, a private folder for each test, and ways to run and to kill them. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");
const programs = process.env.MAQUETTE_BIN_DIR ?? join(root, "target/debug");

/** Path of one of our programs. */
export const program = (name: "maquette" | "maquette-studio" | "examples/make_sources"): string => join(programs, name);

/** A folder that is this test's own. */
export async function privateFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "maquette-e2e-"));
  folders.add(folder);
  return folder;
}

/** An environment whose every folder lies below `folder`: no program sees the person's own data or another test's. */
export async function privateEnvironment(folder: string): Promise<NodeJS.ProcessEnv> {
  const below = (name: string) => join(folder, "home", name);
  for (const name of ["data", "config", "cache", "state", "run", "tmp"]) {
    await mkdir(below(name), { recursive: true, mode: 0o700 });
  }
  return {
    ...process.env,
    HOME: join(folder, "home"),
    XDG_DATA_HOME: below("data"),
    XDG_CONFIG_HOME: below("config"),
    XDG_CACHE_HOME: below("cache"),
    XDG_STATE_HOME: below("state"),
    XDG_RUNTIME_DIR: below("run"),
    MAQUETTE_UI_DIR: join(root, "ui/dist"),
    MAQUETTE_SECRETS_FILE: join(folder, "home", "secrets.json"),
    NO_COLOR: "1",
  };
}

/** Runs a program to its end; what it printed, or an error with all of it. */
export async function run(name: Parameters<typeof program>[0], args: string[], env: NodeJS.ProcessEnv): Promise<string> {
  const { stdout } = await promisify(execFile)(program(name), args, { env, maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

/** What a test works in: folders of its own, and databases nobody here made by hand. */
export interface Bench {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** A workspace that is not there yet. */
  readonly workspace: string;
  /** A music shop: 11 tables, a junction, self references. */
  readonly musicShop: string;
  /** A trading company: text keys, composite keys, names with spaces. */
  readonly tradingCompany: string;
}

/** Sets up a bench. */
export async function bench(): Promise<Bench> {
  const folder = await privateFolder();
  const env = await privateEnvironment(folder);
  await run("examples/make_sources", [folder], env);
  const below = (name: string) => join(folder, name);
  return {
    folder,
    env,
    workspace: below("shop.maquette"),
    musicShop: below("music-shop.sqlite"),
    tradingCompany: below("trading-company.sqlite"),
  };
}

/** What this test started, and the folders it made. */
const started = new Set<Running>();
const folders = new Set<string>();

/** Ends everything a test started and removes its folders, however it went. */
export async function tidyUp(): Promise<void> {
  await Promise.all([...started].map((running) => running.kill()));
  await Promise.all([...folders].map((folder) => rm(folder, { recursive: true, force: true, maxRetries: 5 })));
  started.clear();
  folders.clear();
}

/** A program that keeps running, with what it has said so far. */
export interface Running {
  readonly process: ChildProcess;
  readonly said: () => string;
  /** kill -9: it gets no chance to tidy up. */
  kill(): Promise<void>;
}

/** Starts a program in a process group of its own. */
export function start(path: string, args: string[], env: NodeJS.ProcessEnv): Running {
  const child = spawn(path, args, { env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  let output = "";
  const ended = new Promise<void>((done) => {
    child.once("exit", () => done());
    child.once("error", (error) => {
      output += String(error);
      done();
    });
  });
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const running: Running = {
    process: child,
    said: () => output,
    kill: async () => {
      if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
        try {
          process.kill(-child.pid, "SIGKILL");
        } catch {
          // It ended by itself in this moment.
        }
      }
      await ended;
    },
  };
  started.add(running);
  return running;
}

/** Waits until `find` finds something in what the program says. */
export async function heard<T>(running: Running, what: string, find: (said: string) => T | undefined, within = 30_000): Promise<T> {
  const end = Date.now() + within;
  for (;;) {
    const found = find(running.said());
    if (found !== undefined) return found;
    if (running.process.exitCode !== null || Date.now() > end) {
      throw new Error(`waited for ${what}; the program said:\n${running.said()}`);
    }
    await new Promise((next) => setTimeout(next, 25));
  }
}
