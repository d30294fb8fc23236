// Counts the tests of one lane from its log (Rust) or its JSON report (Playwright, vitest) and prints, separated by
// tabs: passed, failed, skipped, verdict. A lane that ran nothing, skipped something, or ended badly is red.

import { existsSync, readFileSync } from "node:fs";

const [lane, logFile, reportFile, status] = process.argv.slice(2);
const log = readFileSync(logFile, "utf8");
const report = existsSync(reportFile) ? JSON.parse(readFileSync(reportFile, "utf8")) : undefined;

const counted = { browser: countPlaywright, window: countPlaywright, ui: countUi }[lane] ?? countRust;
const counts = counted();
const verdict = judge(counts);
// A red lane always shows in the last line, whatever made it red.
if (verdict !== "ok" && counts.failed === 0) counts.failed = Math.max(1, counts.skipped);
console.log([counts.passed, counts.failed, counts.skipped, verdict].join("\t"));

function judge({ passed, failed, skipped }) {
  if (failed > 0) return "failed";
  if (status !== "0") return `ended with ${status}`;
  if (skipped > 0) return "skipped tests";
  return passed === 0 ? "ran no test" : "ok";
}

function countRust() {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const line of log.matchAll(/^test result: \S+ (\d+) passed; (\d+) failed; (\d+) ignored/gm)) {
    counts.passed += Number(line[1]);
    counts.failed += Number(line[2]);
    counts.skipped += Number(line[3]);
  }
  return counts;
}

function countPlaywright() {
  const { expected = 0, unexpected = 0, flaky = 0, skipped = 0 } = report?.stats ?? {};
  return { passed: expected, failed: unexpected + flaky, skipped };
}

function countUi() {
  const { numPassedTests = 0, numFailedTests = 0, numPendingTests = 0, numTodoTests = 0 } = report ?? {};
  const checks = [...log.matchAll(/^check \S+ (passed|failed)$/gm)].map((match) => match[1]);
  const suites = (report?.testResults ?? []).filter((suite) => suite.status === "failed" && suite.assertionResults.length === 0);
  return {
    passed: numPassedTests + checks.filter((outcome) => outcome === "passed").length,
    failed: numFailedTests + suites.length + checks.filter((outcome) => outcome === "failed").length,
    skipped: numPendingTests + numTodoTests,
  };
}
