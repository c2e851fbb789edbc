// The start page as somebody uses it: into a party by its code, a party of one's own, the parties of this device.
import { accessible, assert, createRoom, fits, guest, shot, test } from "./lib.mjs";

const REFUSED = /status of (404|429)/;

test("home: a wrong code is said in words, a right one leads in", async (t) => {
  const host = await guest("Hanna");
  const room = await createRoom(host, { name: "Friday" });
  const page = await t.device("phone", { allow: [REFUSED] });
  await page.goto("/");
  const code = page.getByLabel("Code of the party");
  await code.fill("0OI1");
  await page.getByRole("button", { name: "Join", exact: true }).click();
  await page.getByRole("alert").filter({ hasText: "not a code" }).waitFor();
  await code.fill("ZZZZZZ");
  await page.getByRole("button", { name: "Join", exact: true }).click();
  await page.getByRole("alert").filter({ hasText: "no party with the code ZZZZZZ" }).waitFor();
  assert.equal(await code.getAttribute("aria-invalid"), "true");
  await accessible(page, "home with a wrong code");
  await code.fill(room.code.toLowerCase());
  await page.getByRole("button", { name: "Join", exact: true }).click();
  await page.getByRole("heading", { name: "Friday" }).waitFor();
  assert.match(page.url(), new RegExp(`/r/${room.code}$`));
});

test("home: a pasted link is enough", async (t) => {
  const room = await createRoom(await guest("Hanna"), { name: "Linked" });
  const page = await t.device("phone");
  await page.goto("/");
  await page.getByLabel("Code of the party").fill(`https://tutti.example/r/${room.code}?x=1`);
  await page.getByRole("heading", { name: "Linked" }).waitFor();
});

test("home: starting a party makes one its host, and it is there to come back to", async (t) => {
  const page = await t.device("phone");
  await page.goto("/");
  await page.getByRole("button", { name: "Start the party" }).click();
  await page.getByRole("alert").filter({ hasText: "Give the party a name" }).waitFor();
  await page.getByLabel("Name of the party").fill("Ana’s evening");
  await page.getByLabel("Your name").fill("Ana");
  await page.getByRole("button", { name: "Start the party" }).click();
  await page.getByRole("heading", { level: 1, name: "Ana’s evening" }).waitFor();
  await page.getByRole("button", { name: "Start the music" }).waitFor();
  await page.goto("/");
  await page.getByRole("link", { name: /Ana’s evening/ }).waitFor();
  await page.getByRole("button", { name: "Forget Ana’s evening" }).click();
  assert.equal(await page.getByRole("link", { name: /Ana’s evening/ }).count(), 0);
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("link", { name: /Ana’s evening/ }).click();
  await page.getByRole("button", { name: "Start the music" }).waitFor();
});

test("home: fits small screens, in French and from right to left, and axe is content", async (t) => {
  const narrow = await t.device("narrow");
  await narrow.goto("/");
  await narrow.getByRole("heading", { level: 1 }).waitFor();
  await fits(narrow, "home at 320 px");
  await narrow.goto("/?dir=rtl");
  await narrow.getByRole("heading", { level: 1 }).waitFor();
  await fits(narrow, "home from right to left");
  const french = await t.device("phone", { language: "fr-FR", scheme: "light" });
  await french.goto("/");
  await french.getByRole("heading", { name: "Rejoindre une soirée" }).waitFor();
  await accessible(french, "home in French, light");
  const laptop = await t.device("laptop");
  await laptop.goto("/");
  await laptop.getByRole("heading", { level: 1 }).waitFor();
  await accessible(laptop, "home, dark");
  await shot(laptop, "home-laptop");
  const phone = await t.device("phone");
  await phone.goto("/");
  await phone.getByRole("heading", { level: 1 }).waitFor();
  await shot(phone, "home-phone");
});
