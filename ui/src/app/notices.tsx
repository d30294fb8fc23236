/** Short messages at the lower right. What was done goes by itself unless looked at; failures stay. */
import { type Notice, notices, notify } from "@/api/notices";
import { Button, IconButton } from "@/kit/button";
import { t } from "@/kit/text";
import { CircleAlert, CircleCheck, X } from "lucide-react";
import { useEffect, useState } from "react";
import { useStore } from "zustand";

const STAYS = 6000;

function Message({ notice }: { notice: Notice }) {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held || notice.tone === "failure") return;
    const timer = window.setTimeout(() => notify.close(notice.id), STAYS);
    return () => window.clearTimeout(timer);
  }, [held, notice]);
  return (
    <div
      role={notice.tone === "failure" ? "alert" : "status"}
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
      className="flex w-88 items-start gap-2.5 rounded-lg border bg-raised p-3 shadow-raised"
    >
      {notice.tone === "failure" ? <CircleAlert className="mt-0.5 size-4 shrink-0 text-danger" aria-hidden /> : <CircleCheck className="mt-0.5 size-4 shrink-0 text-ok" aria-hidden />}
      <div className="min-w-0 flex-1">
        <p className="font-medium">{notice.title}</p>
        {notice.detail ? <p className="text-sm break-words text-soft">{notice.detail}</p> : null}
        {notice.code ? <p className="font-mono text-xs text-muted">{notice.code}</p> : null}
      </div>
      {notice.action ? (
        <Button
          className="h-6"
          onClick={() => {
            notice.action?.run();
            notify.close(notice.id);
          }}
        >
          {notice.action.label}
        </Button>
      ) : null}
      <IconButton className="-me-1 -mt-1 size-6" label={t("Close")} onClick={() => notify.close(notice.id)}>
        <X className="size-3.5" aria-hidden />
      </IconButton>
    </div>
  );
}

export function Notices() {
  const list = useStore(notices, (state) => state.list);
  return (
    <div className="fixed end-4 bottom-10 z-40 flex flex-col gap-2">
      {list.map((notice) => (
        <Message key={notice.id} notice={notice} />
      ))}
    </div>
  );
}
