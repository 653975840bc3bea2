/**
 * Pictures of the project's own messages for the README and docs/: `npm run screenshots` writes docs/images/*.png, each
 * at the width of a laptop and of a phone. Those of Kong's incident are taken of a thread that is played on real Docker;
 * without it they stay as they are. Needs Chromium, which is not installed by `npm ci` (Debian: apt-get install
 * chromium fonts-liberation fonts-noto-color-emoji).
 */
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { chromium, type Browser } from "playwright-core";
import { kongPictures, trendChart } from "./docs/kong-pictures.ts";
import { PICTURES } from "./docs/pictures.ts";
import { NAMES } from "./docs/example-facts.ts";
import { QUIET_PICTURES } from "./docs/quiet-pictures.ts";
import { STORM_PICTURES } from "./docs/storm-pictures.ts";
import { STRAY_PICTURES } from "./docs/stray-pictures.ts";
import { smallPng } from "./docs/small-png.ts";
import { renderThreadPage, type PageMessage, type PageNames } from "./docs/thread-page.ts";

const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-lcd-text",
];
/** What a file's name ends in → the width in pixels. */
const WIDTHS = { "": 760, "-phone": 375 } as const;
const FOLDER = resolve("docs/images");

if (!existsSync(CHROMIUM)) {
  process.stderr.write(
    `expected Chromium at ${CHROMIUM}, found none: install it (apt-get install chromium fonts-liberation fonts-noto-color-emoji) or name it in CHROMIUM\n`,
  );
  process.exit(1);
}
const kong = await kongPictures();
if (kong.kind === "absent") process.stdout.write(`The pictures of Kong's incident stay as they are: ${kong.because}\n`);
const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
try {
  await mkdir(FOLDER, { recursive: true });
  await pictures(browser, { ...PICTURES, ...QUIET_PICTURES, ...STORM_PICTURES, ...STRAY_PICTURES }, NAMES);
  if (kong.kind === "there") await pictures(browser, kong.pictures, kong.names);
  await writeFile(`${FOLDER}/trend.png`, smallPng(Buffer.from(await trendChart(resolve("dist/chart-process.js")))));
} finally {
  await browser.close();
}

async function pictures(from: Browser, all: Readonly<Record<string, readonly PageMessage[]>>, names: PageNames): Promise<void> {
  for (const [name, messages] of Object.entries(all)) {
    const page = await renderThreadPage(messages, names);
    for (const [ending, width] of Object.entries(WIDTHS)) await picture(from, { page, width, path: `${FOLDER}/${name}${ending}.png` });
  }
}

async function picture(
  from: Browser,
  { page: html, width, path }: { readonly page: string; readonly width: number; readonly path: string },
): Promise<void> {
  const page = await from.newPage({ viewport: { width, height: 400 } });
  await page.setContent(html);
  await writeFile(path, smallPng(await page.locator("main").screenshot()));
  await page.close();
  process.stdout.write(`${path}\n`);
}
