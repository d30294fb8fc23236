/** Keeps the studio alive when one screen fails while drawing. */
import { describe } from "@/api/notices";
import { Failure } from "@/kit/states";
import { Component, type ReactNode } from "react";

export class Boundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    return <Failure words={describe(this.state.error)} onRetry={() => this.setState({ error: null })} />;
  }
}
