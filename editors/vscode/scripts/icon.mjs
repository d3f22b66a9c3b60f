// Draws media/icon.png (256 × 256) from media/icon.svg with Chromium (set CHROMIUM if it is elsewhere).
import { chromium } from "playwright-core";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const media = resolve(import.meta.dirname, "../media");
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
const page = await browser.newPage({ viewport: { width: 256, height: 256 } });
const svg = readFileSync(join(media, "icon.svg"), "utf8");
await page.setContent(`<style>*{margin:0}svg{display:block;width:256px;height:256px}</style>${svg}`);
await page.screenshot({ path: join(media, "icon.png"), omitBackground: true });
await browser.close();
