/** The bar on top of every page: where one is, whether work is saved, help, the account. */
import { sessionSchema } from "@malleolus/schema";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Button as AriaButton, Menu, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import { Link, useLocation } from "wouter";
import { changeSession } from "../api/queries.ts";
import {
  isAdministrator,
  isCoordinator,
  isReader,
  seesFlow,
  useClient,
  useSignedIn,
} from "../services.ts";
import { useText } from "../strings/text.tsx";
import mark from "../styles/mark.svg";

export function TopBar({
  title,
  middle,
  end,
}: {
  readonly title: ReactNode;
  readonly middle?: ReactNode;
  readonly end?: ReactNode;
}) {
  return (
    <header className="top-bar">
      {title}
      <div className="top-bar-middle">{middle}</div>
      <div className="top-bar-end">
        {end}
        <AccountMenu />
      </div>
    </header>
  );
}

/** On pages that are no case: the name, and the pages that this account has. */
export function PageNavigation() {
  const t = useText();
  const { account } = useSignedIn();
  const [path] = useLocation();
  const pages = [
    ...(isReader(account) ? [["/worklist", t("worklist.title")] as const] : []),
    ...(seesFlow(account) ? [["/study", t("study.title")] as const] : []),
    ...(isCoordinator(account)
      ? [
          ["/radiographs", t("upload.nav")] as const,
          ["/runs", t("runs.title")] as const,
          ["/reports", t("reports.title")] as const,
          ["/predict", t("predict.nav")] as const,
          ["/rounds", t("round.title")] as const,
          ["/drawing-times", t("times.nav")] as const,
        ]
      : []),
    ...(isAdministrator(account) ? [["/people", t("people.title")] as const] : []),
    ["/settings/display", t("settings.title")] as const,
  ];
  return (
    <>
      <Link className="brand" href="/">
        <img src={mark} alt="" />
        {t("app.name")}
      </Link>
      <nav className="nav" aria-label={t("app.pages")}>
        {pages.map(([to, name]) => (
          <Link
            key={to}
            href={to}
            aria-current={path.split("/")[1] === to.split("/")[1] ? "page" : undefined}
          >
            {name}
          </Link>
        ))}
        {/* A page of its own. Who reads a study is not led to a machine's opinion. */}
        {!isReader(account) && <a href="/analyse.html">{t("analyse.short")}</a>}
      </nav>
    </>
  );
}

function AccountMenu() {
  const t = useText();
  const client = useClient();
  const queries = useQueryClient();
  const [, go] = useLocation();
  const { account } = useSignedIn();
  const signOut = useMutation({
    mutationFn: () => client.send("POST", "/api/logout", {}, sessionSchema),
    onSuccess: (session) => changeSession(queries, session),
  });
  const initials = initialsOf(account.name);
  const label = t("app.account", { initials, name: account.name });
  return (
    <MenuTrigger>
      <AriaButton className="button button-quiet button-small" aria-label={label}>
        {initials}
      </AriaButton>
      <Popover className="popover" placement="bottom end">
        <Menu className="menu" aria-label={label}>
          <MenuItem className="menu-item" onAction={() => go("/settings/display")}>
            {t("settings.title")}
          </MenuItem>
          <MenuItem className="menu-item" onAction={() => signOut.mutate()}>
            {t("app.sign out")}
          </MenuItem>
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter((word) => word !== "");
  const letters = [words.at(0), words.length > 1 ? words.at(-1) : undefined];
  return letters.map((word) => word?.[0]?.toUpperCase() ?? "").join("");
}
