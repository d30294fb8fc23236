import { usePlace } from "@/api/hooks";
import { useEffect, useRef } from "react";

/** The element that takes the focus, its text selected, when somebody starts editing. */
export function useEditFocus() {
  const ref = useRef<HTMLInputElement>(null);
  const token = usePlace((where) => where.edit);
  const seen = useRef(lastHandled);
  useEffect(() => {
    if (seen.current === token) return;
    seen.current = lastHandled = token;
    ref.current?.focus();
    ref.current?.select();
  }, [token]);
  return ref;
}

/** A panel that opens after the call still answers it, once. */
let lastHandled = 0;
