/** Documents that the fake core starts with. */
import type { Document } from "@/contract/Document";
import type { FieldDoc } from "@/contract/FieldDoc";

const id = (prefix: string, ...parts: string[]) => `${prefix}_${parts.join("_").toLowerCase()}`;

type Short = string;

/** `name:type!` is required, `name:type*` unique, `name>Target` a reference. */
function field(entity: string, short: Short): FieldDoc {
  const marks = /[!*]+$/.exec(short)?.[0] ?? "";
  const text = short.slice(0, short.length - marks.length);
  const flags = { ...(marks.includes("!") && { required: true }), ...(marks.includes("*") && { unique: true }) };
  const [name = "", rest = ""] = text.split(/[:>]/);
  const base = { id: id("fld", entity, name), name, ...flags };
  if (text.includes(">")) return { ...base, type: "reference", referenceTo: rest };
  if (rest === "decimal") return { ...base, type: "decimal", precision: 10, scale: 2 };
  if (rest === "string") return { ...base, type: "string", maxLength: 120 };
  return { ...base, type: rest };
}

export function entity(name: string, shorts: Short[], more: Partial<Extract<Document, { kind: "entity" }>> = {}): Document {
  return {
    kind: "entity",
    format: 1,
    id: id("ent", name),
    name,
    class: "master",
    identity: { type: "integer", source: `${name}Id` },
    storage: { binding: "managed" },
    source: { name },
    fields: shorts.map((short) => field(name, short)),
    indexes: [],
    rules: [],
    policies: [],
    views: {},
    ...more,
  };
}

export function shopWorkspace(): Document[] {
  return [
    entity("Artist", ["name:string"]),
    entity("Album", ["title:string!", "artist>Artist!"]),
    entity("Genre", ["name:string"], { class: "reference" }),
    entity("MediaType", ["name:string"], { class: "reference" }),
    entity("Track", [
      "name:string!", "album>Album", "mediaType>MediaType!", "genre>Genre", "composer:string", "milliseconds:integer!",
      "bytes:integer", "unitPrice:decimal!",
    ]),
    entity("Playlist", ["name:string"]),
    entity("PlaylistTrack", ["playlist>Playlist!", "track>Track!"], {
      identity: { type: "uuid", derivedFrom: ["PlaylistId", "TrackId"] },
      uniques: [{ id: "unq_pt", name: "playlistTrack", fields: ["playlist", "track"] }],
    }),
    entity("Employee", [
      "lastName:string!", "firstName:string!", "title:string", "reportsTo>Employee", "birthDate:datetime",
      "hireDate:datetime", "address:string", "city:string", "country:string", "phone:string", "email:string*",
    ]),
    entity("Customer", [
      "firstName:string!", "lastName:string!", "company:string", "address:string", "city:string", "country:string",
      "phone:string", "email:string!", "supportRep>Employee",
    ], {
      description: "People and companies that buy from the shop",
      policies: [
        { id: "pol_1", name: "admins", effect: "allow", actions: ["*"], roles: ["admin"], priority: 100, obligations: [] },
        { id: "pol_2", name: "managers", effect: "allow", actions: ["create", "read", "update"], roles: ["manager"], priority: 10, obligations: [] },
        { id: "pol_3", name: "readers", effect: "allow", actions: ["read"], roles: ["user"], priority: 0, condition: "record.country == principal.country && record.city != ''", fields: { mask: { phone: { kind: "partial", start: 2, end: 2 } } }, obligations: [] },
        { id: "pol_4", name: "nobodyDeletesWhatIsSupported", effect: "deny", actions: ["delete"], roles: [], priority: 100, condition: "has(record.supportRep)", obligations: [{ id: "obl_1", kind: "audit" }] },
      ],
    }),
    entity("Invoice", [
      "customer>Customer!", "invoiceDate:datetime!", "status:enum", "billingAddress:string", "billingCity:string",
      "billingCountry:string", "total:decimal!",
    ], { class: "document" }),
    entity("InvoiceLine", ["invoice>Invoice!", "track>Track!", "unitPrice:decimal!", "quantity:integer!"]),
  ].map((document) => {
    if (document.kind === "entity" && document.name === "Invoice") {
      const status = document.fields.find((candidate) => candidate.name === "status");
      if (status) Object.assign(status, { enumValues: ["draft", "open", "paid"], default: "draft" });
    }
    return document;
  });
}

export function largeWorkspace(count: number): Document[] {
  const nouns = ["Order", "Item", "Account", "Ledger", "Ticket", "Asset", "Person", "Site", "Route", "Batch"];
  const name = (at: number) => `${nouns[at % nouns.length]}${Math.floor(at / nouns.length) + 1}`;
  return Array.from({ length: count }, (_, at) =>
    entity(name(at), [
      "code:string!*", "title:string!", "notes:text", "amount:decimal", "dueOn:date", "active:boolean!", "quantity:integer",
      "updatedOn:datetime",
      ...(at > 0 ? [`parent>${name(Math.floor((at - 1) / 3))}`] : []),
      ...(at > 20 && at % 4 === 0 ? [`other>${name(at - 17)}!`] : []),
    ]),
  );
}
