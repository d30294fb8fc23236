/** A database of a test's own in the cluster of the run, and a line to it that can be slow or stand still. */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { promisify } from "node:util";

/** The cluster that `./dev` started, as its superuser. */
function cluster(): URL {
  const address = process.env.MAQUETTE_TEST_POSTGRES;
  if (!address) throw new Error("MAQUETTE_TEST_POSTGRES is not set: run the tests with ./dev e2e");
  return new URL(address);
}

/** Makes a role and a database that it owns; the address of a workspace in it. */
export async function postgresWorkspace(): Promise<string> {
  const name = `e2e_${randomBytes(6).toString("hex")}`;
  const psql = promisify(execFile);
  for (const sql of [`CREATE ROLE ${name} LOGIN`, `CREATE DATABASE ${name} OWNER ${name}`]) {
    await psql("psql", [cluster().href, "--no-psqlrc", "--quiet", "-v", "ON_ERROR_STOP=1", "-c", sql]);
  }
  const address = cluster();
  address.username = name;
  address.password = "";
  address.pathname = `/${name}`;
  address.search = "?workspace=shared";
  return address.href;
}

/** A way to the database of `address`. */
export interface Line {
  readonly address: string;
  /** Every piece is held back for so many milliseconds from now on. */
  slow(milliseconds: number): void;
  /** Nothing passes any more, and nothing is lost. */
  stop(): void;
  /** What waited passes, and everything after it. */
  go(): void;
  close(): void;
}

/** A proxy that can hold every piece back for some milliseconds, each way. */
export async function slowLine(address: string): Promise<Line> {
  let delay = 0;
  const target = new URL(address);
  const [host, port] = [target.hostname, Number(target.port || 5432)];
  const sockets = new Set<Socket>();
  let waiting: (() => void)[] | undefined;
  const pass = (from: Socket, to: Socket) => {
    from.on("data", (piece: Buffer) => {
      const send = () => setTimeout(() => to.writable && to.write(piece), delay);
      if (waiting) waiting.push(send);
      else send();
    });
    from.on("close", () => setTimeout(() => to.destroy(), delay));
    from.on("error", () => to.destroy());
    sockets.add(from);
  };
  const server = createServer((near) => {
    const far = connect(port, host);
    near.setNoDelay(true);
    far.setNoDelay(true);
    pass(near, far);
    pass(far, near);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  target.hostname = "127.0.0.1";
  target.port = String((server.address() as AddressInfo).port);
  return {
    address: target.href,
    slow: (milliseconds) => (delay = milliseconds),
    stop: () => (waiting ??= []),
    go: () => {
      const held = waiting ?? [];
      waiting = undefined;
      for (const send of held) send();
    },
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
