/** Canned answers of the fake core: import, publishing, records, audit. */
import type { Document } from "@/contract/Document";
import type { FieldDoc } from "@/contract/FieldDoc";
import type { ImportReport } from "@/contract/ImportReport";
import type { Plan } from "@/contract/Plan";
import type { TargetStatus } from "@/contract/TargetStatus";
import type { Commands } from "@/contract/commands";
import { CallFailed } from "../index";
import { accessAnswers } from "./access";
import { type Emit, refusal } from "./core";
import { shopWorkspace } from "./samples";

export type Answers = {
  [K in keyof Commands]?: (request: Commands[K]["request"], job?: string) => Commands[K]["response"] | Promise<Commands[K]["response"]>;
};
type EntityDocument = Extract<Document, { kind: "entity" }>;

interface World {
  entities(): EntityDocument[];
  emit: Emit;
  cancelled: Set<string>;
  fresh: boolean;
  importShop(): void;
}

const digest = (start: string) => start.padEnd(64, "4c1d9e02b7");
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function sampleValue(field: FieldDoc, row: number): unknown {
  switch (field.type) {
    case "integer": return (row * 7919) % 400_000;
    case "decimal": return (((row * 37) % 900) / 10 + 0.99).toFixed(2);
    case "boolean": return row % 3 === 0;
    case "date": return `2026-0${(row % 9) + 1}-1${row % 9}`;
    case "datetime": return `2026-0${(row % 9) + 1}-1${row % 9}T09:30:00Z`;
    case "enum": return field.enumValues?.[row % (field.enumValues.length || 1)];
    case "reference": return (row % 12) + 1;
    default: return row % 7 === 3 ? null : `${field.name} ${row}`;
  }
}

