/** Questions about an explained condition. */
import type { TryClause } from "@/contract/TryClause";
import { unitAt } from "@/kit/offsets";

const failed = (clause: TryClause) => clause.decisive && (clause.outcome === "false" || clause.outcome === "error");

/** The smallest parts that made the whole fail. */
export function culprits(clause: TryClause): readonly TryClause[] {
  if (!failed(clause)) return [];
  const inside = clause.parts.flatMap(culprits);
  return inside.length > 0 ? inside : [clause];
}

/** A text, number or truth value as it is written tells nothing besides. */
const isLiteral = (clause: TryClause) => clause.parts.length === 0 && /^(['"\d-]|[rb]['"]|true$|false$|null$)/i.test(clause.text);

/** `&&` or `||` where it joins the two parts of a clause. */
function joint(clause: TryClause): string | null {
  const [left, right] = clause.parts;
  if (!left || !right || clause.parts.length !== 2) return null;
  const at = (byte: number) => unitAt(clause.text, byte - clause.span[0]);
  return /&&|\|\|/.exec(clause.text.slice(at(left.span[1]), at(right.span[0])))?.[0] ?? null;
}

/** The sides of `a && b && c` stand beside each other, however they were read. */
function sides(clause: TryClause, by: string): readonly TryClause[] {
  return joint(clause) === by ? clause.parts.flatMap((part) => sides(part, by)) : [clause];
}

/** The parts worth a line: names with their values, and what is made of them. */
export function partsOf(clause: TryClause): readonly TryClause[] {
  const by = joint(clause);
  const parts = by === null ? clause.parts : sides(clause, by);
  return parts.filter((part) => !isLiteral(part) && part.text !== "record" && part.text !== "principal" && part.text !== "context");
}

/** What is wrong is told where it is, and not again by all that it makes wrong. */
export const isToldInside = (clause: TryClause): boolean => clause.parts.some((part) => part.outcome === "error" && (part.value === clause.value || isToldInside(part)));
