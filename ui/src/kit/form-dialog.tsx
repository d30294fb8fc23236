import type { ReactNode } from "react";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { Failure, type FailureWords } from "./states";
import { t } from "./text";

/** A dialog with a form that is sent by its button or by Enter, and stays open with the reason when that failed. */
export function FormDialog({
  title,
  action,
  ready,
  failure,
  onSend,
  onClose,
  children,
}: {
  title: string;
  /** What the button says. */
  action: string;
  /** Whether it may be sent. */
  ready: boolean;
  failure: FailureWords | null;
  onSend: () => void;
  onClose: () => void;
  children: ReactNode;
}) {
  return (
    <Dialog
      title={title}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("Cancel")}</Button>
          <Button tone="primary" disabled={!ready} onClick={onSend}>
            {action}
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          onSend();
        }}
      >
        {failure ? (
          <div className="-m-4 mb-0">
            <Failure words={failure} />
          </div>
        ) : null}
        {children}
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}
