/** The little Markdown that finding pages use: headings, paragraphs, lists, code, bold. Nothing is taken as HTML. */
import type { ReactNode } from "react";

function inline(text: string): ReactNode {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part, at) => {
    if (part.startsWith("`")) return <code key={at} className="rounded bg-hover px-1 font-mono text-[0.92em]">{part.slice(1, -1)}</code>;
    if (part.startsWith("**")) return <strong key={at}>{part.slice(2, -2)}</strong>;
    return part;
  });
}

type Block = { kind: "heading" | "text" | "list" | "code"; lines: string[] };

export function blocks(markdown: string): Block[] {
  const out: Block[] = [];
  let code: Block | null = null;
  let fresh = true;
  for (const line of markdown.split("\n")) {
    if (line.startsWith("```")) {
      if (code) code = null;
      else out.push((code = { kind: "code", lines: [] }));
      fresh = true;
    } else if (code) code.lines.push(line);
    else if (line.trim() === "") fresh = true;
    else {
      const kind = /^#+ /.test(line) ? "heading" : /^[-*] /.test(line) ? "list" : "text";
      const last = out[out.length - 1];
      const text = line.replace(kind === "heading" ? /^#+ / : kind === "list" ? /^[-*] / : /^/, "");
      const follows = last !== undefined && !fresh && (last.kind === kind || (last.kind === "list" && kind === "text"));
      if (follows && kind === "text") last.lines[last.lines.length - 1] += ` ${text.trim()}`;
      else if (last?.kind === "list" && kind === "list") last.lines.push(text);
      else out.push({ kind, lines: [text] });
      fresh = false;
    }
  }
  return out;
}

export function Markdown({ text }: { text: string }) {
  return (
    <div className="flex flex-col gap-2.5 text-base leading-5.5">
      {blocks(text).map((block, at) => {
        if (block.kind === "heading") return <h3 key={at} className="mt-1 font-semibold">{inline(block.lines[0] ?? "")}</h3>;
        if (block.kind === "code") return <pre key={at} className="overflow-auto rounded-md bg-sunken p-2.5 font-mono text-sm">{block.lines.join("\n")}</pre>;
        if (block.kind === "list") return <ul key={at} className="list-disc ps-5">{block.lines.map((line, row) => <li key={row}>{inline(line)}</li>)}</ul>;
        return <p key={at}>{inline(block.lines.join(" "))}</p>;
      })}
    </div>
  );
}
