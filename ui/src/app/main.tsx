import { queries, start } from "@/api/client";
import { choosePlatform } from "@/platform";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app";
import { watchTheme } from "./settings-store";
import "./styles.css";

watchTheme();
const root = document.getElementById("root");
if (root) {
  start(await choosePlatform());
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <App />
      </QueryClientProvider>
    </StrictMode>,
  );
}
