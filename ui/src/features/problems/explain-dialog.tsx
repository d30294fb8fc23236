/** The page of a finding code: what it means and what to do. */
import { useAnswer, usePlace } from "@/api/hooks";
import { describe } from "@/api/notices";
import { Dialog } from "@/kit/dialog";
import { Markdown } from "@/kit/markdown";
import { Failure, Skeleton } from "@/kit/states";
import { explain } from "@/model/place";

export function ExplainDialog() {
  const code = usePlace((where) => where.explaining);
  return code === null ? null : <Page code={code} />;
}

function Page({ code }: { code: string }) {
  const page = useAnswer("findings.explain_code", { code });
  return (
    <Dialog title={code} wide onClose={() => explain(null)}>
      {page.isPending ? <Skeleton rows={5} /> : page.isError ? <Failure words={describe(page.error)} onRetry={() => void page.refetch()} /> : <Markdown text={page.data.markdown.replace(/^#[^\n]*\n/, "")} />}
    </Dialog>
  );
}
