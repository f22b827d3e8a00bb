// Opens every page of a marketplace with demonstration data in a real browser, as `make test-pages` does: nothing
// is written to the console, no policy is violated, axe finds nothing serious, and a change made through the API
// reaches the page without a reload. What was seen is left in seen/.
import { spawn } from "node:child_process";
import { mkdtemp, mkdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";

const assets = path.dirname(import.meta.dirname);
const root = path.resolve(assets, "../../..");
const password = "demonstration-only";
const screens = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };
const pages = {
  overview: "/monitor",
  volumes: "/monitor/volumes?by=year",
  "volumes-by": "/monitor/volumes?by=quarter&by=scheme&compare=both&line=black_tiger_shrimp",
  "volumes-producers": "/monitor/volumes?by=producer&line=black_tiger_shrimp",
  refused: "/monitor/volumes?line=nothing",
  gaps: "/monitor/gaps?line=black_tiger_shrimp",
  "gaps-demand": "/monitor/gaps?only=demand",
  indicators: "/monitor/indicators",
  "open-data": "/monitor/open-data",
  postings: "/monitor/volumes/postings?measure=delivered&line=black_tiger_shrimp",
  desk: "/monitor/desk",
  reports: "/monitor/reports",
  watches: "/monitor/watches?q=htx",
  trade: "/trade",
  "trade-new": "/trade/events/new",
  memoranda: "/trade/memoranda",
  "memoranda-new": "/trade/memoranda/new",
  programmes: "/trade/programmes",
  declarations: "/trade/declarations",
  "declarations-new": "/trade/declarations/new",
};

const complaints = [];
const complain = (where, what) => {
  complaints.push(`${where}: ${what}`);
  console.error(`✗ ${where}: ${what}`);
};

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

async function serve() {
  const data = await mkdtemp(path.join(tmpdir(), "ocop-pages-"));
  const [port, admin] = [await freePort(), await freePort()];
  const server = spawn(path.join(root, "bin/ocop"), ["serve", "--embedded"], {
    env: { ...process.env, OCOP_DATA: data, OCOP_LISTEN: `127.0.0.1:${port}`, OCOP_ADMIN_LISTEN: `127.0.0.1:${admin}`, OCOP_LOG_LEVEL: "error" },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const ended = new Promise((done) => server.on("exit", done));
  const base = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 240; tries++) {
    const ready = await fetch(`${base}/readyz`).catch(() => undefined);
    if (ready?.ok) break;
    if (server.exitCode !== null) throw new Error("the server did not start");
    await new Promise((done) => setTimeout(done, 250));
  }
  const stop = async () => {
    server.kill("SIGTERM");
    await ended;
    await rm(data, { recursive: true, force: true });
  };
  return { base, stop };
}

async function call(base, method, where, token, body) {
  const answer = await fetch(base + where, {
    method,
    headers: { ...(token && { Authorization: `Bearer ${token}` }), ...(body && { "Content-Type": "application/json" }) },
    body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${where}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

function listen(page, expected) {
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && !expected(message.text())) complain(page.url(), message.text());
  });
  page.on("pageerror", (error) => complain(page.url(), error.message));
  page.on("requestfailed", (request) => {
    if (!request.url().endsWith("/v1/stream")) complain(page.url(), `${request.url()} ${request.failure()?.errorText}`);
  });
}

async function examine(page, name) {
  const source = await readFile(path.join(assets, "node_modules/axe-core/axe.min.js"), "utf8");
  await page.evaluate(source);
  const found = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  for (const { id, impact, nodes } of found.violations) {
    const where = nodes.slice(0, 3).map((node) => `${node.target} ${node.failureSummary?.split("\n").slice(1, 2)}`).join("; ");
    if (["serious", "critical"].includes(impact)) complain(name, `axe: ${id} (${impact}): ${where}`);
    else console.log(`  ${name}: axe: ${id} (${impact}): ${where}`);
  }
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wider > 0) complain(name, `the page is ${wider} pixels wider than the screen`);
}

async function signIn(page, base, who) {
  await page.goto(`${base}/sign-in`);
  await page.fill("input[name=login]", who);
  await page.fill("input[name=password]", password);
  await page.press("input[name=password]", "Enter");
  await page.waitForURL((url) => url.pathname !== "/sign-in");
}

// The first thing of each list is opened, too: its address is found on the list.
const things = {
  certificate: ["/monitor/desk?kind=expiring_certificates", "/monitor/desk/certificates/"],
  watch: ["/monitor/watches", "/monitor/watches/"],
  event: ["/trade", "/trade/events/"],
  memorandum: ["/trade/memoranda", "/trade/memoranda/"],
  programme: ["/trade/programmes", "/trade/programmes/"],
};

