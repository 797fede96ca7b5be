// QR codes by camera or from a picture: by the browser itself, or by a library where it cannot.

const EVERY = 200; // milliseconds between two looks
const WIDEST = 1600; // pixels: more only costs time

let reader;

async function detector() {
  if (!reader) reader = (await native()) ?? (await library());
  return reader;
}

async function native() {
  if (!("BarcodeDetector" in self)) return null;
  const formats = await BarcodeDetector.getSupportedFormats().catch(() => []);
  if (!formats.includes("qr_code")) return null;
  const found = new BarcodeDetector({ formats: ["qr_code"] });
  return async (canvas) => (await found.detect(canvas))[0]?.rawValue ?? null;
}

async function library() {
  await import("./vendor/jsqr.js");
  return async (canvas) => {
    const { data, width, height } = canvas.getContext("2d", { willReadFrequently: true }).getImageData(0, 0, canvas.width, canvas.height);
    return self.jsQR(data, width, height, { inversionAttempts: "dontInvert" })?.data || null;
  };
}

// Fetch the library before the network goes, where it will be needed.
export async function makeReady() {
  await detector();
}

function drawn(source, width, height) {
  const scale = Math.min(1, WIDEST / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  canvas.getContext("2d", { willReadFrequently: true }).drawImage(source, 0, 0, canvas.width, canvas.height);
  return canvas;
}

// The text of the code in a picture; null if there is none.
export async function fromPicture(file) {
  const picture = await createImageBitmap(file);
  const text = await (await detector())(drawn(picture, picture.width, picture.height));
  picture.close();
  return text;
}

// Show the camera in `video` until a code is seen; returns how to stop, and calls `seen` with its text.
export async function fromCamera(video, seen) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } });
  video.srcObject = stream;
  await video.play();
  const look = await detector();
  let going = true;
  const stop = () => {
    going = false;
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  };
  (async () => {
    while (going) {
      const text = video.videoWidth ? await look(drawn(video, video.videoWidth, video.videoHeight)).catch(() => null) : null;
      if (text && going) {
        stop();
        seen(text);
      }
      await new Promise((resolve) => setTimeout(resolve, EVERY));
    }
  })();
  return stop;
}
