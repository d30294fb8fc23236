/**
 * How long the desktop studio takes from the start of its process to a usable window, and what it holds in memory then.
 * Not a test of a lane: `./dev bench studio` runs it and adds its figures to `target/bench/summary.json`.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { Desktop } from "../support/desktop";
import { bench, run } from "../support/programs";
import { expect, test } from "../support/test";

const ROUNDS = 5;

interface Row {
  id: string;
  unit: string;
  better: "lower" | "higher";
  ours: number;
  floor: number | null;
  peers: Record<string, number>;
}

interface Process {
  pid: number;
  parent: number;
  startedTicks: number;
  commandLine: string;
}

function processes(): Process[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      // The second field is the program's name in brackets, which may hold blanks.
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      const commandLine = readFileSync(`/proc/${name}/cmdline`, "utf8");
      return [{ pid: Number(name), parent: Number(fields[1]), startedTicks: Number(fields[19]), commandLine }];
    } catch {
      // It ended while we looked.
      return [];
    }
  });
}

/** The studio on this workspace, and everything it started. */
function family(workspace: string): Process[] {
  const all = processes();
  const studio = all.find((one) => one.commandLine.includes("maquette-studio") && one.commandLine.includes(workspace));
  if (studio === undefined) throw new Error("the studio's process is not there");
  const members = [studio];
  for (const member of members) members.push(...all.filter((one) => one.parent === member.pid));
  return members;
}

function megabytes(members: Process[]): number {
  const kilobytes = members.map(({ pid }) => {
    const share = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"));
    return share === null ? 0 : Number(share[1]);
  });
  return kilobytes.reduce((sum, value) => sum + value, 0) / 1024;
}

/** Milliseconds since the process started, to a hundredth of a second. */
function age({ startedTicks }: Process): number {
  const ticksPerSecond = Number(execFileSync("getconf", ["CLK_TCK"]).toString());
  const uptime = Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]);
  return (uptime - startedTicks / ticksPerSecond) * 1000;
}

const median = (values: number[]): number => [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0;

test("the studio's start and its memory", async () => {
  const times: number[] = [];
  const memory: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const place = await bench();
    await run("maquette", ["import", place.musicShop, "--into", place.workspace, "--with-data"], place.env);
    const studio = await Desktop.open(place);
    await expect.poll(() => studio.cards().then((cards) => cards.length), { intervals: [20] }).toBeGreaterThan(5);
    const members = family(place.workspace);
    const [first] = members;
    // The first round warms the disk's cache.
    if (first !== undefined && round > 0) {
      times.push(age(first));
      memory.push(megabytes(members));
    }
    await studio.close();
  }
  const rows: Row[] = [
    { id: "studio/usable-window", unit: "ms", better: "lower", ours: Math.round(median(times)), floor: null, peers: {} },
    { id: "studio/memory", unit: "MiB", better: "lower", ours: Math.round(median(memory)), floor: null, peers: {} },
  ];
  for (const row of rows) console.log(`  ${row.id.padEnd(34)} ${row.ours} ${row.unit}`);
  const summary = process.env.BENCH_SUMMARY;
  if (summary === undefined) return;
  const others = existsSync(summary) ? (JSON.parse(readFileSync(summary, "utf8")) as Row[]) : [];
  mkdirSync(dirname(summary), { recursive: true });
  const kept = others.filter((other) => !rows.some((row) => row.id === other.id));
  writeFileSync(summary, `${JSON.stringify([...kept, ...rows], null, 2)}\n`);
});
