/** A glyph for each type of field. The name is always beside it or read out, so the glyph is help and not the message. */
import {
  AlignLeft, Binary, Braces, Brackets, CalendarDays, CalendarClock, CircleHelp, Clock, Fingerprint, Hash, Link2,
  ListOrdered, Paperclip, Percent, Sigma, Tags, Timer, ToggleLeft, Type, type LucideIcon,
} from "lucide-react";

const glyphs: Record<string, LucideIcon> = {
  string: Type,
  text: AlignLeft,
  integer: Hash,
  bigint: Sigma,
  number: Percent,
  decimal: ListOrdered,
  boolean: ToggleLeft,
  date: CalendarDays,
  time: Clock,
  datetime: CalendarClock,
  duration: Timer,
  uuid: Fingerprint,
  enum: Tags,
  reference: Link2,
  json: Braces,
  object: Braces,
  list: Brackets,
  bytes: Binary,
  attachment: Paperclip,
};

export function TypeIcon({ type, className = "size-3.5" }: { type: string; className?: string }) {
  const Glyph = glyphs[type] ?? CircleHelp;
  return <Glyph className={`shrink-0 text-muted ${className}`} aria-hidden />;
}
