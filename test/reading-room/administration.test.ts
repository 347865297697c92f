/**
 * Those who run a study, in a browser: a passkey made and used, the institution's sign-on, radiographs added.
 * The authenticator is chromium's virtual one, the provider a small one on loopback; all else is as shipped.
 */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { signOnSchema } from "@malleolus/schema";
import { createStudy, openStudy } from "@malleolus/studies";
import type { Page } from "playwright-core";
import { startProvider } from "../../packages/server/src/test-openid-provider.ts";
import { uploadedRadiograph } from "../../packages/server/src/test-uploads.ts";
import { launchBrowser, noBrowser } from "../../packages/web/src/test-browser.ts";
import { openRoomOn, PASSPHRASE, scratchFolder } from "./test-room.ts";
import { assertAccessible, goTo, newVisitor, setUp, signIn } from "./visitor.ts";

test("administration: passkeys, the institution's sign-on, and radiographs that are added", {
  skip: noBrowser,
}, async (context) => {
  const folder = scratchFolder(context);
  await createStudy({ folder: join(folder, "study"), name: "Ankles", passphrase: PASSPHRASE });
  const study = await openStudy(join(folder, "study"));
  const provider = await startProvider(context);
  const { issuer, clientSecret } = provider;
  const groups = { team: ["researcher"] };
  const signOn = signOnSchema.parse({ issuer, clientId: "malleolus", clientSecret, groups });
  const room = await openRoomOn(study, { folder, signOn });
  context.after(room.close);
  const browser = await launchBrowser();
  context.after(() => browser.close());
  // A passkey needs an address with a name.
  const named = (address: string) => address.replace("127.0.0.1", "localhost");
  const address = named(room.server.address);
  const administrator = await newVisitor(browser, address);
  await setUp(administrator.page, named(room.server.setupLink ?? ""));

  await context.test("a passkey is made, signs in, and is gone once it is removed", async () => {
    const { page } = administrator;
    const devices = await page.context().newCDPSession(page);
    await devices.send("WebAuthn.enable");
    await devices.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    await goTo(page, "Settings");
    await page.getByRole("link", { name: "Passkeys" }).click();
    await page.getByText("No passkey is kept for your account.").waitFor();
    await page.getByLabel("Name of the new passkey").fill("Hospital desktop");
    await page.getByRole("button", { name: "Make a passkey" }).click();
    await page.getByText("Not used yet").waitFor();
    await assertAccessible(page, "passkeys");
    await signOut(page);
    await assertAccessible(page, "sign-in");
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await page.getByText(/^Last used/).waitFor();
    await page.getByRole("button", { name: "Remove Hospital desktop" }).click();
    await page.getByText("No passkey is kept for your account.").waitFor();
    await signOut(page);
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await page.getByText("No account here has this passkey.").waitFor();
    await signIn(page, "ada");
    await page.getByText("No passkey is kept for your account.").waitFor();
    const own = (text: string) => !/status of 401/.test(text);
    assert.deepEqual(administrator.troubles.filter(own), []);
  });

  await context.test(
    "the institution signs a researcher in, and nobody without a group",
    async () => {
      // The provider is another origin: a visitor of its own, whose requests go there too.
      const page = await (await browser.newContext({ baseURL: address })).newPage();
      provider.user = { sub: "1", preferred_username: "bakker", groups: ["kitchen"] };
      await page.goto(`${address}/login`);
      await page.getByRole("link", { name: "Sign in with your institution" }).click();
      await page.getByText("none of your groups belongs to this study").waitFor();
      await assertAccessible(page, "sign-in, refused");
      provider.user = { ...provider.user, groups: ["team"], name: "B. Bakker" };
      await page.getByRole("link", { name: "Sign in with your institution" }).click();
      await page.getByRole("heading", { name: "Add radiographs" }).waitFor();
      assert.equal(new URL(page.url()).pathname, "/radiographs");
      await page.context().close();
    },
  );

  await context.test("radiographs are added, and the page says what became of them", async () => {
    const { page } = administrator;
    const files = join(folder, "files");
    mkdirSync(files);
    const paths = ["1.dcm", "2.dcm", "bad.dcm"].map((name) => join(files, name));
    writeFileSync(paths[0], uploadedRadiograph(1));
    writeFileSync(paths[1], uploadedRadiograph(2));
    writeFileSync(paths[2], "no radiograph");
    await page.getByRole("link", { name: "Radiographs" }).click();
    await page.getByLabel("Passphrase of the study's key file").fill("another");
    await page.getByRole("button", { name: "Open the upload" }).click();
    await page.getByText("The passphrase does not open the study's key file.").waitFor();
    await page.getByLabel("Passphrase of the study's key file").fill(PASSPHRASE);
    await page.getByRole("button", { name: "Open the upload" }).click();
    await page.getByRole("button", { name: "Choose files" }).waitFor();
    await assertAccessible(page, "radiographs, open");
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Choose files" }).click();
    await (await chooser).setFiles(paths);
    await page.getByText("3 of 3 files sent").waitFor();
    await page.getByRole("button", { name: "All files are sent" }).click();
    await page.getByRole("heading", { name: "The upload is done" }).waitFor();
    await page.getByText("2 imported, 0 known already, 1 refused; 0 files are waiting.").waitFor();
    await page.getByRole("listitem").filter({ hasText: "bad.dcm" }).waitFor();
    await assertAccessible(page, "radiographs, done, dark");
    await goTo(page, "Settings");
    await page.getByText("Light", { exact: true }).click();
    await page.getByText("Nederlands", { exact: true }).click();
    await page.getByRole("link", { name: "Röntgenfoto's" }).click();
    await page.getByRole("heading", { name: "Röntgenfoto's toevoegen" }).waitFor();
    await assertAccessible(page, "radiographs, done, light, Dutch");
    const own = (text: string) => !/status of 40[01]/.test(text);
    assert.deepEqual(administrator.troubles.filter(own), []);
  });
});

async function signOut(page: Page): Promise<void> {
  await page.getByRole("button", { name: /account of/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Sign in", exact: true }).waitFor();
}
