/**
 * Debian's chromium for tests, driven by playwright-core, which brings no browser of its own. Tests of
 * the whole reading room start theirs the same way.
 */
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const CHROMIUM = "/usr/bin/chromium";

/** Why browser tests are skipped; false where they are not. */
export const noBrowser: string | false = existsSync(CHROMIUM)
  ? false
  : `no ${CHROMIUM}; install Debian's chromium`;

/**
 * WebGL2 comes from SwiftShader, in software, since no test machine need have a graphics card. The rest of a page is
 * drawn and composited without it: through SwiftShader it takes a third of a test's processor time.
 */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      ...["--enable-unsafe-swiftshader", "--use-angle=swiftshader", "--ignore-gpu-blocklist"],
      ...["--disable-gpu-compositing", "--disable-gpu-rasterization"],
      "--disable-accelerated-2d-canvas",
    ],
    // In containers and as root there is no sandbox to be had.
    chromiumSandbox: process.getuid?.() !== 0,
  });
}
