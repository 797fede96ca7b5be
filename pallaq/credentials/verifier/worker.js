// Keeps the page for when there is no network. VERSION and FILES stand above, written by the server: a change of any
// file is a new version, fetched whole before it takes the place of the old one. The lists are the page's to keep.

const SHELF = `pallaq-verify-${VERSION}`;
const LISTS = ["/verify/keys.cbor", "/verify/status.cbor", "/verify/keys.json", "/verify/worker.js"];

self.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const shelf = await caches.open(SHELF);
      await shelf.addAll(FILES.map((file) => new Request(file, { credentials: "omit", cache: "reload" })));
      await self.skipWaiting();
    })(),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      const names = await caches.keys();
      const old = names.filter((name) => name.startsWith("pallaq-verify-") && name !== SHELF);
      await Promise.all(old.map((name) => caches.delete(name)));
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  const ours = address.origin === self.location.origin && address.pathname.startsWith("/verify/");
  if (event.request.method === "GET" && ours && !LISTS.includes(address.pathname)) event.respondWith(answer(event.request));
});

async function answer(request) {
  const shelf = await caches.open(SHELF);
  const kept = await shelf.match(request, { ignoreSearch: true, ignoreVary: true });
  if (kept) return kept;
  const fetched = await fetch(request.url, { credentials: "omit" });
  if (fetched.ok) await shelf.put(request.url, fetched.clone());
  return fetched;
}