export function cannedAnswers(world: World): Answers {
  const record = (entity: EntityDocument, row: number): Record<string, unknown> => ({
    id: row, rowVersion: 1, ...Object.fromEntries(entity.fields.map((field) => [field.name, sampleValue(field, row)])),
  });
  const named = (name: string) => {
    const found = world.entities().find((entity) => entity.name === name);
    if (!found) throw refusal("entity/not-found", "There is no such entity");
    return found;
  };
  const progress = async (job: string | undefined, steps: [string, number][]) => {
    for (const [step, total] of steps)
      for (let done = 0; done <= total; done += Math.ceil(total / 8)) {
        if (job && world.cancelled.has(job)) throw refusal("job/cancelled", "The work was cancelled; nothing was changed");
        if (job) world.emit({ changed: [], progress: { job, step, done, total } });
        await pause(120);
      }
  };
  const report = (): ImportReport => {
    const tables = shopWorkspace().filter((document): document is EntityDocument => document.kind === "entity");
    const objects = tables.flatMap((entity) => [
      { kind: "table", table: entity.name, name: entity.name, outcome: "imported" },
      ...entity.fields.map((field) => ({
        kind: "column", table: entity.name, name: field.name, outcome: field.type === "reference" ? "changed" : "imported",
        note: field.type === "reference" ? "became a reference" : null,
      })),
    ]);
    objects.push({ kind: "trigger", table: "Invoice", name: "trg_total", outcome: "refused", note: "triggers are not imported" });
    return {
      source: "/data/shop.sqlite", objects, counted: objects.length,
      imported: objects.filter((object) => object.outcome === "imported").length,
      changed: objects.filter((object) => object.outcome === "changed").length, refused: 1, rows: 0,
      tables: tables.map((entity, at) => ({
        name: entity.name, entity: entity.name, fields: entity.fields.length, rows: (at * 977) % 3600,
        references: entity.fields.filter((field) => field.type === "reference").length, findings: at === 9 ? 1 : 0,
      })),
      findings: [{
        code: "import/trigger-left-out", severity: "warning", params: { table: "Invoice", trigger: "trg_total" },
        message: "trigger `trg_total` of table `Invoice` was left out", place: { document: "shop.sqlite", path: ["Invoice"] },
        help: "rules and workflows take the place of triggers",
      }],
    };
  };
  const status = (target: string): TargetStatus => target === "local"
    ? {
        target, ok: true, state: digest("77aa"), release: world.fresh ? null : digest("9f2c6ad0"),
        deployments: world.fresh ? [] : [
          { id: "dep_2", release: digest("9f2c6ad0"), releaseNumber: 2, direction: "apply", at: "2026-11-20T14:11:00Z", by: "ann" },
          { id: "dep_1", release: digest("11bb40de"), releaseNumber: 1, direction: "apply", at: "2026-11-18T08:02:00Z", by: "ann" },
        ],
        entities: world.fresh ? [] : world.entities().map((entity) => ({ name: entity.name, version: "v1" })),
      }
    : { target, ok: false, problem: "nobody answers at this address", state: "", deployments: [], entities: [] };
  const plan = (target: string): Plan => ({
    digest: digest("ab12"), target, release: digest("c0ffee"), releaseNumber: 3, state: digest("77aa"), empty: false,
    changes: [
      { kind: "addField", entity: "Customer", member: "loyaltyPoints", summary: "adds the optional field `loyaltyPoints`", supported: true },
      { kind: "addIndex", entity: "Invoice", member: "byCustomer", summary: "adds an index over `customer`", supported: true },
      { kind: "createEntity", entity: "Voucher", summary: "creates the table `voucher`", supported: true },
      { kind: "narrowField", entity: "Track", member: "name", summary: "makes `name` shorter, from 200 to 80", supported: false },
    ],
    ddl: ["CREATE TABLE \"voucher\" (\n  \"id\" TEXT NOT NULL,\n  \"tenant_id\" TEXT NOT NULL\n) STRICT", "ALTER TABLE \"customer\" ADD COLUMN \"loyalty_points\" INTEGER"],
    findings: [{
      code: "publish/change-needs-evolution", severity: "error", params: {}, place: { document: "ent_track", path: ["fields", "fld_track_name"] },
      message: "making `Track.name` shorter may cut values that are stored", help: "keep the old length, or add a new field",
    }],
  });

  return {
    ...accessAnswers(world.fresh),
    "findings.explain_code": ({ code }) => ({ code, markdown: `# ${code}\n\nWhat it means, in a sentence or two.\n\n## What to do\n\n- Change the place that is shown.\n- Use the **fix** where there is one.\n\n\`\`\`json\n{ "name": "Invoice" }\n\`\`\`\n` }),
    "import.preview": async ({ source }) => {
      await pause(300);
      if (!source.endsWith(".sqlite")) throw new CallFailed({ code: "import/not-a-database", title: "This file is no SQLite database", params: {}, help: "choose a file that SQLite made", status: 422, retry: false });
      return report();
    },
    "import.run": async (_request, job) => {
      await progress(job, [["reading", 11], ["tables", 11], ["rows", 15607]]);
      world.importShop();
      return { ...report(), rows: 15607 };
    },
    "releases.list_releases": () => ({
      releases: world.fresh ? [] : [2, 1].map((number) => ({
        digest: digest(number === 2 ? "9f2c6ad0" : "11bb40de"), number, label: number === 2 ? "invoices with status" : null,
        versions: world.entities().slice(0, 11).map((entity) => ({ entity: entity.name, version: `v${number}` })),
        keyId: "key_7d1f", createdAt: `2026-11-${18 + number}T14:10:00Z`, createdBy: "ann", runningOn: number === 2 ? ["local"] : [],
      })),
    }),
    "targets.list_targets": () => ({ targets: [{ name: "local", url: "" }, { name: "staging", url: "http://127.0.0.1:7878" }] }),
    "targets.get_status": ({ target }) => status(target),
    "targets.add_target": ({ name }) => status(name),
    "targets.remove_target": () => ({}),
    "publish.make_plan": ({ target }) => plan(target),
    "publish.apply_plan": async (_request, job) => {
      await progress(job, [["tables", 4], ["rows", 4000]]);
      return { deployment: { id: "dep_3", release: digest("c0ffee"), releaseNumber: 3, direction: "apply", at: new Date().toISOString(), by: "ann" }, rows: 4000 };
    },
    "publish.roll_back": () => ({ deployment: null, rows: 0 }),
    "records.list_records": ({ entity, after, limit, principal }) => {
      if (principal && !principal.roles.includes("admin")) throw new CallFailed({ code: "policy/denied", title: "No policy allows read on this entity", params: { entity }, help: "Add a policy that allows it", status: 403, retry: false });
      const start = Number(after ?? 0);
      const size = limit ?? 20;
      const total = 347;
      const data = Array.from({ length: Math.max(0, Math.min(size, total - start)) }, (_, at) => record(named(entity), start + at + 1));
      return { data, next: start + size < total ? String(start + size) : null, total };
    },
    "records.count_records": () => ({ count: 347 }),
    "records.get_record": ({ entity, id }) => ({ record: record(named(entity), Number(id)) }),
    "records.create_record": ({ entity, values }) => {
      const missing = named(entity).fields.filter((field) => field.required && (values[field.name] ?? "") === "");
      if (missing.length > 0)
        throw new CallFailed({
          code: "record/invalid", title: "The record has errors", params: {}, help: "correct the fields shown", status: 422, retry: false,
          findings: missing.map((field) => ({ code: "record/required", severity: "error", params: { field: field.name }, message: `\`${field.name}\` is required`, help: "give it a value", place: { document: entity, path: [field.name] } })),
        });
      return { record: { id: 999, rowVersion: 1, ...values } };
    },
    "records.update_record": ({ id, values }) => ({ record: { id, rowVersion: 2, ...values } }),
    "records.delete_record": () => ({}),
    "audit.query_events": ({ page, pageSize }) => {
      const size = pageSize ?? 50;
      const from = ((page ?? 1) - 1) * size;
      const types = ["workspace.edited", "record.created", "policy.denied", "release.made", "publish.applied"];
      return {
        total: 240,
        data: Array.from({ length: Math.min(size, 240 - from) }, (_, at) => ({
          eventId: `evt_${from + at}`, eventType: types[at % 5] ?? "", timestamp: new Date(Date.UTC(2026, 10, 20, 14, 0) - (from + at) * 61_000).toISOString(),
          userId: at % 3 ? "ann" : "bob", tenantId: "default", realmId: "default", action: at % 5 === 2 ? "read" : "update",
          resource: world.entities()[at % (world.entities().length || 1)]?.name ?? "workspace", result: at % 5 === 2 ? "failure" : "success",
          errorMessage: at % 5 === 2 ? "no policy allows it" : null, seq: 240 - from - at, hash: digest("e3b0"), details: { fields: ["name"] },
        })),
      };
    },
    "audit.verify_chain": async () => {
      await pause(400);
      return { ok: true, checked: 240, unsealed: 0 };
    },
  };
}
