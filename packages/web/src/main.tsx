/** Where the pages begin. */
import "./without-eval.ts";

import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode, Suspense } from "react";
import { createRoot } from "react-dom/client";
import { createClient } from "./api/client.ts";
import { createQueryClient, sessionKey } from "./api/queries.ts";
import { App } from "./app.tsx";
import { ClientContext } from "./services.ts";

const queries = createQueryClient();
const client = createClient(
  (input, init) => fetch(input, init),
  () => void queries.invalidateQueries({ queryKey: sessionKey }),
);

const root = document.getElementById("root");
if (root === null) throw new Error("internal: index.html has no element with the id root");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <ClientContext value={client}>
        {/* Until its words are there, there is nothing to say. */}
        <Suspense>
          <App />
        </Suspense>
      </ClientContext>
    </QueryClientProvider>
  </StrictMode>,
);
