/**
 * A small editor of code (CodeMirror 6). It proposes its text while the person types and when they are done; what is
 * wrong is handed in, drawn at its place and told on hover. Tab leaves it, as it leaves any other field.
 */
import { autocompletion, closeBrackets, closeBracketsKeymap, type CompletionSource, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, type Language, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { Compartment, EditorState, Prec } from "@codemirror/state";
import { EditorView, keymap, placeholder as placeholderOf } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useRef } from "react";
import "./code-editor.css";

export interface Mark {
  /** Places in the text, in units of the browser. */
  from: number;
  to: number;
  severity: "error" | "warning" | "info";
  message: string;
  help: string;
  fixes: readonly { title: string; apply: () => void }[];
}

export interface CodeEditorProps {
  value: string;
  /** The text while it is typed. */
  onType: (text: string) => void;
  /** The person is done: the focus went elsewhere, or Ctrl+Enter. */
  onDone: (text: string) => void;
  language: Language;
  complete?: CompletionSource;
  marks?: readonly Mark[];
  placeholder?: string;
  "aria-label": string;
  "aria-describedby"?: string | undefined;
  invalid?: boolean;
  readOnly?: boolean;
}

const colours = HighlightStyle.define([
  { tag: tags.keyword, class: "code-keyword" },
  { tag: tags.atom, class: "code-atom" },
  { tag: tags.string, class: "code-string" },
  { tag: tags.number, class: "code-number" },
  { tag: tags.comment, class: "code-comment" },
  { tag: tags.function(tags.variableName), class: "code-function" },
  { tag: tags.propertyName, class: "code-member" },
  { tag: tags.operator, class: "code-operator" },
]);

export function CodeEditor(props: CodeEditorProps) {
  const { value, marks, language } = props;
  const root = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const now = useRef(props);
  useEffect(() => {
    now.current = props;
  });
  const attributes = useRef(new Compartment());

  useEffect(() => {
    if (!root.current) return;
    const done = () => now.current.onDone(view.current?.state.doc.toString() ?? "");
    const made = new EditorView({
      parent: root.current,
      state: EditorState.create({
        doc: now.current.value,
        extensions: [
          history(),
          bracketMatching(),
          closeBrackets(),
          autocompletion({ override: [(context) => now.current.complete?.(context) ?? null], icons: false, maxRenderedOptions: 60 }),
          language,
          syntaxHighlighting(colours),
          EditorView.lineWrapping,
          placeholderOf(now.current.placeholder ?? ""),
          attributes.current.of([]),
          Prec.highest(
            keymap.of([
              {
                key: "Mod-Enter",
                run: () => {
                  done();
                  return true;
                },
              },
            ]),
          ),
          keymap.of([...closeBracketsKeymap, ...completionKeymap, ...lintKeymap, ...historyKeymap, ...defaultKeymap]),
          EditorView.updateListener.of((update) => {
            // What comes from outside is no typing.
            if (update.docChanged && !update.transactions.some((change) => change.isUserEvent("set"))) now.current.onType(update.state.doc.toString());
          }),
          EditorView.domEventHandlers({ blur: done }),
        ],
      }),
    });
    view.current = made;
    return () => {
      view.current = null;
      made.destroy();
    };
  }, [language]);

  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === value) return;
    const anchor = Math.min(editor.state.selection.main.anchor, value.length);
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value }, selection: { anchor }, userEvent: "set" });
  }, [value]);

  const { "aria-label": label, "aria-describedby": describedBy, invalid = false, readOnly = false } = props;
  useEffect(() => {
    const names: Record<string, string> = { "aria-label": label, spellcheck: "false", ...(describedBy && { "aria-describedby": describedBy }), ...(invalid && { "aria-invalid": "true" }) };
    view.current?.dispatch({
      effects: attributes.current.reconfigure([EditorView.contentAttributes.of(names), EditorState.readOnly.of(readOnly), EditorView.editable.of(!readOnly)]),
    });
  }, [label, describedBy, invalid, readOnly]);

  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    editor.dispatch(setDiagnostics(editor.state, (marks ?? []).map((mark) => diagnostic(mark, editor.state.doc.length))));
  }, [marks]);

  return <div ref={root} data-invalid={invalid || undefined} className="code-editor" />;
}

function diagnostic(mark: Mark, length: number): Diagnostic {
  // A mistake at the very end still needs a letter to be seen at.
  const to = Math.min(Math.max(mark.to, mark.from + 1), length);
  const from = Math.max(0, Math.min(mark.from, to - 1));
  return {
    from,
    to,
    severity: mark.severity,
    message: mark.message,
    renderMessage: () => words(mark),
    actions: mark.fixes.map((fix) => ({ name: fix.title, apply: () => fix.apply() })),
  };
}

/** What stands in backticks is set as code. */
function setWithCode(element: HTMLElement, text: string) {
  for (const [at, part] of text.split("`").entries()) element.appendChild(at % 2 === 1 ? document.createElement("code") : document.createElement("span")).textContent = part;
}

function words(mark: Mark): HTMLElement {
  const element = document.createElement("div");
  const message = element.appendChild(document.createElement("div"));
  setWithCode(message, mark.message);
  if (mark.help) {
    const help = element.appendChild(document.createElement("div"));
    help.className = "code-help";
    setWithCode(help, mark.help);
  }
  return element;
}
