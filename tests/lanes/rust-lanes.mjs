// Reads what `cargo test --no-run --message-format=json` built and prints the test programs, one a line:
// lane, package and target, folder to run in, program. Which package belongs to which lane is said here and nowhere else.

import { readFileSync } from "node:fs";
import { dirname } from "node:path";

/** Packages whose every test belongs to a lane; all others are `unit`. */
const LANE_OF_PACKAGE = {
  "maq-store-sqlite": "sqlite",
  "maq-keychain": "sqlite",
  "maq-store-postgres": "postgres",
  "maq-rpc": "http",
  "maq-target-http": "http",
  "maq-server": "http",
  "maq-cli": "http",
  "maq-fuzz": "fuzz",
};

/** Packages whose tests beside the source (`tests/`) run against a real store. */
const LANE_OF_INTEGRATION = { "maq-app": "sqlite", "maq-interop": "sqlite", "maq-testkit": "sqlite" };

/** Tests beside the source whose name begins so run against the Postgres of the run, in whatever package they are. */
const POSTGRES = /^postgres/;

const lines = readFileSync(process.argv[2], "utf8").split("\n");
for (const line of lines.filter((text) => text.startsWith('{"reason":"compiler-artifact"'))) {
  const artifact = JSON.parse(line);
  if (!artifact.executable || !artifact.profile.test) continue;
  const folder = dirname(artifact.manifest_path);
  const name = packageName(artifact.package_id);
  const integration = artifact.target.kind.includes("test");
  console.log([laneOf(name, artifact.target.name, integration), `${name} ${artifact.target.name}`, folder, artifact.executable].join("\t"));
}

function laneOf(name, target, integration) {
  if (integration && POSTGRES.test(target)) return "postgres";
  return LANE_OF_PACKAGE[name] ?? (integration ? LANE_OF_INTEGRATION[name] : undefined) ?? "unit";
}

/** `path+file:///…/maq-doc#0.1.0`, or `…/folder#name@0.1.0` where the folder has another name. */
function packageName(id) {
  const [place, tail] = id.split("#");
  return tail.includes("@") ? tail.split("@")[0] : place.split("/").at(-1);
}
