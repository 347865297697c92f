/** The bar on top of every page: where one is, whether work is saved, help, the account. */
import { type Account, sessionSchema } from "@malleolus/schema";
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
import type { Translate } from "../strings/translate.ts";
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

interface NamedPage {
  readonly to: string;
  readonly name: string;
}

/** As many fit into the bar of any window; more would be of equal weight, and nobody's first. */
const MOST_IN_BAR = 5;

/** On pages that are no case: the name, the pages that this account goes to most, and a menu of all others. */
export function PageNavigation() {
  const t = useText();
  const { account } = useSignedIn();
  const [path, go] = useLocation();
  const pages = pagesOf(account, t);
  const isHere = ({ to }: NamedPage) => path.split("/")[1] === to.split("/")[1];
  const isFew = pages.length <= MOST_IN_BAR;
  const often = isFew ? pages : pages.slice(0, MOST_IN_BAR);
  const others = isFew ? [] : pages.slice(MOST_IN_BAR);
  return (
    <>
      <Link className="brand" href="/">
        <img src={mark} alt="" />
        {t("app.name")}
      </Link>
      <nav className="nav" aria-label={t("app.pages")}>
        {/* Wherever somebody is stands in the bar. */}
        {[...often, ...others.filter(isHere)].map((page) =>
          page.to === ANALYSE ? (
            <a key={page.to} href={page.to}>
              {page.name}
            </a>
          ) : (
            <Link key={page.to} href={page.to} aria-current={isHere(page) ? "page" : undefined}>
              {page.name}
            </Link>
          ),
        )}
        {others.length > 0 && (
          <MenuTrigger>
            <AriaButton className="button button-quiet button-small">{t("nav.more")} ▾</AriaButton>
            <Popover className="popover" placement="bottom end">
              <Menu className="menu" aria-label={t("nav.more")}>
                {others.map(({ to, name }) => (
                  <MenuItem
                    key={to}
                    className="menu-item"
                    onAction={() => (to === ANALYSE ? location.assign(to) : go(to))}
                  >
                    {name}
                  </MenuItem>
                ))}
              </Menu>
            </Popover>
          </MenuTrigger>
        )}
      </nav>
    </>
  );
}

/** A page of its own, outside of the room. Who reads a study is not led to a machine's opinion. */
const ANALYSE = "/analyse.html";

/** Those that an account has, the ones that it needs most first. */
function pagesOf(account: Account, t: Translate): readonly NamedPage[] {
  const all = [
    [isReader(account), "/worklist", t("worklist.title")],
    [seesFlow(account), "/study", t("nav.study")],
    [isCoordinator(account), "/radiographs", t("nav.radiographs")],
    [isCoordinator(account), "/runs", t("nav.runs")],
    [isCoordinator(account), "/reports", t("nav.reports")],
    [isAdministrator(account), "/people", t("nav.people")],
    [isCoordinator(account), "/jobs", t("nav.jobs")],
    [isCoordinator(account), "/rounds", t("nav.rounds")],
    [isCoordinator(account), "/wrong-findings", t("nav.wrong findings")],
    [isCoordinator(account), "/drawing-times", t("nav.drawing times")],
    [isCoordinator(account), "/predict", t("nav.predict")],
    [!isReader(account), ANALYSE, t("nav.analyse")],
    [true, "/settings/display", t("settings.title")],
  ] as const;
  return all.flatMap(([has, to, name]) => (has ? [{ to, name }] : []));
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
