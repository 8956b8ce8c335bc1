/**
 * Writes two PNGs of a page that loads nothing, dark and light: FILE.png and FILE-light.png.
 *
 *     node preview/page-picture.mjs PAGE.html FILE
 */
import { pathToFileURL } from "node:url";
import { launchBrowser } from "./browser.mjs";
import { PreviewError } from "./server.mjs";

const WIDTH = 1280;
const SUFFIXES = { dark: "", light: "-light" };

async function takePictures([page, file]) {
  if (!file) throw new PreviewError("give a page and the name of a picture, without .png");
  const browser = await launchBrowser();
  try {
    for (const [colorScheme, suffix] of Object.entries(SUFFIXES)) {
      const context = await browser.newContext({ viewport: { width: WIDTH, height: 400 }, colorScheme, locale: "en-GB" });
      const opened = await context.newPage();
      await opened.goto(pathToFileURL(page).href);
      await opened.screenshot({ path: `${file}${suffix}.png`, fullPage: true });
      await context.close();
      console.log(`${file}${suffix}.png`);
    }
  } finally {
    await browser.close();
  }
}

takePictures(process.argv.slice(2)).catch((error) => {
  console.error(`page-picture: ${error instanceof PreviewError ? error.message : error.stack}`);
  process.exit(2);
});
