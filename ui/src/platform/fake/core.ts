/** The fake core: edits and undo for real, everything else canned. */
import type { Document } from "@/contract/Document";
import type { Edit } from "@/contract/Edit";
import type { EditResult } from "@/contract/EditResult";
import type { Finding } from "@/contract/Finding";
import type { StudioEvent } from "@/contract/StudioEvent";
import { changes, type Commands } from "@/contract/commands";
import { applyAll, type DocumentsJson } from "@/model/edit";
import { newId } from "@/model/make";
import { CallFailed } from "../index";
import { type Answers, cannedAnswers } from "./answers";
import { policyAnswers } from "./policies";
import { roleAnswers } from "./roles";
import { shopWorkspace } from "./samples";

interface Group {
  seq: number;
  label: string;
  edits: Edit[];
  inverse: Edit[];
  state: "done" | "undone";
}

export type Emit = (event: Omit<StudioEvent, "seq">) => void;
type EntityDocument = Extract<Document, { kind: "entity" }>;

export function fakeCore(start: Document[], emit: Emit, fresh: boolean) {
  let documents: DocumentsJson = Object.fromEntries(start.map((document) => [document.id, document]));
  let seq = 0;
  let groups: Group[] = [];
  const log: { seq: number; groupId?: string | null; label: string; actor: string; edits: Edit[] }[] = [];
  const cancelled = new Set<string>();
  const all = () => Object.values(documents) as Document[];
  const entities = () => all().filter((document): document is EntityDocument => document.kind === "entity");
  const last = (state: Group["state"]) =>
    state === "done" ? groups.filter((group) => group.state === "done").at(-1) : groups.find((group) => group.state === "undone");

  function findings(): Finding[] {
    const found: Finding[] = [];
    const names = new Set(entities().map((entity) => entity.name));
    for (const entity of entities()) {
      if (entity.fields.length === 0)
        found.push({
          code: "entity/no-fields", severity: "warning", params: { entity: entity.name }, place: { document: entity.id },
          message: `entity \`${entity.name}\` has no fields`, help: "add a field",
        });
      for (const field of entity.fields) {
        const at = { document: entity.id, path: ["fields", field.id, "name"] };
        if (!/^[A-Za-z][A-Za-z0-9]{0,47}$/.test(field.name))
          found.push({
            code: "field/name-invalid", severity: "error", params: { name: field.name }, place: at,
            message: `\`${field.name}\` is not a valid field name`, help: "start with a letter, use letters and digits only, at most 48",
            fix: { title: "Rename to `field`", edits: [{ op: "set", document: entity.id, path: at.path, value: "field" }] },
          });
        if (field.type === "reference" && !names.has(field.referenceTo ?? ""))
          found.push({
            code: "relation/target-unknown", severity: "error", params: { target: field.referenceTo ?? "" },
            place: { document: entity.id, path: ["fields", field.id, "referenceTo"] },
            message: `no entity is named \`${field.referenceTo ?? ""}\``, help: "choose an entity that exists",
          });
      }
    }
    return found;
  }

  function result(edits: Edit[], label = "", groupId: string | null = null): EditResult {
    seq += 1;
    log.push({ seq, groupId, label, actor: "ann", edits });
    return { seq, edits, findings: findings(), undo: last("done")?.label ?? null, redo: last("undone")?.label ?? null };
  }

  function change(label: string, edits: Edit[], groupId?: string | null): EditResult {
    const applied = applyAll(documents, edits);
    documents = applied.documents;
    groups = groups.filter((group) => group.state === "done");
    groups.push({ seq: groups.length + 1, label, edits, inverse: applied.inverse, state: "done" });
    return result(edits, label, groupId);
  }

  function mark(from: Group["state"], to: Group["state"]): EditResult {
    const group = last(from);
    if (!group) throw refusal("edit/nothing-to-undo", "There is nothing to take back");
    const edits = to === "undone" ? group.inverse : group.edits;
    documents = applyAll(documents, edits).documents;
    group.state = to;
    return result(edits);
  }

  const set = (document: string, path: string[], value: unknown): Edit => ({ op: "set", document, path, value });
  const entity = (id: string) => {
    const found = entities().find((candidate) => candidate.id === id);
    if (!found) throw refusal("entity/not-found", "There is no such entity");
    return found;
  };

  const answers: Answers = {
    ...cannedAnswers({ entities, emit, cancelled, fresh, importShop: () => {
      const positions = shopWorkspace().filter((document) => !(document.id in documents));
      change("Import shop.sqlite", positions.map((document) => ({ op: "addDocument", document })));
    } }),
    "workspace.read_changes": ({ after }) => ({
      seq, groups: log.filter((group) => group.seq > after), findings: findings(),
      undo: last("done")?.label ?? null, redo: last("undone")?.label ?? null, localRelease: fresh ? null : "9f2c6ad04b7e11",
    }),
    "workspace.get_state": () => ({
      id: "sto_fake", user: "ann",
      name: "music-shop", location: "/home/ann/music-shop.maquette", seq, documents: all(), findings: findings(),
      undo: last("done")?.label ?? null, redo: last("undone")?.label ?? null,
      localRelease: fresh ? null : "9f2c6ad04b7e11", version: "0.1.0",
    }),
    "workspace.apply_edits": ({ label, edits, groupId }) => change(label, edits, groupId),
    "workspace.undo": () => mark("done", "undone"),
    "workspace.redo": () => mark("undone", "done"),
    "workspace.list_history": ({ limit }) => ({
      entries: [...groups].reverse().slice(0, limit).map((group) => ({
        seq: group.seq, label: group.label, state: group.state, actor: "ann", at: new Date().toISOString(),
      })),
    }),
    ...policyAnswers(entity),
    ...roleAnswers({ all, change }),
    "entities.rename_entity": ({ entityId, name }) => {
      const old = entity(entityId).name;
      const referrers = entities().flatMap((other) =>
        other.fields.filter((field) => field.referenceTo === old).map((field) => set(other.id, ["fields", field.id, "referenceTo"], name)));
      return change(`Rename entity \`${old}\` to \`${name}\``, [set(entityId, ["name"], name), ...referrers]);
    },
    "entities.rename_field": ({ entityId, fieldId, name }) => change("Rename field", [set(entityId, ["fields", fieldId, "name"], name)]),
    "entities.add_relation": ({ from, to, cardinality, name, required }) => {
      const target = entity(to);
      const wanted = name ?? target.name.charAt(0).toLowerCase() + target.name.slice(1);
      return change(`Relate \`${entity(from).name}\` to \`${target.name}\``, [{
        op: "add", document: from, path: ["fields"],
        value: { id: newId("fld"), name: wanted, type: "reference", referenceTo: target.name, ...(required && { required }), ...(cardinality === "oneToOne" && { unique: true }) },
      }]);
    },
    "policies.add_starter": ({ starter, entities: ids }) =>
      change(`Add starter policies ${starter}`, entities().filter((each) => !ids || ids.includes(each.id)).map((each) => ({
        op: "add", document: each.id, path: ["policies"],
        value: { id: newId("pol"), name: "admins", effect: "allow", actions: ["*"], roles: ["admin"], priority: 100, fields: null, obligations: [] },
      }))),
  };

  return {
    cancel: (job: string) => void cancelled.add(job),
    async answer<K extends keyof Commands>(command: K, request: Commands[K]["request"], job?: string): Promise<unknown> {
      const respond = answers[command] as ((request: Commands[K]["request"], job?: string) => unknown) | undefined;
      if (!respond) throw refusal("rpc/command-unknown", `The fake core does not answer ${command}`);
      const answer = await respond(request, job);
      if (changes[command].length > 0) emit({ changed: changes[command] });
      return answer;
    },
  };
}

export function refusal(code: string, title: string, help = ""): CallFailed {
  return new CallFailed({ code, title, params: {}, help, status: 409, retry: false });
}
