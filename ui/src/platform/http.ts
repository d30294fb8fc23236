/** The studio in a browser: `POST /rpc/<command>` and events by SSE, on the origin that served the page. */
import type { StudioEvent } from "@/contract/StudioEvent";
import { CallFailed, ConnectionLost, isWireError, type Platform } from "./index";

/** A page of another origin cannot send this header without being asked about it first, and is then refused. */
const client = { "Maquette-Client": "studio" };

async function answerOf(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return text === "" ? {} : JSON.parse(text);
  } catch {
    return null;
  }
}

async function post(path: string, body: unknown, headers: Record<string, string>): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...client, ...headers },
      body: JSON.stringify(body),
      credentials: "same-origin",
    });
  } catch (cause) {
    throw new ConnectionLost(cause);
  }
  const answer = await answerOf(response);
  if (response.ok) return answer;
  if (isWireError(answer)) throw new CallFailed(answer);
  if (response.status === 502 || response.status === 504) throw new ConnectionLost();
  throw new CallFailed({
    code: "fault/unreadable-answer",
    title: `The core answered ${response.status} without saying why`,
    params: {},
    help: "Reload the page; if it stays, start the studio again",
    status: response.status,
    retry: false,
  });
}

export function httpPlatform(): Platform {
  return {
    host: "browser",
    rpc: async (command, request, options) => {
      const headers: Record<string, string> = options?.job ? { "Maquette-Job": options.job } : {};
      return (await post(`/rpc/${command}`, request, headers)) as never;
    },
    cancel: async (job) => {
      await post(`/jobs/${encodeURIComponent(job)}/cancel`, {}, {});
    },
    events: listen,
    pickFile: () => Promise.resolve(null),
    openUrl: (url) => void window.open(url, "_blank", "noopener"),
  };
}

function listen(onEvent: (event: StudioEvent) => void, onLine: (connected: boolean) => void): () => void {
  let last: number | null = null;
  let source: EventSource | null = null;
  let timer: number | undefined;
  let wait = 500;
  const open = () => {
    source = new EventSource(last === null ? "/events" : `/events?after=${last}`);
    source.onopen = () => {
      wait = 500;
      onLine(true);
    };
    source.onmessage = (message: MessageEvent<string>) => {
      const event = JSON.parse(message.data) as StudioEvent;
      last = event.seq;
      onEvent(event);
    };
    source.onerror = () => {
      // The browser's own retry would forget where we were and gives up on some answers.
      source?.close();
      onLine(false);
      timer = window.setTimeout(open, wait);
      wait = Math.min(wait * 2, 8000);
    };
  };
  open();
  return () => {
    window.clearTimeout(timer);
    source?.close();
  };
}
