/** The studio served to a browser by the real core, and a server to publish to; both can be killed and come back. */
import { heard, type Running, program, run, start } from "./programs";

/** A process that prints the address it listens at. */
export interface Served {
  /** The address as it was printed; the studio's holds a one-time token. */
  readonly address: string;
  /** kill -9. */
  kill(): Promise<void>;
}

async function serve(args: string[], env: NodeJS.ProcessEnv, what: string): Promise<Served> {
  const running: Running = start(program("maquette"), args, env);
  const address = await heard(running, `the address of ${what}`, (said) => /http:\/\/127\.0\.0\.1:\d+[^\s"']*/.exec(said)?.[0]);
  return { address, kill: () => running.kill() };
}

/** Serves the studio on a workspace. */
export function serveStudio(workspace: string, env: NodeJS.ProcessEnv): Promise<Served> {
  return serve(["studio", workspace, "--listen", "127.0.0.1:0", "--no-open", "--no-input"], env, "the studio");
}

/** A server's store with its admin token. */
export interface ServerStore {
  readonly store: string;
  readonly token: string;
}

/** Makes a server's store. */
export async function initServer(store: string, env: NodeJS.ProcessEnv): Promise<ServerStore> {
  const said = await run("maquette", ["init", "--server", "--store", store, "--json"], env);
  const { data } = JSON.parse(said) as { data: { token: string } };
  return { store, token: data.token };
}

/** Runs a server on its store; a `listen` address lets it come back where it was. */
export function serveServer(store: string, env: NodeJS.ProcessEnv, listen = "127.0.0.1:0"): Promise<Served> {
  return serve(["serve", "--store", store, "--listen", listen], env, "the server");
}
