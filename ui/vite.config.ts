import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  // Shows the fake core (`npm run dev -- --mode fake`); a real one serves the built page itself, on its own origin.
  server: { host: "127.0.0.1" },
  // WebKitGTK 2.50 and current Chromium.
  build: { target: "safari17", chunkSizeWarningLimit: 2000 },
  worker: { format: "es" },
  test: { environment: "happy-dom", include: ["src/**/*.test.{ts,tsx}"], setupFiles: ["src/app/test-setup.ts"] },
});
