/**
 * Where the page that analyses radiographs begins. It stands apart from the reading room: it needs no account
 * and no study, only the detector's file beside it, so that a copy of it runs on any web server.
 */
import "../without-eval.ts";

import { StrictMode, Suspense } from "react";
import { createRoot } from "react-dom/client";
import { readSettings } from "../settings/settings.ts";
import { TextProvider, Words } from "../strings/text.tsx";
import { languageOf } from "../strings/translate.ts";
import { AnalysePage } from "./analyse-page.tsx";

const { theme, language: chosen } = readSettings(localStorage.getItem("malleolus:settings:"));
const language = chosen ?? languageOf(navigator.languages);
document.documentElement.dataset.theme = theme;
document.documentElement.lang = language;

const root = document.getElementById("root");
if (root === null) throw new Error("internal: analyse.html has no element with the id root");
createRoot(root).render(
  <StrictMode>
    <Suspense>
      <TextProvider language={language}>
        <Words part="study">
          <AnalysePage />
        </Words>
      </TextProvider>
    </Suspense>
  </StrictMode>,
);
