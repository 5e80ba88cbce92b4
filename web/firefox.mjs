// Opens a page in Firefox and does what a reader does; prints what it found as JSON.
//   node firefox.mjs FIREFOX PAGE
// Playwright drives a Firefox of its own making only; WebDriver BiDi drives the one that people have.
import { pathToFileURL } from "node:url";
import puppeteer from "puppeteer-core";

const [executablePath, file] = process.argv.slice(2);
const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true });
try {
  const page = await browser.newPage();
  await page.setViewport({ width: 1400, height: 900 });
  const found = { complaints: [], requests: [] };
  page.on("console", (message) => {
    if (["error", "warn"].includes(message.type())) found.complaints.push(message.text());
  });
  page.on("pageerror", (error) => found.complaints.push(error.message));
  page.on("dialog", (dialog) => {
    found.complaints.push(dialog.message());
    void dialog.dismiss();
  });
  const address = pathToFileURL(file).href;
  page.on("request", (request) => {
    if (!/^(file|data|blob):/.test(request.url())) found.requests.push(request.url());
  });
  await page.goto(`${address}#language=en`);
  await page.waitForSelector("[data-ready]");
  found.counts = await page.$eval(".counts", (element) => element.textContent);
  found.marked = await page.evaluate(
    () =>
      new Promise((done) => {
        requestAnimationFrame(() =>
          requestAnimationFrame(() => {
            const canvas = document.querySelector("canvas.screen");
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            const pixels = new Uint32Array(data.buffer);
            // The corner has the colour of the ground.
            done(pixels.filter((pixel) => pixel !== pixels[0]).length);
          }),
        );
      }),
  );

  await page.keyboard.press("/");
  await page.keyboard.type("shiyao");
  await page.waitForSelector("#results [role=option]");
  await page.keyboard.press("Enter");
  found.searched = await page.$eval(".details h2.title", (element) => element.textContent);

  // Somewhere a mark is under the pointer; a click there opens its details.
  await page.keyboard.press("Escape");
  const spot = await page.evaluate(() => {
    const stage = document.querySelector(".stage");
    const box = stage.getBoundingClientRect();
    for (let y = 60; y < box.height; y += 6)
      for (let x = 10; x < box.width; x += 6) {
        const at = { clientX: box.left + x, clientY: box.top + y, bubbles: true };
        stage.dispatchEvent(new PointerEvent("pointermove", at));
        if (stage.dataset.over) return [box.left + x, box.top + y];
      }
    return null;
  });
  await page.mouse.click(...spot);
  found.clicked = await page.$eval(".details h2.title", (element) => element.textContent);

  for (const name of ["zone", "time"]) {
    await page.evaluate((picture) => {
      location.hash = `language=en&arrange=${picture}`;
    }, name);
    await page.waitForFunction(
      (picture) =>
        location.hash.includes(picture) && document.querySelector(".arrangements [aria-pressed=true]"),
      {},
      name,
    );
    found[name] = await page.$eval(".arrangements [aria-pressed=true]", (element) => element.textContent);
  }

  await page.keyboard.press("q");
  await page.evaluate(() => {
    [...document.querySelectorAll(".question")].at(-1).click();
  });
  await page.waitForSelector(".asked textarea");
  await page.$eval(".asked textarea", (element) => {
    element.value = "SELECT (COUNT(*) AS ?n) { ?firm a cg:Firm }";
    element.dispatchEvent(new Event("input", { bubbles: true }));
  });
  await page.click(".asked .button.main");
  await page.waitForSelector(".answer td", { timeout: 60_000 });
  found.answered = await page.$eval(".answer td", (element) => element.textContent);
  process.stdout.write(JSON.stringify(found));
} finally {
  await browser.close();
}
