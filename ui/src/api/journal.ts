/**
 * What is not saved yet, kept in the browser so that closing the page loses nothing. A page writes under its own name
 * only and holds a lock of that name while it lives; the next page takes over what pages that are gone left behind.
 * Sending something twice does no harm: every entry has the id under which the core stores it once.
 */
import type { Edit } from "@/contract/Edit";
import type { EditConflict } from "@/contract/EditConflict";

/** A request that waits to be sent or answered. */
export interface UnsentJob {
  kind: "job";
  id: string;
  label: string | null;
  /** The `seq` of the state it was made on. */
  base: number;
  command: string;
  request: unknown;
  /** What of it is on the screen. */
  shown: readonly Edit[];
}

/** A place where somebody else was first and the person has not decided yet. */
export interface UnsentConflict {
  kind: "conflict";
  id: string;
  label: string;
  /** The `seq` of the state that holds their value. */
  base: number;
  conflict: EditConflict;
  /** What to run again to have one's own, where the core works the edits out. */
  again?: { command: string; request: unknown };
}

export type Unsent = UnsentJob | UnsentConflict;

export interface Journal {
  /** Begins for a workspace; answers what earlier pages left behind. */
  open(workspace: string): Promise<Unsent[]>;
  put(entry: Unsent): void;
  remove(id: string): void;
}

const PREFIX = "maquette.unsent";

export function createJournal(
  page: string,
  storage: Storage | null = browserStorage(),
  locks: LockManager | null = "locks" in navigator ? navigator.locks : null,
): Journal {
  let key: string | null = null;
  const entries = new Map<string, Unsent>();

  function write() {
    if (key === null || !storage) return;
    try {
      if (entries.size === 0) storage.removeItem(key);
      else storage.setItem(key, JSON.stringify([...entries.values()]));
    } catch {
      // A full or forbidden storage: the edits are still here and are sent; only closing the page would lose them.
    }
  }

  return {
    async open(workspace) {
      const area = `${PREFIX}/${workspace}/`;
      key = area + page;
      holdLock(locks, key);
      const left: Unsent[] = [];
      for (const other of keysOf(storage, area)) {
        if (other === key || (await isHeld(locks, other))) continue;
        left.push(...read(storage, other));
        storage?.removeItem(other);
      }
      for (const entry of left) entries.set(entry.id, entry);
      write();
      return left;
    },
    put(entry) {
      entries.set(entry.id, entry);
      write();
    },
    remove(id) {
      if (entries.delete(id)) write();
    },
  };
}

function browserStorage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

function keysOf(storage: Storage | null, area: string): string[] {
  if (!storage) return [];
  const keys = Array.from({ length: storage.length }, (_, at) => storage.key(at) ?? "");
  return keys.filter((key) => key.startsWith(area)).sort();
}

function read(storage: Storage | null, key: string): Unsent[] {
  try {
    const list: unknown = JSON.parse(storage?.getItem(key) ?? "[]");
    return Array.isArray(list) ? (list as Unsent[]) : [];
  } catch {
    return [];
  }
}

/** Without locks every page counts as gone, which the ids make harmless. */
function holdLock(locks: LockManager | null, name: string) {
  void locks?.request(name, () => new Promise<never>(() => undefined)).catch(() => undefined);
}

async function isHeld(locks: LockManager | null, name: string): Promise<boolean> {
  if (!locks) return false;
  try {
    return await locks.request(name, { ifAvailable: true }, (lock) => lock === null);
  } catch {
    return false;
  }
}
