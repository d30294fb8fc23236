import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Where a core answers while developing: `MAQUETTE_CORE=http://127.0.0.1:PORT npm run dev`. */
const core = process.env.MAQUETTE_CORE;

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: {
    host: "127.0.0.1",
    ...(core ? { proxy: { "/rpc": core, "/events": core, "/jobs": core } } : {}),
  },
  // WebKitGTK 2.50 and current Chromium.
  build: { target: "safari17", chunkSizeWarningLimit: 2000 },
  worker: { format: "es" },
  test: { environment: "happy-dom", include: ["src/**/*.test.{ts,tsx}"], setupFiles: ["src/app/test-setup.ts"] },
});
