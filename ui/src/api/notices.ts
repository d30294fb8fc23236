/** Short messages to the person: what was done, what was refused. Failures stay until they are closed. */
import { CallFailed, ConnectionLost } from "@/platform";
import { createStore } from "zustand/vanilla";

export interface Notice {
  id: number;
  tone: "done" | "failure";
  title: string;
  detail?: string;
  code?: string;
  action?: { label: string; run(): void };
}

export const notices = createStore<{ list: readonly Notice[] }>(() => ({ list: [] }));

let next = 1;

function push(notice: Omit<Notice, "id">) {
  const id = next++;
  // The same message again takes the place of the one that is there.
  const others = notices.getState().list.filter((old) => old.title !== notice.title || old.detail !== notice.detail);
  notices.setState({ list: [...others.slice(-3), { ...notice, id }] });
  return id;
}

export const notify = {
  done: (title: string, action?: Notice["action"]) => push({ tone: "done", title, ...(action && { action }) }),
  failure(error: unknown, title: string) {
    const words = describe(error);
    return push({
      tone: "failure",
      title,
      detail: [words.title, words.help].filter(Boolean).join(". "),
      ...(words.code && { code: words.code }),
    });
  },
  close: (id: number) => notices.setState(({ list }) => ({ list: list.filter((notice) => notice.id !== id) })),
};

/** An error in words: what, why, what next. */
export interface Words {
  code: string;
  title: string;
  help: string;
  incident?: string;
  /** Whether the same thing may work when tried again. */
  retry: boolean;
}

export function describe(error: unknown): Words {
  if (error instanceof CallFailed) {
    const { code, title, help, incident, retry } = error.wire;
    return { code, title, help, retry, ...(incident && { incident }) };
  }
  if (error instanceof ConnectionLost)
    return { code: "connection/lost", title: error.message, help: "It is tried again by itself", retry: true };
  return {
    code: "studio/unexpected",
    title: error instanceof Error ? error.message : String(error),
    help: "Reload the page; nothing that was saved is lost",
    retry: true,
  };
}