async function everyThing(page, base, screen, locale) {
  for (const [name, [list, begins]] of Object.entries(things)) {
    await page.goto(base + list);
    const links = await page.locator("main a").evaluateAll((all) => all.map((each) => each.getAttribute("href") ?? ""));
    const where = links.find((each) => each.startsWith(begins) && !each.endsWith("/new"));
    if (!where) {
      complain(name, `there is none on ${list}`);
      continue;
    }
    await page.goto(base + where);
    await examine(page, `${name} ${screen} ${locale}`);
    await page.screenshot({ path: path.join(assets, `seen/${name}-${screen}-${locale}.png`), fullPage: screen === "desktop" });
  }
}

async function everyPage(browser, base, screen, locale) {
  const context = await browser.newContext({ viewport: screens[screen], locale });
  await context.addInitScript(() =>
    document.addEventListener("securitypolicyviolation", (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`)),
  );
  const page = await context.newPage();
  let refused = false;
  listen(page, (text) => refused && text.includes("status of 422"));
  await page.goto(`${base}/sign-in`);
  await examine(page, `sign-in ${screen}`);
  await page.screenshot({ path: path.join(assets, `seen/sign-in-${screen}-${locale}.png`) });
  await signIn(page, base, "official.camau@ocop.example");
  for (const [name, where] of Object.entries(pages)) {
    refused = name === "refused";
    await page.goto(base + where);
    if (await page.locator("[data-chart]").count()) await page.waitForSelector("[data-chart] svg");
    if (await page.locator("[data-live-mark]").count()) await page.waitForSelector('[data-live-mark][data-state="on"]');
    await examine(page, `${name} ${screen} ${locale}`);
    await page.screenshot({ path: path.join(assets, `seen/${name}-${screen}-${locale}.png`), fullPage: screen === "desktop" });
  }
  await everyThing(page, base, screen, locale);
  await context.close();
}

// A change made through the API is on the page within seconds, and the page was not loaded again for it.
async function liveUpdate(browser, base) {
  const page = await browser.newPage({ viewport: screens.desktop, locale: "en-GB" });
  listen(page, () => false);
  await signIn(page, base, "official.camau@ocop.example");
  const in9days = new Date(Date.now() + 9 * 86_400_000).toISOString().slice(0, 10);
  await page.goto(`${base}/monitor/volumes?by=form&by=ward&line=black_tiger_shrimp&from=${in9days}&to=${in9days}`);
  await page.waitForSelector('[data-live-mark][data-state="on"]');
  await page.evaluate(() => (window.kept = true));
  await page.focus("main summary");
  const before = await page.locator("#figures a[href*='measure=requested']").allInnerTexts();
  const { token } = await call(base, "POST", "/v1/sessions", "", { login: "buyer@ocop.example", password });
  await call(base, "POST", "/v1/inquiries", token, {
    visibility: "open",
    quotes_due_at: new Date(Date.now() + 2 * 86_400_000).toISOString(),
    deliver_to: { commune_code: "26740", note: "Kho" },
    lines: [{ line: "black_tiger_shrimp", quantity: "123.456", unit: "kg", deliver_from: in9days, deliver_to: in9days }],
  });
  const begun = Date.now();
  await page
    .waitForFunction(
      (old) => {
        const now = [...document.querySelectorAll("#figures a[href*='measure=requested']")].map((each) => each.textContent);
        return now.length > 0 && now.join() !== old;
      },
      before.join(),
      { timeout: 15_000 },
    )
    .catch(() => complain("live", "the change did not reach the page within 15 s"));
  console.log(`  live: a change was on the page ${Date.now() - begun} ms after it was acknowledged`);
  if (!(await page.evaluate(() => window.kept))) complain("live", "the page was loaded again");
  if (!(await page.evaluate(() => document.activeElement?.tagName === "SUMMARY"))) complain("live", "the focus was taken away");
  await page.waitForSelector("[data-live-at]:not(:empty)");
  await page.close();
}

await mkdir(path.join(assets, "seen"), { recursive: true });
const { base, stop } = await serve();
try {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ],
  });
  await liveUpdate(browser, base);
  await everyPage(browser, base, "desktop", "vi-VN");
  await everyPage(browser, base, "phone", "en-GB");
  await browser.close();
} finally {
  await stop();
}
console.log(complaints.length === 0 ? "Every page is as it should be." : `${complaints.length} complaints.`);
process.exit(complaints.length === 0 ? 0 : 1);
