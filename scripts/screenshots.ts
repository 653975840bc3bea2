/**
 * Pictures of the project's own messages for the README and docs/: `npm run screenshots` writes docs/images/*.png, each
 * at the width of a laptop and of a phone. Needs Chromium, which is not installed by `npm ci` (Debian: apt-get install
 * chromium fonts-liberation fonts-noto-color-emoji).
 */
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { chromium, type Browser } from "playwright-core";
import { PICTURES } from "./docs/pictures.ts";
import { NAMES } from "./docs/example-facts.ts";
import { smallPng } from "./docs/small-png.ts";
import { renderThreadPage } from "./docs/thread-page.ts";

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
const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
try {
  await mkdir(FOLDER, { recursive: true });
  for (const [name, messages] of Object.entries(PICTURES)) {
    const page = await renderThreadPage(messages, NAMES);
    for (const [ending, width] of Object.entries(WIDTHS)) await picture(browser, { page, width, path: `${FOLDER}/${name}${ending}.png` });
  }
} finally {
  await browser.close();
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
