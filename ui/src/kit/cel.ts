/** The expression language in the editor: what a letter belongs to. What is right is the core's to say. */
import { StreamLanguage, type StringStream } from "@codemirror/language";

const words = new Set(["true", "false", "null"]);
const variables = new Set(["record", "principal", "context", "now"]);

interface State {
  /** Inside a text over several lines, the quotes that end it. */
  until: string | null;
  /** What came before is a dot: a member follows. */
  member: boolean;
}

function text(stream: StringStream, state: State, until: string, raw: boolean): string {
  while (!stream.eol()) {
    if (!raw && stream.eat("\\")) {
      stream.next();
      continue;
    }
    if (stream.match(until)) {
      state.until = null;
      return "string";
    }
    stream.next();
  }
  // A text in single quotes ends with its line.
  state.until = until.length === 3 ? until : null;
  return "string";
}

export const cel = StreamLanguage.define<State>({
  name: "cel",
  startState: () => ({ until: null, member: false }),
  languageData: { closeBrackets: { brackets: ["(", "[", "{", "'", '"'] }, commentTokens: { line: "//" } },
  token(stream, state) {
    if (state.until) return text(stream, state, state.until, false);
    if (stream.eatSpace()) return null;
    if (stream.match("//")) {
      stream.skipToEnd();
      return "comment";
    }
    const opened = stream.match(/^[rRbB]{0,2}("""|'''|"|')/) as RegExpMatchArray | null;
    if (opened) return text(stream, state, opened[1] ?? "'", /[rR]/.test(opened[0]));
    if (stream.match(/^(0x[0-9a-fA-F]+|\d+(\.\d+)?([eE][+-]?\d+)?)u?/)) return "number";
    const member = state.member;
    state.member = false;
    const word = stream.match(/^[A-Za-z_][A-Za-z0-9_]*/) as RegExpMatchArray | null;
    if (word) {
      if (stream.match(/^\s*\(/, false)) return "variableName.function";
      if (member) return "propertyName";
      if (words.has(word[0])) return "atom";
      if (word[0] === "in") return "keyword";
      return variables.has(word[0]) ? "keyword" : "variableName";
    }
    if (stream.eat(".")) {
      state.member = true;
      return null;
    }
    if (stream.match(/^(&&|\|\||[!=<>]=?|[-+*/%?:])/)) return "operator";
    stream.next();
    return null;
  },
});
