/** How the reading room is bundled: into `dist/`, for browsers of the last two years. */
import { defineConfig } from "vite";

export default defineConfig({
  build: {
    // zstd as a content encoding is the youngest thing that the pages need.
    target: ["chrome123", "firefox126", "safari18"],
    // Images and fonts in style sheets would need `data:` in the content policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  worker: { format: "es" },
});
