// Makes a picture small enough to be shared: a JPEG of fewer than 512 KiB, without what the camera wrote beside it.

const MOST = 500 * 1024;
const SIDES = [1600, 1280, 1024, 800, 640];
const QUALITIES = [0.85, 0.7, 0.55];

/** @throws when it is no picture the browser can read. */
export async function shrink(file: Blob): Promise<Blob> {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  try {
    for (const side of SIDES) {
      const canvas = drawn(bitmap, side);
      for (const quality of QUALITIES) {
        const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", quality));
        if (blob && blob.size <= MOST) return blob;
      }
    }
  } finally {
    bitmap.close();
  }
  throw new Error("the picture does not become small enough");
}

function drawn(bitmap: ImageBitmap, side: number): HTMLCanvasElement {
  const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext("2d");
  if (!context) throw new Error("no canvas");
  context.fillStyle = "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas;
}
