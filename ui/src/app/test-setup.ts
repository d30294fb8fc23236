// Tests run without a layout engine; the few measures that components ask for are given here.
import { afterEach } from "vitest";
import { cleanup } from "@testing-library/react";

afterEach(cleanup);
