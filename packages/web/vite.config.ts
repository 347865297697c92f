/**
 * How the pages are bundled: into `dist/`, for browsers of the last two years. There are two: the reading room,
 * and the page that analyses a radiograph, which can be copied to another server. What that one loads is named
 * relative to the file that loads it, so that it runs in any folder.
 */
import { defaultClientConditions, defineConfig, type Plugin } from "vite";

/** The component library speaks 34 languages, of which the room speaks two. */
const ownLanguages: Plugin = {
  name: "own-languages",
  load: (id) =>
    /\/intl\/[a-z]+\/(?!en-US|nl-NL)[a-z]{2}-[A-Z]{2}\.m?js$/.test(id)
      ? "export default {};"
      : null,
};

export default defineConfig({
  plugins: [ownLanguages],
  build: {
    // zstd as a content encoding is the youngest thing that the pages need.
    target: ["chrome123", "firefox126", "safari18"],
    // Images and fonts in style sheets would need `data:` in the content policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // Says which files a page needs: `malleolus export --page` copies those.
    manifest: "files.json",
    rolldownOptions: { input: ["index.html", "analyse.html"] },
  },
  experimental: {
    renderBuiltUrl(filename, { hostType, hostId }) {
      if (hostType === "html")
        return hostId.endsWith("analyse.html") ? `./${filename}` : `/${filename}`;
      return { relative: true };
    },
  },
  worker: { format: "es" },
  // ONNX Runtime's own module stays a file, since its threads begin with it.
  resolve: { conditions: ["onnxruntime-web-use-extern-wasm", ...defaultClientConditions] },
});
